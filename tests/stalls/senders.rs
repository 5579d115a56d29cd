//! What is waited for comes from a task of the blocked runtime, or from the blocked thread.

use crate::call_at;
use crate::told::is_told;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use sync_twin::{batch, block_on, iter, sync_wrapper};
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{RwLock, Semaphore, mpsc, oneshot};
use tokio::task::yield_now;

const DRIVES: &str = "this thread drives a current-thread runtime, as in `#[tokio::test]`";
const AWAIT: &str = "in async code, `.await` the async fn";

#[sync_wrapper]
async fn ask(server: SocketAddr) -> u8 {
    let mut socket = TcpStream::connect(server).await.expect("it listens");
    socket.write_u8(1).await.expect("it listens");
    socket.read_u8().await.expect("it answers")
}

async fn answer(listener: &TcpListener) {
    let (mut socket, _) = listener.accept().await.expect("it listens");
    let n = socket.read_u8().await.expect("it is asked");
    socket.write_u8(n + 1).await.expect("it is asked");
}

/// The accident of every newcomer: a server is spawned in a `#[tokio::test]`, and a twin is called there.
#[test]
fn a_server_that_is_spawned_in_the_same_test() {
    let call = call_at!("// stalls");
    is_told(
        "senders::a_server_that_is_spawned_in_the_same_test",
        &[
            &call,
            DRIVES,
            "(one is alive)",
            "a server that was spawned in the same test",
            AWAIT,
            "write `flavor = \"multi_thread\"` in `#[tokio::test]`",
        ],
        || {
            current_thread().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let server = listener.local_addr().expect("it is bound");
                tokio::spawn(async move { answer(&listener).await });
                ask_sync(server); // stalls
            });
        },
    );
}

/// The handler of a server with one thread asks that very server.
#[test]
fn a_server_that_asks_itself() {
    is_told(
        "senders::a_server_that_asks_itself",
        &[&call_at!("// stalls"), DRIVES, AWAIT],
        || {
            current_thread().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let server = listener.local_addr().expect("it is bound");
                let client = tokio::spawn(ask(server));
                let (mut socket, _) = listener.accept().await.expect("it listens");
                let n = socket.read_u8().await.expect("it is asked");
                let other = ask_sync(server); // stalls
                socket.write_u8(n + other).await.expect("it is asked");
                client.await.expect("it does not panic");
            });
        },
    );
}

#[sync_wrapper]
async fn receive(from: oneshot::Receiver<u8>) -> u8 {
    from.await.expect("it is sent")
}

/// A call that is polled in place is told as one that is isolated.
#[test]
fn a_task_that_is_to_send_to_a_call_in_place() {
    is_told(
        "senders::a_task_that_is_to_send_to_a_call_in_place",
        &[&call_at!("// stalls"), DRIVES, AWAIT],
        || {
            current_thread().block_on(async {
                let (sender, receiver) = oneshot::channel();
                tokio::spawn(async move { sender.send(1).expect("it waits") });
                block_on(receive(receiver)); // stalls
            });
        },
    );
}

/// The call goes to an isolation thread, from there to another one, and what that waits for is a task of the first.
#[test]
fn from_a_thread_by_two_others_back_to_it() {
    let call = call_at!("// stalls");
    is_told(
        "senders::from_a_thread_by_two_others_back_to_it",
        &[
            &call,
            DRIVES,
            "also blocked: ",
            "thread `sync-twin-background`",
        ],
        || {
            #[sync_wrapper]
            async fn relay(from: oneshot::Receiver<u8>) -> u8 {
                sync_twin::to_thread(|| receive_sync(from)).await
            }
            current_thread().block_on(async {
                let (sender, receiver) = oneshot::channel();
                tokio::spawn(async move { sender.send(1).expect("it waits") });
                relay_sync(receiver); // stalls
            });
        },
    );
}

/// The call spawns into the runtime that it blocks, by its handle.
#[test]
fn a_call_that_spawns_into_the_runtime_that_it_blocks() {
    let call = call_at!("// stalls");
    is_told(
        "senders::a_call_that_spawns_into_the_runtime_that_it_blocks",
        &[&call, DRIVES],
        || {
            #[sync_wrapper]
            async fn there(runtime: tokio::runtime::Handle) {
                runtime.spawn(async {}).await.expect("it does not panic");
            }
            current_thread().block_on(async {
                there_sync(tokio::runtime::Handle::current()); // stalls
            });
        },
    );
}

