//! `timeout = expr`: the twin gives up in time.

use crate::pause;
use crate::places::in_every_place;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};
use tokio::runtime::Handle;

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

pub struct Conditional;

/// Each configuration has one twin.
#[sync_wrapper]
impl Conditional {
    #[cfg_attr(any(), sync_wrapper(timeout = SHORT))]
    #[cfg_attr(not(any()), sync_wrapper(timeout = LONG))]
    pub async fn get(&self) -> u8 {
        crate::pause().await;
        1
    }
}

#[test]
fn a_limit_under_a_condition() {
    in_every_place(|| assert_eq!(Conditional.get_sync(), Ok(1)));
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

/// What names `self` is for methods, and a member takes back what is not for it.
pub struct Patient {
    patience: Duration,
}

mod limits {
    pub(super) const LONG: std::time::Duration = std::time::Duration::from_secs(60);
}

#[sync_wrapper(timeout = self.patience)]
impl Patient {
    pub async fn new(patience: Duration) -> Self {
        pause().await;
        Patient { patience }
    }

    pub async fn forever(&self) {
        std::future::pending().await
    }

    #[sync_wrapper(unset(timeout))]
    pub async fn soon(&self) -> u8 {
        pause().await;
        1
    }

    #[sync_wrapper(timeout = self::limits::LONG)]
    pub async fn default() -> Self {
        pause().await;
        Patient {
            patience: limits::LONG,
        }
    }
}

#[test]
fn options_that_name_self() {
    in_every_place(|| {
        let patient = Patient::new_sync(Duration::from_millis(1));
        assert!(patient.forever_sync().is_err());
        assert_eq!(patient.soon_sync(), 1);
        assert!(Patient::default_sync().is_ok());
    });
}

/// From a module through a block to its members.
#[sync_wrapper(timeout = limits::LONG, runtime = self.0, isolation = "never")]
pub mod defaults {
    use super::{Handle, limits};
    use crate::pause;

    pub struct Client(pub Handle);

    #[sync_wrapper(unset(timeout))]
    impl Client {
        pub async fn runtime(&self) -> tokio::runtime::Id {
            pause().await;
            Handle::current().id()
        }

        #[sync_wrapper(unset(runtime))]
        pub async fn ours(&self) -> tokio::runtime::Id {
            pause().await;
            Handle::current().id()
        }

        pub async fn associated() -> u8 {
            pause().await;
            1
        }
    }

    pub async fn free() -> u8 {
        pause().await;
        1
    }
}

#[test]
fn defaults_through_levels() {
    let runtime = crate::places::multi_thread();
    let client = defaults::Client(runtime.handle().clone());
    assert_eq!(client.runtime_sync(), runtime.handle().id());
    assert_ne!(client.ours_sync(), runtime.handle().id());
    assert_eq!(defaults::Client::associated_sync(), 1);
    assert_eq!(defaults::free_sync(), Ok(1));
}

/// A limit that there may not be, as clients have it in their options.
pub struct Configured {
    patience: Option<Duration>,
    by_reference: Duration,
}

#[sync_wrapper(timeout = self.patience)]
impl Configured {
    pub async fn wait(&self, end: bool) -> u8 {
        pause().await;
        if !end {
            pending::<()>().await;
        }
        1
    }

    #[sync_wrapper(timeout = None)]
    pub async fn unlimited(&self) -> u8 {
        pause().await;
        2
    }

    #[sync_wrapper(timeout = &self.by_reference)]
    pub async fn borrowed(&self) -> u8 {
        pending().await
    }
}

#[test]
fn limits_that_there_may_not_be() {
    in_every_place(|| {
        let mut client = Configured {
            patience: None,
            by_reference: SHORT,
        };
        assert_eq!(client.wait_sync(true), Ok(1));
        assert_eq!(client.unlimited_sync(), Ok(2));
        assert!(client.borrowed_sync().is_err());
        client.patience = Some(SHORT);
        assert!(client.wait_sync(false).is_err());
    });
}
