//! What a child has inherited does not work there. A call that waits for it says so, since it may wait for ever.

use forked::calls::{call_everywhere, double, double_sync, workers};
use forked::case;
use forked::child::{Child, exit, fork};
use std::sync::Arc;
use sync_twin::{block_on, spawn, sync_wrapper};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

type Request = (u32, oneshot::Sender<u32>);

/// As clients with a pool do it: a task has the connection.
#[derive(Clone)]
struct Client(mpsc::Sender<Request>);

impl Client {
    async fn connect() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            let (mut server, _) = listener.accept().await.expect("it comes");
            while let Ok(n) = server.read_u32().await {
                server.write_u32(2 * n).await.expect("it is open");
            }
        });
        let mut socket = TcpStream::connect(address).await.expect("it listens");
        let (sender, mut requests) = mpsc::channel::<Request>(1);
        tokio::spawn(async move {
            while let Some((n, answer)) = requests.recv().await {
                socket.write_u32(n).await.expect("it is open");
                let _ = answer.send(socket.read_u32().await.expect("it is open"));
            }
        });
        Client(sender)
    }
}

#[sync_wrapper]
async fn ask(client: &Client, n: u32) -> u32 {
    let (answer, answered) = oneshot::channel();
    let sent = client.0.send((n, answer)).await;
    sent.expect("the task is there");
    answered.await.expect("the task is there")
}

#[sync_wrapper(isolation = "always")]
async fn ask_isolated(client: &Client, n: u32) -> u32 {
    ask(client, n).await
}

#[sync_wrapper(runtime = runtime)]
async fn double_in(runtime: &Runtime, n: u32) -> u32 {
    let _ = runtime;
    tokio::spawn(double(n)).await.expect("it does not panic")
}

/// A child that makes a call which does not end there.
fn hangs_in_child<T>(call: impl FnOnce() -> T) -> Child {
    fork().unwrap_or_else(|| {
        call();
        eprintln!("the call has returned");
        exit(true)
    })
}

fn main() {
    // Made in home, and in the crew.
    let client = block_on(Client::connect());
    assert_eq!(ask_sync(&client, 21), 42);
    let beside = workers(1).block_on(async { block_on(Client::connect()) });
    assert_eq!(ask_sync(&beside, 21), 42);
    let runtime = Arc::new(workers(1));
    assert_eq!(double_in_sync(&runtime, 21), 42);
    let (end, ends) = oneshot::channel::<()>();
    let task = spawn(async { ends.await.expect("it is told") });

    let in_worker = client.clone();
    let children = [
        ("a pooled client", hangs_in_child(|| ask_sync(&client, 1))),
        (
            "a pooled client of the crew's",
            hangs_in_child(|| ask_sync(&beside, 1)),
        ),
        (
            "a pooled client, isolated",
            hangs_in_child(|| ask_isolated_sync(&client, 1)),
        ),
        (
            "a pooled client, in a worker of the child's",
            hangs_in_child(|| {
                let workers = workers(1);
                let task = workers.spawn(async move { ask_sync(&in_worker, 1) });
                workers.block_on(task).expect("it does not panic");
            }),
        ),
        (
            "a runtime of the user's",
            hangs_in_child(|| double_in_sync(&runtime, 1)),
        ),
    ];
    // The child has the task's handle, too.
    match fork() {
        None => {
            task.join();
            exit(true)
        }
        Some(child) => case("a task", || child.says("is the child of a fork", "a task")),
    }
    for (name, child) in children {
        case(name, || child.says("is the child of a fork", name));
        // In the parent all is well.
        assert_eq!(ask_sync(&client, 21), 42);
        assert_eq!(ask_sync(&beside, 21), 42);
        assert_eq!(double_in_sync(&runtime, 21), 42);
    }
    end.send(()).expect("it is awaited");
    task.join();
    assert_eq!(double_sync(21), 42);
    drop(runtime);
    call_everywhere();
}
