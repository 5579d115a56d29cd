//! `timeout = expr`: the twin gives up in time.

use crate::places::in_every_place;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};

const SHORT: Duration = Duration::from_millis(5);
/// Not a measure of speed: only for what completes at once.
const LONG: Duration = Duration::from_secs(600);

/// Counts how many there are.
pub struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, SeqCst);
        Alive(count.clone())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[sync_wrapper(timeout = SHORT)]
pub async fn never(count: Arc<AtomicUsize>) -> u8 {
    let _alive = Alive::new(&count);
    pending().await
}

#[sync_wrapper(timeout = limit * 2)]
pub async fn by_argument(limit: Duration, n: u8) -> u8 {
    crate::pause().await;
    if limit < LONG { pending().await } else { n }
}

#[sync_wrapper(timeout = Duration::from_millis(millis.into()))]
pub async fn fallible(millis: u8, end: bool) -> Result<(), io::Error> {
    let _ = millis;
    if !end {
        pending::<()>().await;
    }
    Err(io::ErrorKind::NotFound.into())
}

pub struct Client {
    timeout: Duration,
}

#[sync_wrapper(timeout = self.timeout)]
impl Client {
    pub async fn echo(&self, text: String) -> String {
        crate::pause().await;
        text
    }

    pub async fn hang(&mut self) -> &mut Duration {
        if self.timeout < LONG {
            pending::<()>().await;
        }
        &mut self.timeout
    }

    #[sync_wrapper(timeout = timeout, name = hang_at_most)]
    pub async fn hang_longer(&self, timeout: Duration) {
        let _ = timeout;
        pending().await
    }

    #[sync_wrapper]
    pub fn later(&self) -> impl Future<Output = u8> {
        async { 5 }
    }
}

#[test]
fn the_future_is_dropped_before_it_returns() {
    in_every_place(|| {
        let count = Arc::new(AtomicUsize::new(0));
        let result: Result<u8, Elapsed> = never_sync(count.clone());
        assert!(result.is_err());
        assert_eq!(count.load(SeqCst), 0);
        assert_eq!(Arc::strong_count(&count), 1);
    });
}

#[test]
fn arguments() {
    assert_eq!(by_argument_sync(LONG, 3), Ok(3));
    assert!(by_argument_sync(SHORT, 3).is_err());
    assert_eq!(
        fallible_sync(255, true).unwrap().unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    assert!(fallible_sync(1, false).is_err());
}

#[test]
fn fields() {
    let mut client = Client { timeout: LONG };
    assert_eq!(
        client.echo_sync(String::from("text")).as_deref(),
        Ok("text")
    );
    assert_eq!(client.later_sync(), Ok(5));
    *client.hang_sync().unwrap() = SHORT;
    assert!(client.hang_sync().is_err());
    assert!(client.hang_at_most(SHORT).is_err());
}

/// `?` turns it into the error that sockets have for it.
#[test]
fn as_an_io_error() {
    fn call() -> io::Result<u8> {
        Ok(never_sync(Arc::default())?)
    }
    assert_eq!(call().unwrap_err().kind(), io::ErrorKind::TimedOut);
}
