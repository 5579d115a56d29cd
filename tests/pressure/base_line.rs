//! 10,000 calls by 1,000 threads that come and go leave nothing behind: no thread and no descriptor.
//!
//! It counts those of the whole process, so nothing else runs in it.

#![cfg(target_os = "linux")]

use std::fs;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio::task::yield_now;
use tokio::time::sleep;

const THREADS: usize = 1000;
const AT_ONCE: usize = 20;

/// What each thread does: ten calls in six contexts. With a barrier, all threads are in the same call at the same
/// time, so that everything is started that so many threads can make necessary.
fn ten_calls(shared: &Runtime, all: Option<&Barrier>) {
    step_sync(all);
    connect_sync();
    step_isolated_sync(all);
    step_in_place_sync(Rc::new(all));
    shared.block_on(async { step_sync(all) });
    // A task cannot borrow the barrier; the root's barrier has had all threads here at once.
    let task = async { block_on(yield_now()) };
    shared.block_on(async { tokio::spawn(task).await.unwrap() });
    let own = Builder::new_current_thread().enable_all().build().unwrap();
    own.block_on(async {
        step_sync(all);
        step_in_place_sync(Rc::new(all));
        step_isolated_sync(all);
    });
    let _context = own.enter();
    step_sync(all);
}

#[sync_wrapper]
async fn step(all: Option<&Barrier>) {
    if let Some(all) = all {
        all.wait().await;
    }
    sleep(Duration::from_micros(100)).await;
    tokio::spawn(yield_now()).await.unwrap();
}

#[sync_wrapper(isolation = "always")]
async fn step_isolated(all: Option<&Barrier>) {
    step(all).await;
}

#[sync_wrapper]
async fn step_in_place(all: Rc<Option<&Barrier>>) {
    step(*all).await;
}

#[sync_wrapper]
async fn connect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, connected) = tokio::join!(listener.accept(), TcpStream::connect(address));
    connected.unwrap().write_u8(1).await.unwrap();
    assert_eq!(accepted.unwrap().0.read_u8().await.unwrap(), 1);
}

fn wave(all: Option<&Barrier>) {
    let shared = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| ten_calls(&shared, all));
        }
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    threads: usize,
    descriptors: usize,
}

impl Held {
    fn now() -> Self {
        Held {
            threads: entries("/proc/self/task"),
            descriptors: entries("/proc/self/fd"),
        }
    }

    /// The count, once it stands still: a joined thread may still be on its way out.
    fn at_rest() -> Self {
        let mut before = Held::now();
        loop {
            thread::sleep(Duration::from_millis(200));
            let now = Held::now();
            if now == before {
                return now;
            }
            before = now;
        }
    }
}

fn entries(directory: &str) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    within_deadline("10,000 calls", || {
        let all = Barrier::new(AT_ONCE);
        wave(Some(&all));
        let base_line = Held::at_rest();
        for _ in 0..THREADS / AT_ONCE {
            wave(None);
        }
        let begin = Instant::now();
        while Held::now() != base_line {
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "{base_line:?} before, {:?} after",
                Held::now()
            );
            thread::sleep(Duration::from_millis(20));
        }
    });
}
