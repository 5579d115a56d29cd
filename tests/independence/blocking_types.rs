//! Blocking types whose sync methods, constructors and `Drop` need a runtime around them, as lazy clients and pools do.

use std::sync::mpsc::{Receiver, Sender, channel};
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::PLACES;
use tokio::sync::{mpsc, oneshot};

struct Request(u32, oneshot::Sender<u32>);

/// Its connection is a task, which the constructor spawns.
pub(crate) struct Pool {
    requests: mpsc::UnboundedSender<Request>,
    ended: Option<Sender<u32>>,
}

fn serve() -> mpsc::UnboundedSender<Request> {
    let (requests, mut received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Request(n, answer)) = received.recv().await {
            // Whoever has asked may have given up.
            let _ = answer.send(crate::echo::double(n).await);
        }
    });
    requests
}

#[sync_wrapper(type = BlockingPool)]
impl Pool {
    pub(crate) fn lazy() -> Self {
        Pool {
            requests: serve(),
            ended: None,
        }
    }

    pub(crate) fn reconnect(&mut self) {
        self.requests = serve();
    }

    pub(crate) fn tell_the_end(&mut self) -> Receiver<u32> {
        let (sender, receiver) = channel();
        self.ended = Some(sender);
        receiver
    }

    pub(crate) async fn double(&self, n: u32) -> u32 {
        let (sender, answer) = oneshot::channel();
        self.requests.send(Request(n, sender)).ok().unwrap();
        answer.await.unwrap()
    }
}

/// Says goodbye to its server in a task.
impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(ended) = self.ended.take() {
            tokio::spawn(async move {
                // The test may have failed.
                let _ = ended.send(crate::echo::double(21).await);
            });
        }
    }
}

/// Hand-written blocking types panic on a plain thread: "there is no reactor running".
#[test]
fn a_constructor_that_spawns() {
    for place in PLACES {
        within_deadline(&format!("{place:?}"), move || {
            place.run(|| assert_eq!(BlockingPool::lazy().double(21), 42));
        });
    }
}

/// As with the constructor.
#[test]
fn a_sync_method_that_spawns() {
    for place in PLACES {
        within_deadline(&format!("{place:?}"), move || {
            place.run(|| {
                let mut pool = BlockingPool::lazy();
                pool.reconnect();
                assert_eq!(pool.double(21), 42);
            });
        });
    }
}

/// The task goes on after the pool, and after the place, has gone.
#[test]
fn a_drop_that_spawns() {
    for place in PLACES {
        within_deadline(&format!("{place:?}"), move || {
            let end = place.run(|| {
                let mut pool = BlockingPool::lazy();
                let end = pool.tell_the_end();
                drop(pool);
                end
            });
            assert_eq!(end.recv().unwrap(), 42);
        });
    }
}
