//! Blocking calls in what a runtime drops as it shuts down. Nobody drives that runtime any more.

mod deadline;

use deadline::{test_name, watch};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

/// Longer than anything here takes, unless it hangs.
const HANG: Duration = Duration::from_secs(60);

/// Makes a call that needs timers and sockets when it is dropped, and sends what becomes of it.
struct CallOnDrop(Sender<Result<(), String>>);

impl Drop for CallOnDrop {
    fn drop(&mut self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            sync_twin::block_on(async {
                sleep(Duration::from_millis(5)).await;
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let address = listener.local_addr()?;
                let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
                client.and(server.map(drop))
            })
        }));
        let outcome = match outcome {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(panic) => Err(*panic.downcast::<String>().expect("a formatted message")),
        };
        let _ = self.0.send(outcome);
    }
}

/// Drops `runtime` with a task in it that computes for the time given and then waits for ever.
fn outcome_at_shutdown(runtime: Runtime, compute: Duration) -> Result<(), String> {
    let (sender, outcome) = mpsc::channel();
    let (started, polled) = mpsc::channel();
    runtime.spawn(async move {
        let _local = CallOnDrop(sender);
        started.send(()).expect("the test listens");
        thread::sleep(compute);
        pending::<()>().await;
    });
    let (finished, shutdown) = mpsc::channel();
    thread::spawn(move || {
        polled.recv_timeout(HANG).expect("the task is polled");
        if compute.is_zero() {
            // Long enough for the task to have come to rest.
            thread::sleep(Duration::from_millis(50));
        }
        drop(runtime);
        finished.send(()).expect("the test listens");
    });
    shutdown.recv_timeout(HANG).expect("the shutdown ends");
    outcome.recv().expect("the task has been dropped")
}

fn multi_thread(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers).enable_all();
    builder.build().expect("it starts")
}

#[test]
fn tasks_at_rest_can_call() {
    let _watch = watch(&test_name());
    for workers in [1, 4] {
        assert_eq!(
            outcome_at_shutdown(multi_thread(workers), Duration::ZERO),
            Ok(())
        );
    }
}

/// The task is dropped by a worker that does not know yet. This call cannot be saved, but it says why, and where.
#[test]
fn a_task_that_is_being_polled_is_told() {
    let _watch = watch(&test_name());
    let outcome = outcome_at_shutdown(multi_thread(2), Duration::from_millis(100));
    if let Err(message) = outcome {
        assert!(message.contains("tests/shutdown.rs"), "{message}");
        assert!(message.contains("shutting down"), "{message}");
    }
}
