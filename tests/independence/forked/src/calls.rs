//! Calls of every kind, each with a runtime of its own where it needs one.

use futures_util::{Stream, StreamExt as _, stream};
use std::thread;
use std::time::Duration;
use sync_twin::{batch, block_on, spawn, sync_wrapper, to_thread};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::sleep;

pub fn workers(n: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(n).enable_all();
    builder.build().expect("it starts")
}

pub fn current_thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().build().expect("it starts")
}

/// A timer and a socket.
#[sync_wrapper]
pub async fn double(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (mut client, (mut server, _)) = (client.expect("it listens"), server.expect("it comes"));
    client.write_u32(n).await.expect("it is open");
    2 * server.read_u32().await.expect("it is open")
}

#[sync_wrapper(runtime = runtime)]
pub async fn double_in(runtime: &Runtime, n: u32) -> u32 {
    let _ = runtime;
    double(n).await
}

#[sync_wrapper]
pub fn doubles(end: u32) -> impl Stream<Item = u32> {
    stream::iter(0..end).then(double)
}

/// Has a task of its own that it asks.
pub struct Doubler {
    factor: u32,
}

#[sync_wrapper(type = BlockingDoubler)]
impl Doubler {
    pub async fn open() -> Self {
        let factor = tokio::spawn(async { double(1).await });
        let factor = factor.await.expect("it does not panic");
        Doubler { factor }
    }

    pub async fn double(&self, n: u32) -> u32 {
        self.factor * double(n).await / 2
    }
}

type Code = Box<dyn FnOnce() + Send>;

/// A place in which code runs, made anew, by name.
pub type Place = (&'static str, fn(Code));

/// Where threads of the user's run code.
pub const PLACES: &[Place] = &[
    ("a plain thread", |code| code()),
    ("the root of a runtime", |code| {
        workers(1).block_on(async { code() });
    }),
    ("a task on a worker", |code| {
        let workers = workers(1);
        let task = workers.spawn(async move { code() });
        workers.block_on(task).expect("it does not panic");
    }),
    ("a worker that has been handed over", |code| {
        let workers = workers(1);
        let task = workers.spawn(async move { block_in_place(code) });
        workers.block_on(task).expect("it does not panic");
    }),
    ("a blocking thread", |code| {
        let workers = workers(1);
        let thread = workers.spawn_blocking(code);
        workers.block_on(thread).expect("it does not panic");
    }),
    ("the driver of a runtime", |code| {
        current_thread().block_on(async { code() });
    }),
    ("a task on a driver", |code| {
        current_thread().block_on(async {
            let task = tokio::spawn(async move { code() });
            task.await.expect("it does not panic");
        });
    }),
    ("a blocking thread beside a driver", |code| {
        let driver = current_thread();
        let thread = driver.block_on(async { spawn_blocking(code).await });
        thread.expect("it does not panic");
    }),
];

/// A kind of call, by name.
pub type Use = (&'static str, fn());

pub const USES: &[Use] = &[
    ("plain call", || assert_eq!(double_sync(1), 2)),
    ("call beside a runtime", || {
        workers(1).block_on(async { assert_eq!(double_sync(2), 4) });
    }),
    ("call in a worker's task", || {
        let workers = workers(1);
        let task = workers.spawn(async { double_sync(3) });
        assert_eq!(block_on(task).expect("it does not panic"), 6);
    }),
    ("isolated call", || {
        current_thread().block_on(async { assert_eq!(double_sync(4), 8) });
    }),
    ("call in place on a driver", || {
        current_thread().block_on(async { assert_eq!(block_on(double(5)), 10) });
    }),
    ("spawn", || assert_eq!(spawn(double(6)).join(), 12)),
    ("to_thread", || {
        assert_eq!(block_on(to_thread(|| double_sync(7))), 14);
    }),
    ("batch", || {
        assert_eq!(batch([8, 9].map(double)).run(), [16, 18]);
    }),
    ("iter", || assert!(doubles_sync(3).eq([0, 2, 4]))),
    ("blocking type", || {
        assert_eq!(BlockingDoubler::open().double(10), 20);
    }),
    ("runtime of the user's", || {
        for runtime in [workers(1), current_thread()] {
            assert_eq!(double_in_sync(&runtime, 11), 22);
        }
    }),
];

/// All of them. The calling thread must be in no runtime.
pub fn call_everywhere() {
    for (_, call) in USES {
        call();
    }
}

/// Calls on this thread, wherever that is, and then all of them on another.
pub fn call_here_and_everywhere() {
    assert_eq!(double_sync(12), 24);
    assert_eq!(block_on(double(13)), 26);
    assert_eq!(batch([14].map(double)).run(), [28]);
    assert!(doubles_sync(2).eq([0, 2]));
    assert_eq!(spawn(double(15)).join(), 30);
    assert_eq!(BlockingDoubler::open().double(16), 32);
    let other = thread::spawn(call_everywhere);
    other.join().expect("it does not panic");
}
