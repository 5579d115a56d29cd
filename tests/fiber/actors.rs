//! Actors of actix's arbiters, which are threads that drive a current-thread runtime each.

use crate::work::*;
use actix_rt::{Arbiter, System};
use std::thread::{self, ThreadId};
use sync_twin::{fiber, sync_wrapper};
use tokio::sync::{mpsc, oneshot};

type Message = (u32, oneshot::Sender<(u32, ThreadId)>);

/// Has the arbiter of this thread answer.
#[sync_wrapper]
async fn ask_arbiter(n: u32) -> (u32, ThreadId) {
    let (sender, answer) = oneshot::channel();
    let is_there = Arbiter::current().spawn(async move {
        let _ = sender.send((n + 1, thread::current().id()));
    });
    assert!(is_there);
    answer.await.expect("it runs what is spawned")
}

/// Handles messages side by side, each by sync code that asks the arbiter which this runs on.
async fn handle(mut messages: mpsc::Receiver<Message>) {
    while let Some((n, answer)) = messages.recv().await {
        actix_rt::spawn(fiber(move || {
            let (answered, there) = ask_arbiter_sync(n);
            assert_eq!(there, thread::current().id());
            answer.send((answered, there)).expect("somebody waits");
        }));
    }
}

#[test]
fn one_that_asks_its_own_arbiter() {
    let _watch = watch(&test_name());
    System::new().block_on(async {
        let arbiter = Arbiter::new();
        let (mailbox, messages) = mpsc::channel(1);
        let is_there = arbiter.spawn_fn(move || drop(actix_rt::spawn(handle(messages))));
        assert!(is_there);
        for n in 0..10 {
            let (sender, answer) = oneshot::channel();
            mailbox.send((n, sender)).await.expect("the actor is there");
            let (answer, there) = answer.await.expect("it answers");
            assert_eq!(answer, n + 1);
            assert_ne!(there, thread::current().id());
        }
        assert!(arbiter.stop());
        arbiter.join().expect("it does not panic");
    });
}
