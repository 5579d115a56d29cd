//! Blocking types that close what is in them when they are dropped.

use crate::pause;
use crate::places::in_every_place;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::runtime::Handle;

/// No test lasts that long.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// What has happened to a connection, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn add(&self, event: &'static str) {
        self.0.lock().unwrap().push(event);
    }

    #[track_caller]
    fn check(&self, events: &[&str]) {
        assert_eq!(*self.0.lock().unwrap(), events);
    }
}

pub struct Client {
    log: Log,
}

impl Drop for Client {
    fn drop(&mut self) {
        assert!(Handle::try_current().is_ok(), "it is dropped in a context");
        self.log.add("dropped");
    }
}

#[sync_wrapper(type = BlockingClient, close = quit)]
impl Client {
    async fn connect(log: Log) -> Self {
        pause().await;
        Client { log }
    }

    pub async fn get(&self) -> u8 {
        pause().await;
        self.log.add("used");
        7
    }

    /// Says goodbye.
    pub async fn quit(&mut self) -> Result<(), String> {
        pause().await;
        self.log.add("quit");
        Err(String::from("the server is rude"))
    }

    /// Takes it, and does not say goodbye.
    pub async fn leave(self) {
        pause().await;
        self.log.add("left");
    }

    #[expect(clippy::boxed_local, reason = "the box is what this is about")]
    pub fn log_of(self: Box<Self>) -> usize {
        self.log.0.lock().unwrap().len()
    }

    pub fn of(log: &'static str, clients: &mut Vec<&'static str>) {
        clients.push(log);
    }
}

fn client(log: &Log) -> BlockingClient {
    BlockingClient::from(sync_twin::block_on(Client::connect(log.clone())))
}

#[test]
fn a_drop_closes_it() {
    in_every_place(|| {
        let log = Log::default();
        let client = client(&log);
        assert_eq!(client.get(), 7);
        drop(client);
        log.check(&["used", "quit", "dropped"]);
    });
}

#[test]
fn whoever_takes_the_value_closes_it() {
    in_every_place(|| {
        let log = Log::default();
        // Its own drop needs a context, as it always does.
        let dropped_by_hand = |client: Client| sync_twin::block_on(async { drop(client) });
        dropped_by_hand(client(&log).into_inner());
        dropped_by_hand(Client::from(client(&log)));
        log.check(&["dropped", "dropped"]);

        let log = Log::default();
        client(&log).leave();
        log.check(&["left", "dropped"]);

        let log = Log::default();
        assert_eq!(Box::new(client(&log)).log_of(), 0);
        log.check(&["dropped"]);
    });
}

#[test]
fn what_is_closed_is_not_closed_again() {
    in_every_place(|| {
        let log = Log::default();
        let mut client = client(&log);
        assert!(client.quit().is_err());
        drop(client);
        log.check(&["quit", "dropped"]);
    });
}

#[test]
fn a_drop_while_panicking() {
    in_every_place(|| {
        let log = Log::default();
        let panicking = catch_unwind(AssertUnwindSafe(|| {
            let _client = client(&log);
            std::panic::panic_any(7_u8);
        }));
        assert_eq!(panicking.unwrap_err().downcast_ref(), Some(&7_u8));
        log.check(&["quit", "dropped"]);
    });
}

/// One that takes `self`, whose end is late or panics, with fields that say how long it may take.
pub struct Session {
    log: Log,
    is_hung: bool,
    patience: Duration,
}

#[sync_wrapper(
    type = BlockingSession,
    fields(limit: Option<Duration> = None),
    close = finish,
    close_timeout = self.limit.unwrap_or(self.patience),
)]
impl Session {
    pub fn new(log: &Arc<Mutex<Vec<&'static str>>>, is_hung: bool) -> Self {
        let log = Log(Arc::clone(log));
        Session {
            log,
            is_hung,
            patience: AN_HOUR,
        }
    }

