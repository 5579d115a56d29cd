//! Calls that are stopped before they have completed: by a limit, by another thread, and which error they return then.

use crate::pause;
use crate::places::in_every_place;
use std::future::pending;
use std::io::{self, ErrorKind, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use sync_twin::{Cancel, Cancelled, Elapsed, Stopped, block_on_cancel, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;

const SOON: Duration = Duration::from_millis(5);

/// No test lasts that long.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Cancels from another thread, once the call has most likely begun. (If it has not, the call ends as well.)
fn cancel_soon(cancel: &Cancel) {
    let cancel = cancel.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(2));
        cancel.cancel();
    });
}

/// Counts what is dropped.
struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[sync_wrapper(cancel = _cancel)]
async fn wait(_cancel: &Cancel, dropped: Dropped) -> u8 {
    let _dropped = dropped;
    pause().await;
    pending().await
}

#[sync_wrapper(cancel = cancel, isolation = "always")]
async fn isolated(cancel: Cancel) -> u8 {
    drop(cancel);
    pending().await
}

#[test]
fn another_thread_ends_a_call() {
    in_every_place(|| {
        let (cancel, drops) = (Cancel::new(), Arc::new(AtomicUsize::new(0)));
        cancel_soon(&cancel);
        let ended: Result<u8, Cancelled> = wait_sync(&cancel, Dropped(Arc::clone(&drops)));
        // The future has been dropped before.
        assert_eq!((drops.load(SeqCst), ended.is_err()), (1, true));
        let ended = ended.unwrap_err();
        assert!(ended.location().file().ends_with("stopping.rs"), "{ended}");
        // And later ones do not begin.
        assert!(wait_sync(&cancel, Dropped(Arc::clone(&drops))).is_err());
        assert_eq!(drops.load(SeqCst), 2);

        let cancel = Cancel::new();
        cancel_soon(&cancel);
        assert!(isolated_sync(cancel).is_err());

        let cancel = Cancel::new();
        cancel_soon(&cancel);
        assert!(block_on_cancel(&cancel, pending::<()>()).is_err());
        assert_eq!(block_on_cancel(&Cancel::new(), async { 7 }), Ok(7));
    });
}

#[test]
fn one_ends_many() {
    within_deadline("64 calls", || {
        let (cancel, drops) = (Cancel::new(), Arc::new(AtomicUsize::new(0)));
        thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| wait_sync(&cancel, Dropped(Arc::clone(&drops))).unwrap_err());
            }
            while sync_twin::blocked_calls().len() < 64 {
                thread::yield_now();
            }
            cancel.cancel();
        });
        assert_eq!(drops.load(SeqCst), 64);
    });
}

#[derive(Debug, PartialEq)]
pub enum Error {
    Own,
    Late(Elapsed),
    Cancelled,
}

impl From<Elapsed> for Error {
    fn from(late: Elapsed) -> Self {
        Error::Late(late)
    }
}

impl From<Cancelled> for Error {
    fn from(_: Cancelled) -> Self {
        Error::Cancelled
    }
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Elapsed(late) => late.into(),
            Stopped::Cancelled(cancelled) => cancelled.into(),
        }
    }
}

pub type Result_<T> = Result<T, Error>;

#[sync_wrapper(timeout = SOON, flatten)]
async fn flat(outcome: Option<Result_<u8>>) -> Result_<u8> {
    match outcome {
        Some(outcome) => outcome,
        None => pending().await,
    }
}

#[sync_wrapper(timeout = SOON, flatten = Error::Late)]
async fn by_variant() -> Result_<()> {
    pending().await
}

#[sync_wrapper(timeout = Some(SOON), flatten = |late| (late.limit(), 7))]
fn by_closure() -> impl Future<Output = Result<(), (Duration, u8)>> {
    pending()
}

#[sync_wrapper(timeout = SOON, flatten, isolation = "always")]
async fn of_io() -> io::Result<u8> {
    pending().await
}

#[test]
fn the_error_is_the_fns_own() {
    in_every_place(|| {
        assert_eq!(flat_sync(Some(Ok(7))), Ok(7));
        assert_eq!(flat_sync(Some(Err(Error::Own))), Err(Error::Own));
        let Err(Error::Late(late)) = flat_sync(None) else {
            panic!("it is late");
        };
        assert_eq!(late.limit(), SOON);
        assert!(matches!(by_variant_sync(), Err(Error::Late(_))));
        assert_eq!(by_closure_sync(), Err((SOON, 7)));
        assert_eq!(of_io_sync().unwrap_err().kind(), ErrorKind::TimedOut);
    });
}

