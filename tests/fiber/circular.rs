//! Waits that could only be reported complete in a fiber: what is waited for is brought by the very thread that waits.

use crate::work::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use sync_twin::{fiber, sync_wrapper};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, LocalSet, spawn_local};

/// Runs it in a set on a current-thread runtime, where a call on a plain stack never returns.
fn run(code: impl Future<Output = ()>) {
    LocalSet::new().block_on(&current_thread(), code);
}

fn spawn_fiber<T: 'static>(code: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    spawn_local(fiber(code))
}

#[test]
fn a_channel_that_a_sibling_feeds() {
    let _watch = watch(&test_name());
    run(async {
        let (sender, mut receiver) = mpsc::channel(1);
        let reads = spawn_fiber(move || {
            let mut sum = 0;
            while let Some(n) = next_sync(&mut receiver) {
                sum += n;
            }
            sum
        });
        for n in 1..=100 {
            sender.send(n).await.expect("somebody reads");
        }
        drop(sender);
        assert_eq!(reads.await.expect("it does not panic"), 5050);
    });
}

struct Lines(BufReader<TcpStream>);

#[sync_wrapper]
impl Lines {
    async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await;
        Lines(BufReader::new(stream.expect("somebody listens")))
    }

    async fn ask(&mut self, question: &str) -> String {
        let line = format!("{question}\n");
        let stream = self.0.get_mut();
        stream.write_all(line.as_bytes()).await.expect("it is open");
        let mut answer = String::new();
        self.0.read_line(&mut answer).await.expect("it is open");
        answer.trim_end().to_owned()
    }
}

/// Answers every line with itself, in a fiber that reads and writes by blocking calls.
async fn echo() -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let serves = spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(spawn_fiber(move || serve(stream)));
        }
    });
    (port, serves)
}

fn serve(stream: TcpStream) {
    let mut stream = sync_twin::io::Blocking::new(stream);
    let mut bytes = [0; 64];
    use std::io::{Read, Write};
    while let Ok(length @ 1..) = stream.read(&mut bytes) {
        stream.write_all(&bytes[..length]).expect("it is open");
    }
}

#[test]
fn a_connection_that_this_runtime_drives() {
    let _watch = watch(&test_name());
    run(async {
        let (port, serves) = echo().await;
        let mut lines = Lines::connect(port).await;
        // Made in async code, used in a fiber, and the other way round.
        assert_eq!(lines.ask("one").await, "one");
        let (mut lines, answer) = spawn_fiber(move || {
            let answer = lines.ask_sync("two");
            (lines, answer)
        })
        .await
        .expect("it does not panic");
        assert_eq!(answer, "two");
        assert_eq!(lines.ask("three").await, "three");
        let answer = spawn_fiber(move || Lines::connect_sync(port).ask_sync("four"));
        assert_eq!(answer.await.expect("it does not panic"), "four");
        serves.abort();
    });
}

#[sync_wrapper]
async fn with_permit(permits: &Semaphore, log: &RefCell<Vec<u8>>, id: u8) {
    let _permit = permits.acquire().await.expect("it is open");
    tokio::task::yield_now().await;
    log.borrow_mut().push(id);
}

/// A fair semaphore whose next holder is a task of this loop.
#[test]
fn a_permit_that_is_a_siblings_turn() {
    let _watch = watch(&test_name());
    run(async {
        let permits = Arc::new(Semaphore::new(1));
        let log = Rc::new(RefCell::new(Vec::new()));
        let held = permits.acquire().await.expect("it is open");
        let mut tasks = Vec::new();
        for id in 0..6 {
            let (permits, log) = (Arc::clone(&permits), Rc::clone(&log));
            tasks.push(match id % 2 {
                0 => spawn_local(async move { with_permit(&permits, &log, id).await }),
                _ => spawn_fiber(move || with_permit_sync(&permits, &log, id)),
            });
        }
        tokio::task::yield_now().await;
        drop(held);
        for task in tasks {
            task.await.expect("it does not panic");
        }
        assert_eq!(*log.borrow(), [0, 1, 2, 3, 4, 5]);
    });
}

#[sync_wrapper]
async fn add(to: &Mutex<u32>, n: u32) {
    let mut sum = to.lock().await;
    let before = *sum;
    tokio::task::yield_now().await;
    *sum = before + n;
}

#[test]
fn a_lock_whose_next_holder_is_a_sibling() {
    let _watch = watch(&test_name());
    run(async {
        let sum = Arc::new(Mutex::new(0));
        let tasks = (1..=10).map(|n| {
            let sum = Arc::clone(&sum);
            match n % 2 {
                0 => spawn_local(async move { add(&sum, n).await }),
                _ => spawn_fiber(move || add_sync(&sum, n)),
            }
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("it does not panic");
        }
        assert_eq!(*sum.lock().await, 55);
    });
}

/// A client whose connection is a task of this loop, since async code was the first to use it.
#[derive(Clone)]
struct Client(mpsc::Sender<(u32, oneshot::Sender<u32>)>);

#[sync_wrapper]
impl Client {
    async fn ask(&self, n: u32) -> u32 {
        let (sender, answer) = oneshot::channel();
        let request = (n, sender);
        self.0.send(request).await.expect("the connection is there");
        answer.await.expect("it answers")
    }
}

fn client() -> Client {
    let (sender, mut requests) = mpsc::channel::<(u32, oneshot::Sender<u32>)>(1);
    spawn_local(async move {
        while let Some((n, answer)) = requests.recv().await {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let _ = answer.send(n + 1);
        }
    });
    Client(sender)
}

#[test]
fn a_pooled_client_that_async_code_used_first() {
    let _watch = watch(&test_name());
    run(async {
        let client = client();
        assert_eq!(client.ask(1).await, 2);
        let in_fiber = client.clone();
        let asks = spawn_fiber(move || in_fiber.ask_sync(2));
        assert_eq!(asks.await.expect("it does not panic"), 3);
        assert_eq!(client.ask(3).await, 4);
    });
}

/// Each request of the server is a request to the same server, to a depth, and every handler blocks.
#[test]
fn a_server_that_asks_itself() {
    let _watch = watch(&test_name());
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let serves = spawn_local(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                drop(spawn_fiber(move || {
                    let depth = sync_twin::block_on(stream.read_u8()).expect("it asks");
                    let answer = match depth {
                        0 => 0,
                        _ => ask_server_sync(port, depth - 1) + 1,
                    };
                    sync_twin::block_on(stream.write_u8(answer)).expect("it listens");
                }));
            }
        });
        assert_eq!(ask_server(port, 20).await, 20);
        serves.abort();
    });
}

#[sync_wrapper]
async fn ask_server(port: u16, depth: u8) -> u8 {
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    let mut stream = stream.expect("somebody listens");
    stream.write_u8(depth).await.expect("it is open");
    stream.read_u8().await.expect("it answers")
}