/// The permit is given to who has waited longest, and that is a task of the blocked loop.
#[test]
fn a_fair_semaphore_whose_next_holder_is_a_task_of_the_loop() {
    let call = call_at!("// stalls");
    is_told(
        "senders::a_fair_semaphore_whose_next_holder_is_a_task_of_the_loop",
        &[&call, DRIVES, "or holds a lock"],
        || {
            #[sync_wrapper]
            async fn acquire(semaphore: Arc<Semaphore>) {
                drop(semaphore.acquire().await.expect("it is open"));
            }
            current_thread().block_on(async {
                let semaphore = Arc::new(Semaphore::new(1));
                let permit = semaphore.acquire().await.expect("it is open");
                let next = Arc::clone(&semaphore);
                tokio::spawn(async move { drop(next.acquire().await) });
                yield_now().await;
                drop(permit);
                acquire_sync(Arc::clone(&semaphore)); // stalls
            });
        },
    );
}

#[test]
fn a_fair_lock_whose_next_holder_is_a_task_of_the_loop() {
    let call = call_at!("// stalls");
    is_told(
        "senders::a_fair_lock_whose_next_holder_is_a_task_of_the_loop",
        &[&call, DRIVES, "or holds a lock"],
        || {
            #[sync_wrapper]
            async fn read(lock: Arc<RwLock<u8>>) -> u8 {
                *lock.read().await
            }
            current_thread().block_on(async {
                let lock = Arc::new(RwLock::new(1));
                let reader = lock.read().await;
                let writer = Arc::clone(&lock);
                tokio::spawn(async move { *writer.write().await += 1 });
                yield_now().await;
                assert_eq!(*reader, 1);
                read_sync(Arc::clone(&lock)); // stalls
            });
        },
    );
}

#[test]
fn a_stream_that_a_task_of_the_loop_feeds() {
    is_told(
        "senders::a_stream_that_a_task_of_the_loop_feeds",
        &[&call_at!("// stalls"), DRIVES],
        || {
            current_thread().block_on(async {
                let (sender, mut receiver) = mpsc::channel::<u8>(1);
                tokio::spawn(async move { sender.send(1).await.expect("it is read") });
                let numbers = futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx));
                let mut numbers = iter(numbers);
                // As a `for` loop does.
                numbers.next(); // stalls
            });
        },
    );
}

/// `next` is called in std then. So the place is that of the iterator, or the batch.
#[test]
fn an_iterator_in_an_adapter() {
    is_told(
        "senders::an_iterator_in_an_adapter",
        &[&call_at!("// stalls"), "outside any runtime"],
        || {
            let never = futures_util::stream::pending::<u8>();
            let numbers = iter(never); // stalls
            assert_eq!(numbers.map(u32::from).sum::<u32>(), 0);
        },
    );
}

#[test]
fn a_batch_in_an_adapter() {
    is_told(
        "senders::a_batch_in_an_adapter",
        &[&call_at!("// stalls"), "outside any runtime"],
        || {
            let never = batch([std::future::pending::<u8>()]);
            let numbers = never.as_completed(); // stalls
            assert_eq!(numbers.map(u32::from).sum::<u32>(), 0);
        },
    );
}

/// The other thread sends when this one has ended.
#[test]
fn a_thread_that_joins_the_one_that_waits() {
    is_told(
        "senders::a_thread_that_joins_the_one_that_waits",
        &[
            &call_at!("// stalls"),
            "thread `waits`, outside any runtime",
            "a thread or thread pool (rayon's, for one) that waits for this thread",
        ],
        || {
            let (sender, receiver) = oneshot::channel();
            let waits = thread::Builder::new().name("waits".to_owned());
            let waits = waits.spawn(|| receive_sync(receiver)).expect("a thread"); // stalls
            waits.join().expect("it does not panic");
            sender.send(1).expect("it waits");
        },
    );
}

/// A call joins the thread that waits for it.
#[test]
fn a_call_that_joins_a_thread_that_waits_for_the_caller() {
    is_told(
        "senders::a_call_that_joins_a_thread_that_waits_for_the_caller",
        &[
            &call_at!("// stalls"),
            "a channel whose sender it has",
            "also blocked",
        ],
        || {
            let (sender, receiver) = oneshot::channel();
            let other = thread::spawn(|| receive_sync(receiver)); // stalls
            #[allow(clippy::let_unit_value)]
            let join = async { sync_twin::to_thread(|| other.join()).await };
            block_on(join).expect("it does not panic");
            sender.send(1).expect("it waits");
        },
    );
}

/// At the root of a multi-thread runtime, and as a branch of a `select!`.
#[test]
fn a_branch_of_the_same_select() {
    is_told(
        "senders::a_branch_of_the_same_select",
        &[
            &call_at!("// stalls"),
            "beside a runtime",
            "another branch of the same `join!` or `select!`",
        ],
        || {
            multi_thread().block_on(async {
                let (sender, receiver) = oneshot::channel();
                let mut sends = pin!(async { sender.send(1).expect("it waits") });
                let mut waits = pin!(async { receive_sync(receiver) }); // stalls
                poll_fn(|cx| {
                    let first = waits.as_mut().poll(cx).is_ready();
                    assert!(sends.as_mut().poll(cx).is_ready() && first);
                    std::task::Poll::Ready(())
                })
                .await;
            });
        },
    );
}
