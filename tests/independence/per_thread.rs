//! `flavor = "per_thread"`: each plain thread has a runtime of its own, and what it leaves there goes on without it.

#![cfg(target_os = "linux")]

use crate::child::{Child, alone};
use crate::echo::{SERVER, exchange};
use crate::threads;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fs;
use std::io::Write as _;
use std::iter;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{Strategy, metrics, shutdown, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::Place;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Id};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

/// Far above what any case takes on a loaded machine: it only means "hangs".
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) const MOMENT: Duration = Duration::from_millis(1);

#[sync_wrapper(flavor = "per_thread")]
pub(crate) async fn here() -> Id {
    sleep(MOMENT).await;
    Handle::current().id()
}

#[sync_wrapper(flavor = "per_thread")]
async fn nested() -> (Id, Id) {
    sleep(MOMENT).await;
    (Handle::current().id(), here_sync())
}

#[sync_wrapper(flavor = "per_thread")]
pub(crate) async fn connect() -> TcpStream {
    TcpStream::connect(*SERVER).await.unwrap()
}

#[sync_wrapper(flavor = "per_thread")]
pub(crate) async fn ask(socket: &mut TcpStream, n: u32) -> u32 {
    exchange(socket, n).await
}

/// A client with a task, as those of databases and of HTTP are.
struct Client(mpsc::Sender<(u32, oneshot::Sender<u32>)>);

#[sync_wrapper(flavor = "per_thread")]
impl Client {
    async fn open() -> Self {
        let mut socket = connect().await;
        let (client, mut questions) = mpsc::channel::<(u32, oneshot::Sender<u32>)>(1);
        tokio::spawn(async move {
            while let Some((n, answer)) = questions.recv().await {
                answer.send(exchange(&mut socket, n).await).unwrap();
            }
        });
        Client(client)
    }

    async fn double(&self, n: u32) -> u32 {
        let (sender, answer) = oneshot::channel();
        self.0.send((n, sender)).await.unwrap();
        answer.await.unwrap()
    }
}

/// Counts in a task, for as long as the process lives.
#[sync_wrapper(flavor = "per_thread")]
async fn start_counting() -> Arc<AtomicU32> {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            sleep(MOMENT).await;
            counted.fetch_add(1, SeqCst);
        }
    });
    count
}

fn goes_on(count: &AtomicU32) -> bool {
    let (before, end) = (count.load(SeqCst), Instant::now() + DEADLINE);
    while Instant::now() < end {
        if count.load(SeqCst) > before + 3 {
            return true;
        }
        thread::sleep(MOMENT);
    }
    false
}

/// Runs `code` on so many threads that are all there at the same time.
pub(crate) fn at_once<T: Send + 'static>(
    threads: usize,
    code: impl Fn() -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (code, barrier) = (Arc::new(code), Arc::new(Barrier::new(threads)));
    let start = |_| {
        let (code, barrier) = (Arc::clone(&code), Arc::clone(&barrier));
        thread::spawn(move || {
            let result = code();
            barrier.wait();
            result
        })
    };
    let all: Vec<_> = (0..threads).map(start).collect();
    all.into_iter().map(|one| one.join().unwrap()).collect()
}

#[test]
fn each_thread_has_its_own() {
    within_deadline("each thread", || {
        let ids = at_once(8, || {
            let id = here_sync();
            assert_eq!(nested_sync(), (id, id));
            assert_eq!(here_sync(), id);
            id
        });
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 8);
    });
}

#[test]
fn it_is_counted_as_that() {
    alone("per_thread::it_is_counted_as_that", || {
        let calls = || metrics().calls(sync_twin::Context::Outside, Strategy::PerThread);
        here_sync();
        assert_eq!(calls(), 1);
        thread::spawn(here_sync).join().unwrap();
        assert_eq!(calls(), 2);
        assert_eq!(metrics().thread_runtimes(), 2);
        let end = Instant::now() + DEADLINE;
        while metrics().idle_thread_runtimes() != 1 {
            assert!(Instant::now() < end, "{}", metrics());
            thread::sleep(MOMENT);
        }
        let said = metrics().to_string();
        assert!(
            said.contains("runtimes of single threads: 2, idle: 1"),
            "{said}"
        );
    });
}

/// With all that is there.
#[test]
fn a_new_thread_takes_over_what_one_has_left() {
    alone(
        "per_thread::a_new_thread_takes_over_what_one_has_left",
        || {
            let first = thread::spawn(|| (here_sync(), Client::open_sync(), start_counting_sync()));
            let (id, client, count) = first.join().unwrap();
            assert!(goes_on(&count), "nobody drives it");
            while metrics().idle_thread_runtimes() != 1 {
                thread::sleep(MOMENT);
            }
            let second = thread::spawn(move || {
                for n in 0..20 {
                    assert_eq!(client.double_sync(n), 2 * n);
                }
                here_sync()
            });
            assert_eq!(second.join().unwrap(), id);
        },
    );
}

