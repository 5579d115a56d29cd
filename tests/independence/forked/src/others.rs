//! Other threads of the parent at the moment of a fork.

use crate::calls::{call_everywhere, workers};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use sync_twin::sync_wrapper;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::watch;

/// Waits for a socket that never speaks, and for the end.
#[sync_wrapper]
async fn wait(mut over: watch::Receiver<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let mut silent = TcpStream::connect(address).await.expect("it listens");
    tokio::select! {
        _ = silent.read_u8() => unreachable!("it never speaks"),
        over = over.wait_for(|over| *over) => drop(over.expect("the sender is there")),
    }
}

/// Runs `code` while other threads are inside calls of every kind, and while `busy` more begin and end calls all the time:
/// these may hold any lock of ours at the moment of a fork.
pub fn while_others_call(busy: usize, code: impl FnOnce()) {
    struct Over<'a>(&'a AtomicBool, watch::Sender<bool>);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
            self.1.send_replace(true);
        }
    }
    let is_over = AtomicBool::new(false);
    let (sender, over) = watch::channel(false);
    thread::scope(|scope| {
        let _over = Over(&is_over, sender);
        scope.spawn(|| wait_sync(over.clone()));
        scope.spawn(|| wait_sync(over.clone()));
        scope.spawn(|| {
            let driver = Builder::new_current_thread().build().expect("it starts");
            driver.block_on(async { wait_sync(over.clone()) });
        });
        scope.spawn(|| {
            let workers = workers(1);
            let over = over.clone();
            let task = workers.spawn(async { wait_sync(over) });
            workers.block_on(task).expect("it does not panic");
        });
        for _ in 0..busy {
            scope.spawn(|| {
                while !is_over.load(Relaxed) {
                    call_everywhere();
                }
            });
        }
        code();
    });
}