    pub fn log(&self) -> usize {
        self.log.0.lock().unwrap().len()
    }

    /// Its limit is a field of what it takes.
    #[sync_wrapper(timeout = self.limit)]
    pub async fn leave(self: Box<Self>) -> usize {
        pause().await;
        self.log()
    }

    async fn finish(self) -> bool {
        pause().await;
        self.log.add("finishing");
        if self.is_hung {
            pending::<()>().await;
        }
        panic!("in the end")
    }
}

#[test]
fn what_goes_wrong_does_not_leave_the_drop() {
    in_every_place(|| {
        let log = Log::default();
        drop(BlockingSession::new(&log.0, false));
        log.check(&["finishing"]);

        let mut late = BlockingSession::new(&log.0, true);
        assert_eq!(late.log(), 1);
        late.limit = Some(Duration::from_millis(5));
        drop(late);
        log.check(&["finishing", "finishing"]);

        let left = Box::new(BlockingSession::new(&log.0, true));
        assert_eq!(left.leave(), Ok(2));
    });
}

/// One that no other thread may have, and of any type.
pub struct Local<'a, T: ?Sized> {
    count: &'a AtomicUsize,
    _what: std::rc::Rc<T>,
}

#[sync_wrapper(type = pub(crate) BlockingLocal, close = r#final, flavor = "multi_thread")]
impl<T: ?Sized> Local<'_, T> {
    #[sync_wrapper(skip)]
    pub fn r#final(&self) -> impl Future<Output = ()> {
        async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.count.fetch_add(1, SeqCst);
        }
    }
}

#[test]
fn one_that_stays_on_its_thread() {
    in_every_place(|| {
        let count = AtomicUsize::new(0);
        let of = |value: std::rc::Rc<str>| Local {
            count: &count,
            _what: value,
        };
        drop(BlockingLocal::from(of("text".into())));
        let _taken = BlockingLocal::from(of("text".into())).into_inner();
        assert_eq!(count.load(SeqCst), 1);
    });
}

/// What contains any implementor of a trait.
#[sync_wrapper(type = BlockingStore, close = flush, derive(Debug, Default, PartialEq))]
#[allow(async_fn_in_trait)]
pub trait Store {
    async fn flush(&mut self) -> std::io::Result<()>;
}

#[derive(Clone, Debug, Default)]
struct Flushed(Arc<AtomicUsize>);

impl PartialEq for Flushed {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Store for Flushed {
    async fn flush(&mut self) -> std::io::Result<()> {
        pause().await;
        self.0.fetch_add(1, SeqCst);
        Ok(())
    }
}

#[test]
fn of_any_implementor_of_a_trait() {
    in_every_place(|| {
        let store = Flushed::default();
        let (one, mut two) = (
            BlockingStore::from(store.clone()),
            BlockingStore::from(store.clone()),
        );
        two.flush().unwrap();
        // Whether it is closed is nothing that two of them differ in.
        assert_eq!(one, two);
        assert_eq!(store.0.load(SeqCst), 1);
        drop((one, two));
        assert_eq!(store.0.load(SeqCst), 2);
        drop(BlockingStore::<Flushed>::default());
    });
}

/// A panic in a destructor of a thread-local would abort the process.
#[test]
fn at_the_end_of_a_thread() {
    thread_local! {
        static SESSION: std::cell::OnceCell<BlockingSession> = const { std::cell::OnceCell::new() };
    }
    for tokio_goes_first in [false, true] {
        let log = Log::default();
        let of_session = log.clone();
        let thread = std::thread::spawn(move || {
            if !tokio_goes_first {
                let _ = Handle::try_current();
            }
            SESSION.with(|session| {
                let session = session.set(BlockingSession::new(&of_session.0, false));
                assert!(session.is_ok());
            });
            let _ = Handle::try_current();
        });
        thread.join().expect("it does not panic");
        log.check(&["finishing"]);
    }
}