/// While its thread does something else, or has ended.
#[test]
fn what_a_call_leaves_goes_on() {
    within_deadline("what a call leaves", || {
        let count = start_counting_sync();
        // This thread only looks.
        assert!(goes_on(&count));
        // And again after it has come back.
        here_sync();
        assert!(goes_on(&count));
        let count = thread::spawn(start_counting_sync).join().unwrap();
        assert!(goes_on(&count));
    });
}

/// The thread that has opened it does not wait for anything of sync-twin's meanwhile. A socket without a task, too, needs
/// the driver of the runtime on which it was opened.
#[test]
fn a_client_that_is_shared_after_all() {
    within_deadline("a shared client", || {
        let client = Arc::new(Client::open_sync());
        let mut socket = connect_sync();
        let other = thread::spawn({
            let client = Arc::clone(&client);
            move || {
                for n in 0..20 {
                    assert_eq!(client.double_sync(n), 2 * n);
                    assert_eq!(ask_sync(&mut socket, n), 2 * n);
                }
            }
        });
        other.join().unwrap();
        let both = at_once(8, move || (0..20).all(|n| client.double_sync(n) == 2 * n));
        assert!(both.into_iter().all(|good| good));
    });
}

/// In each place, with one client.
#[test]
fn a_client_of_all_places() {
    within_deadline("all places", || {
        let client = Arc::new(Client::open_sync());
        for place in sync_twin_tests::harness::places::PLACES {
            let client = Arc::clone(&client);
            let doubled = place.run(move || client.double_sync(21));
            assert_eq!(doubled, 42, "{place:?}");
        }
    });
}

/// A task of the thread's runtime makes a call: that must not wait for the runtime, whoever drives it.
#[test]
fn a_task_that_calls() {
    #[sync_wrapper(flavor = "per_thread")]
    async fn spawns_a_caller(client: Arc<Client>) -> u32 {
        // Its connection is the crew's, or it would be held by the call.
        tokio::spawn(async move { client.double_sync(21) })
            .await
            .unwrap()
    }
    within_deadline("a task that calls", || {
        let client = Place::Root.run(|| Arc::new(Client::open_sync()));
        for _ in 0..5 {
            assert_eq!(spawns_a_caller_sync(Arc::clone(&client)), 42);
            // Long enough for a keeper to be there.
            thread::sleep(20 * MOMENT);
        }
    });
}

/// Leaves a task that blocks its thread. The first end says when that has begun, and dropping the other one ends it.
#[sync_wrapper(flavor = "per_thread")]
async fn leave_a_task_that_blocks() -> (Receiver<()>, Sender<()>) {
    let ((begin, has_begun), (end, ended)) = (channel(), channel());
    tokio::spawn(async move {
        begin.send(()).unwrap();
        ended.recv().unwrap_err();
    });
    (has_begun, end)
}

/// What its thread calls meanwhile is elsewhere.
#[test]
fn a_task_that_blocks_and_its_own_thread() {
    within_deadline("a task that blocks", || {
        let id = here_sync();
        let (has_begun, end) = leave_a_task_that_blocks_sync();
        has_begun.recv().unwrap();
        for _ in 0..10 {
            assert_ne!(here_sync(), id);
        }
        drop(end);
        while here_sync() != id {}
    });
}

/// One that starts meanwhile takes over another runtime.
#[test]
fn a_task_that_blocks_and_a_later_thread() {
    alone("per_thread::a_task_that_blocks_and_a_later_thread", || {
        let first = thread::spawn(|| (here_sync(), leave_a_task_that_blocks_sync()));
        let (id, (has_begun, end)) = first.join().unwrap();
        has_begun.recv().unwrap();
        while metrics().idle_thread_runtimes() != 1 {
            thread::sleep(MOMENT);
        }
        let later = thread::spawn(|| (here_sync(), here_sync()));
        let (other, same) = later.join().unwrap();
        assert_ne!(other, id);
        assert_eq!(other, same);
        assert_eq!(metrics().thread_runtimes(), 2);
        drop(end);
    });
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// A thousand of them, a few at a time.
#[test]
fn threads_that_come_and_go_leave_nothing_growing() {
    alone(
        "per_thread::threads_that_come_and_go_leave_nothing_growing",
        || {
            const AT_ONCE: usize = 10;
            let wave = || {
                drop(at_once(AT_ONCE, || {
                    (here_sync(), ask_sync(&mut connect_sync(), 1))
                }))
            };
            for _ in 0..100 {
                wave();
            }
            // A thread that has been joined may still have its runtime for a moment.
            let runtimes = metrics().thread_runtimes();
            assert!(runtimes <= 2 * AT_ONCE, "{runtimes} runtimes");
            let most = threads::count() + 2 * AT_ONCE;
            for _ in 0..10 {
                wave();
            }
            assert!(threads::count() <= most, "{} threads", threads::count());
            let descriptors = descriptors();
            assert!(
                descriptors <= 10 + 4 * 2 * AT_ONCE,
                "{descriptors} descriptors"
            );
        },
    );
}

/// How many descriptors this process may have.
fn max_descriptors() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.unwrap().split_whitespace().nth(3);
    soft.unwrap().parse().unwrap_or(usize::MAX)
}

