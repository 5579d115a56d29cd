//! Where panics abort, a shutdown cannot end a call by unwinding. It must not abort either: the call is reported, and
//! `main` can return.

use profiles::{end_at_deadline, wait_for_ever_sync, workers};
use std::thread;
use std::time::Duration;
use tokio::time::sleep;

#[tokio::main]
async fn main() {
    end_at_deadline();
    // Nobody waits for this runtime but the thread that drops it.
    let runtime = workers(2);
    runtime.spawn(async { wait_for_ever_sync() });
    thread::sleep(Duration::from_millis(300));
    thread::spawn(move || drop(runtime));
    // Longer than the grace.
    sleep(Duration::from_secs(3)).await;
    println!("a shutdown aborts nothing");
}