pub struct Client {
    cancel: Cancel,
    chunks: u8,
}

/// Another client.
pub struct Other(u8);

#[sync_wrapper(type = BlockingOther)]
impl Other {
    pub async fn get(&self) -> u8 {
        self.0
    }
}

#[sync_wrapper(
    type = BlockingClient,
    fields(patience: Duration = AN_HOUR),
    map(Other = BlockingOther),
    timeout = self.patience,
    cancel = self.cancel,
    flatten,
    read = chunk,
    close = quit,
)]
impl Client {
    pub const fn new(cancel: Cancel) -> Self {
        Client { cancel, chunks: 0 }
    }

    pub async fn wait(&mut self) -> Result_<u8> {
        self.chunks = 9;
        pending().await
    }

    /// What the option names is moved into the call.
    pub async fn into_other(self) -> Result<Other, Error> {
        match self.chunks {
            9 => pending().await,
            chunks => Ok(Other(chunks)),
        }
    }

    #[sync_wrapper(unset(flatten))]
    pub async fn count(&self) -> u8 {
        self.chunks
    }

    #[sync_wrapper(unset(timeout))]
    pub async fn only_cancelled(&self) -> Result_<()> {
        pending().await
    }

    /// Without `self` there is neither a limit nor what could cancel it.
    pub async fn open() -> Result_<u8> {
        pause().await;
        Ok(1)
    }

    #[sync_wrapper(unset(flatten))]
    pub async fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.chunks += 1;
        match self.chunks {
            1 => Ok(Some(vec![1, 2])),
            _ => pending().await,
        }
    }

    /// Whether other calls have been cancelled is nothing to it.
    async fn quit(self) {
        pause().await;
        CLOSED.fetch_add(1, SeqCst);
    }
}

static CLOSED: AtomicUsize = AtomicUsize::new(0);

#[test]
fn of_a_blocking_type() {
    in_every_place(|| {
        let cancel = Cancel::new();
        let mut client = BlockingClient::from(Client::new(cancel.clone()));
        assert_eq!(BlockingClient::open(), Ok(1));
        let counted: Result<u8, Stopped> = client.count();
        assert_eq!(counted, Ok(0));
        client.patience = SOON;
        assert!(matches!(client.wait(), Err(Error::Late(_))));
        client.patience = AN_HOUR;

        cancel_soon(&cancel);
        assert_eq!(client.wait(), Err(Error::Cancelled));
        assert_eq!(client.only_cancelled(), Err(Error::Cancelled));
        let ended = client.count().unwrap_err();
        assert!(matches!(ended, Stopped::Cancelled(_)), "{ended}");
        let closed = CLOSED.load(SeqCst);
        drop(client);
        assert!(CLOSED.load(SeqCst) > closed);

        let client = BlockingClient::from(Client::new(Cancel::new()));
        let other: BlockingOther = client.into_other().unwrap();
        assert_eq!(other.get(), 0);
    });
}

#[test]
fn a_reader_is_stopped() {
    let cancel = Cancel::new();
    let mut client = BlockingClient::from(Client::new(cancel.clone()));
    let mut bytes = [0; 2];
    client.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, [1, 2]);
    cancel_soon(&cancel);
    // Not of a kind that makes std try again.
    let error = client.read_exact(&mut bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other, "{error}");
}

#[sync_wrapper(timeout = SOON, flatten = Error::Late)]
mod inside {
    use super::{Error, Result_, SOON, pending};

    pub(super) async fn late() -> Result_<()> {
        pending().await
    }

    #[sync_wrapper(unset(timeout))]
    pub(super) async fn unlimited() -> Result_<()> {
        Ok(())
    }

    pub(super) trait Store {
        async fn get(&self) -> Result_<u8>;

        #[sync_wrapper(flatten = |_| Error::Own)]
        async fn set(&self) -> Result_<u8> {
            pending().await
        }
    }
}

struct Never;

impl inside::Store for Never {
    async fn get(&self) -> Result_<u8> {
        pending().await
    }
}

#[test]
fn blocks_pass_it_on() {
    use inside::Store as _;
    assert!(matches!(inside::late_sync(), Err(Error::Late(_))));
    assert_eq!(inside::unlimited_sync(), Ok(()));
    assert!(matches!(Never.get_sync(), Err(Error::Late(_))));
    assert_eq!(Never.set_sync(), Err(Error::Own));
}