/// Each on so many threads at once, by a call that says where it lives. Those that find no runtime of their own have home.
pub(crate) fn more_threads_than_runtimes(threads: usize, here: fn() -> Id) {
    let ids = at_once(threads, move || {
        let id = here();
        assert_eq!(here(), id);
        id
    });
    let different = ids.iter().collect::<HashSet<_>>().len();
    let most = 160.min(max_descriptors() / 16);
    assert_eq!(metrics().thread_runtimes(), most);
    assert_eq!(different, most + 1);
}

#[test]
fn more_threads_at_once_than_there_may_be_runtimes() {
    alone(
        "per_thread::more_threads_at_once_than_there_may_be_runtimes",
        || more_threads_than_runtimes(400, here_sync),
    );
}

/// Most of them are left to the program, which may have few.
#[test]
fn more_threads_at_once_than_there_are_descriptors_for() {
    Child::new("per_thread::more_threads_at_once_than_there_are_descriptors_for")
        .limited("-n 256")
        .run(|| {
            more_threads_than_runtimes(60, here_sync);
            assert!(descriptors() < 128, "{} descriptors", descriptors());
        });
}

/// Those that cannot be had are done without.
#[test]
fn descriptors_run_out() {
    Child::new("per_thread::descriptors_run_out")
        .limited("-n 400")
        .run(|| {
            let mut all: Vec<_> = iter::from_fn(|| fs::File::open("/dev/null").ok()).collect();
            // For home, and a few more.
            all.truncate(all.len() - 24);
            let ids = at_once(30, || {
                let id = here_sync();
                (0..50).for_each(|_| assert_eq!(here_sync(), id));
                id
            });
            let different = ids.iter().collect::<HashSet<_>>().len();
            assert!((2..8).contains(&different), "{different}");
        });
}

