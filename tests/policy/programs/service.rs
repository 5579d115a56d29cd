//! A service whose every call has a limit of two seconds: one line on the block, and an `unset` where it does not fit.

use std::future::pending;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::time::sleep;

#[derive(Clone)]
pub(crate) struct Backend;

#[sync_wrapper(type = BlockingBackend, timeout = Duration::from_secs(2))]
impl Backend {
    pub(crate) fn connect() -> Self {
        Backend
    }

    pub(crate) async fn ping(&self) -> u8 {
        sleep(Duration::from_millis(1)).await;
        7
    }

    /// The peer is gone, and nobody has noticed.
    pub(crate) async fn silent(&self) -> u8 {
        pending().await
    }

    /// A report may take its time.
    #[sync_wrapper(unset(timeout))]
    pub(crate) async fn report(&self) -> String {
        sleep(Duration::from_millis(2500)).await;
        String::from("a report")
    }
}

fn main() {
    let backend = BlockingBackend::connect();
    println!("ping: {:?}", backend.ping());
    match backend.silent() {
        Ok(answer) => println!("silent: {answer}"),
        Err(late) => println!("silent: {late}"),
    }
    println!("report: {:?}", backend.report());
}
