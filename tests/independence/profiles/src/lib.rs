//! What the programs in `bin/` share. Each says on standard output what it has seen to be so.

use std::process::exit;
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

/// Far above what any program takes on a loaded machine: it only means "hangs".
pub const DEADLINE: Duration = Duration::from_secs(90);

/// Ends the process, and the test with it, should it hang.
pub fn end_at_deadline() {
    thread::spawn(|| {
        thread::sleep(DEADLINE);
        eprintln!("HANG");
        exit(1);
    });
}

pub fn workers(n: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(n).enable_all();
    builder.build().expect("it starts")
}

#[sync_wrapper]
pub async fn double(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    tokio::spawn(async move { 2 * n })
        .await
        .expect("it does not panic")
}

/// Waits for a socket that never speaks.
#[sync_wrapper]
pub async fn wait_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let mut silent = TcpStream::connect(address).await.expect("it listens");
    let _ = silent.read_u8().await;
    unreachable!("it never speaks");
}