/// Only calls on that thread are concerned.
#[test]
fn a_waker_panics() {
    struct Faulty;
    impl Wake for Faulty {
        fn wake(self: Arc<Self>) {
            panic!("this waker is faulty");
        }
    }
    /// Leaves a timer behind that wakes it.
    #[sync_wrapper(flavor = "per_thread")]
    async fn arm() {
        let waker = Waker::from(Arc::new(Faulty));
        let mut timer = Box::pin(sleep(20 * MOMENT));
        assert!(
            timer
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
        std::mem::forget(timer);
    }
    #[sync_wrapper(flavor = "per_thread")]
    async fn wait() {
        sleep(Duration::from_secs(3600)).await;
    }
    alone("per_thread::a_waker_panics", || {
        let client = Client::open_sync();
        for _ in 0..20 {
            let other = thread::spawn(|| {
                let before = here_sync();
                arm_sync();
                // Here it drives itself.
                assert!(catch_unwind(wait_sync).is_err());
                let after = here_sync();
                assert_ne!(after, before);
                arm_sync();
                // And here a keeper does.
                thread::sleep(60 * MOMENT);
                assert_ne!(here_sync(), after);
            });
            other.join().unwrap();
            assert_eq!(client.double_sync(21), 42);
        }
        assert_eq!(metrics().retired_homes(), 40);
        assert!(metrics().thread_runtimes() <= 3, "{}", metrics());
    });
}

/// In a destructor of a thread-local variable: before the thread has left its runtime, and after that.
#[test]
fn calls_at_thread_exit() {
    struct CallsAtExit(Sender<u32>, RefCell<Option<Client>>);
    impl Drop for CallsAtExit {
        fn drop(&mut self) {
            let client = self.1.take().unwrap();
            self.0.send(client.double_sync(21)).unwrap();
        }
    }
    thread_local! {
        static EARLY: RefCell<Option<CallsAtExit>> = const { RefCell::new(None) };
        static LATE: RefCell<Option<CallsAtExit>> = const { RefCell::new(None) };
    }
    within_deadline("thread exit", || {
        let (sender, results) = channel();
        let exits =
            |sender: Sender<u32>| CallsAtExit(sender, RefCell::new(Some(Client::open_sync())));
        thread::spawn(move || {
            EARLY.with_borrow(|_| {});
            here_sync();
            LATE.with_borrow(|_| {});
            EARLY.set(Some(exits(sender.clone())));
            LATE.set(Some(exits(sender)));
        })
        .join()
        .unwrap();
        assert_eq!(results.iter().collect::<Vec<_>>(), [42, 42]);
    });
}

/// They are gone then, and a thread that had one has another.
#[test]
fn a_shutdown_ends_them() {
    alone("per_thread::a_shutdown_ends_them", || {
        // What std and the server have.
        drop(std::net::TcpStream::connect(*SERVER).unwrap());
        thread::sleep(20 * MOMENT);
        let descriptors_before = descriptors();
        for _ in 0..10 {
            let first = here_sync();
            drop(at_once(10, || ask_sync(&mut connect_sync(), 1)));
            thread::sleep(15 * MOMENT);
            let left = shutdown(DEADLINE);
            assert!(left.is_empty(), "{left}");
            assert_eq!(threads::named("sync-twin"), 0);
            assert_ne!(here_sync(), first);
            let left = shutdown(DEADLINE);
            assert!(left.is_empty(), "{left}");
        }
        let end = Instant::now() + DEADLINE;
        // The server's sockets.
        while descriptors() > descriptors_before + 3 {
            assert!(Instant::now() < end, "{} descriptors", descriptors());
            thread::sleep(MOMENT);
        }
    });
}

/// The smallest stack on which the thread itself can do it.
#[test]
fn a_small_stack_runs_only_what_is_its_own() {
    /// Needs much more than the caller has.
    async fn deep(levels: u32) -> u32 {
        let mut space = [1_u8; 4096];
        std::hint::black_box(&mut space);
        match levels {
            0 => u32::from(space[0]),
            _ => Box::pin(deep(levels - 1)).await + u32::from(space[17]),
        }
    }
    #[sync_wrapper(flavor = "per_thread")]
    async fn leaves_deep_tasks() {
        tokio::spawn(async {
            loop {
                sleep(MOMENT).await;
                std::hint::black_box(deep(40).await);
            }
        });
    }
    alone(
        "per_thread::a_small_stack_runs_only_what_is_its_own",
        || {
            leaves_deep_tasks_sync();
            let small = thread::Builder::new().stack_size(128 << 10);
            let calls = || {
                for _ in 0..50 {
                    here_sync();
                }
            };
            small.spawn(calls).unwrap().join().unwrap();
        },
    );
}

/// Nobody is woken while nothing happens, once somebody has taken over.
#[test]
fn nobody_looks_after_what_is_at_rest() {
    #[sync_wrapper(flavor = "per_thread")]
    async fn wait_for(event: oneshot::Receiver<()>) {
        event.await.unwrap();
    }
    alone("per_thread::nobody_looks_after_what_is_at_rest", || {
        let (sender, event) = oneshot::channel();
        at_once(5, here_sync);
        let waiting = thread::spawn(move || wait_for_sync(event));
        thread::sleep(200 * MOMENT);
        let wakes = || -> usize {
            let tasks = fs::read_dir("/proc/self/task").unwrap();
            let ours = tasks.filter_map(|task| {
                let path = task.ok()?.path();
                let name = fs::read_to_string(path.join("comm")).ok()?;
                let is_ours =
                    name.starts_with("sync-twin-stewa") || name.starts_with("sync-twin-home");
                let status = fs::read_to_string(path.join("status")).ok()?;
                let line = status
                    .lines()
                    .find(|line| line.starts_with("voluntary_ctxt"))?;
                let count: usize = line.split_whitespace().nth(1)?.parse().ok()?;
                Some(if is_ours { count } else { 0 })
            });
            ours.sum()
        };
        let before = wakes();
        thread::sleep(Duration::from_millis(500));
        let more = wakes() - before;
        // A steward that looks would do so a hundred times.
        assert!(more < 20, "{more}");
        sender.send(()).unwrap();
        waiting.join().unwrap();
    });
}

/// A peer that has gone is noticed, too: `pin!` and `read_u8` are what is left behind here.
#[test]
fn a_socket_of_an_ended_thread_is_read_by_another() {
    #[sync_wrapper(flavor = "per_thread")]
    async fn read(socket: &mut TcpStream) -> u8 {
        pin!(socket.read_u8()).await.unwrap()
    }
    #[sync_wrapper(flavor = "per_thread")]
    async fn open(address: std::net::SocketAddr) -> TcpStream {
        TcpStream::connect(address).await.unwrap()
    }
    within_deadline("a socket of an ended thread", || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut socket = thread::spawn(move || open_sync(address)).join().unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        let reading = thread::spawn(move || read_sync(&mut socket));
        thread::sleep(50 * MOMENT);
        peer.write_all(&[7]).unwrap();
        assert_eq!(reading.join().unwrap(), 7);
    });
}
