//! Calls in tasks of a runtime that is shut down end as the tasks do.

mod deadline;

use deadline::{test_name, within_deadline};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

fn workers(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers).enable_all();
    builder.build().expect("it starts")
}

#[sync_wrapper]
async fn read_from_a_silent_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    socket.read_u8().await.expect("it never comes to that");
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated() {
    sleep(Duration::from_secs(3600)).await;
}

#[sync_wrapper]
async fn wait_nested() {
    sleep(Duration::from_millis(1)).await;
    read_from_a_silent_peer_sync();
}

#[sync_wrapper]
async fn wait_nested_in_the_first_poll() {
    wait_isolated_sync();
}

fn join_what_never_ends() {
    sync_twin::spawn(std::future::pending::<()>()).join();
}

fn wait_again_and_again() {
    #[sync_wrapper]
    async fn moment() {
        sleep(Duration::from_millis(20)).await;
    }
    loop {
        moment_sync();
    }
}

/// Says that it has been dropped.
struct Local(Sender<&'static str>);

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.0.send("dropped");
    }
}

#[test]
fn a_runtime_ends_while_its_tasks_wait() {
    let calls: [fn(); 6] = [
        read_from_a_silent_peer_sync,
        wait_isolated_sync,
        wait_nested_sync,
        wait_nested_in_the_first_poll_sync,
        join_what_never_ends,
        wait_again_and_again,
    ];
    let ends: [fn(Runtime); 2] = [drop, |runtime| {
        runtime.shutdown_timeout(Duration::from_secs(3600));
    }];
    for call in calls {
        for end in ends {
            within_deadline(&test_name(), move || {
                let runtime = workers(1);
                let (sender, said) = channel();
                runtime.spawn(async move {
                    let _local = Local(sender.clone());
                    sender.send("begun").expect("the test listens");
                    let panic = catch_unwind(AssertUnwindSafe(call)).expect_err("it never returns");
                    assert!(!panic.is::<String>() && !panic.is::<&str>());
                });
                assert_eq!(said.recv(), Ok("begun"));
                std::thread::sleep(Duration::from_millis(150));
                end(runtime);
                assert_eq!(said.recv(), Ok("dropped"));
            });
        }
    }
}

#[test]
fn a_call_that_completes_in_time_returns() {
    within_deadline(&test_name(), || {
        let runtime = workers(1);
        let (sender, said) = channel();
        runtime.spawn(async move {
            sender.send("begun").expect("the test listens");
            sync_twin::block_on(sleep_for(Duration::from_millis(500)));
            sender.send("returned").expect("the test listens");
        });
        assert_eq!(said.recv(), Ok("begun"));
        std::thread::sleep(Duration::from_millis(150));
        drop(runtime);
        assert_eq!(said.recv(), Ok("returned"));
    });
}

async fn sleep_for(time: Duration) {
    sleep(time).await;
}

/// What looks after the calls goes when they do.
#[test]
fn no_task_is_left_behind() {
    within_deadline(&test_name(), || {
        let runtime = workers(2);
        for _ in 0..3 {
            let call = async { sync_twin::block_on(sleep_for(Duration::from_millis(150))) };
            runtime
                .block_on(runtime.spawn(call))
                .expect("it does not panic");
            while runtime.metrics().num_alive_tasks() != 0 {
                std::thread::yield_now();
            }
        }
    });
}
