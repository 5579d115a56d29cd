//! The work that every call does: something of all that a future can wait for, with a result to check.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::{interval, sleep, timeout};

const MOMENT: Duration = Duration::from_millis(1);
const NEVER: Duration = Duration::from_secs(3600);

/// More operations than a task may do before tokio makes it yield (128).
const BEYOND_COOP_BUDGET: u32 = 300;

/// Does all the work, one part after the other and then at the same time, and returns `n + 1`.
///
/// # Panics
///
/// When a part has a wrong result.
pub async fn work(n: u32) -> u32 {
    coop_budget().await;
    yields().await;
    sockets(n).await;
    let (_, _, _, next, _) = tokio::join!(timers(), tasks(n), blocking(n), channels(n), sockets(n));
    coop_budget().await;
    next
}

/// Both ends of a connection in one future, and then one of them in a task.
async fn sockets(n: u32) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();

    let ask = async {
        let mut socket = connect(address).await;
        socket.write_u32(n).await.unwrap();
        socket.read_u32().await.unwrap()
    };
    let ((), answer) = tokio::join!(serve_one(&listener), ask);
    assert_eq!(answer, n.wrapping_mul(2));

    let server = tokio::spawn(async move { serve_one(&listener).await });
    let mut socket = connect(address).await;
    socket.write_u32(n).await.unwrap();
    assert_eq!(socket.read_u32().await.unwrap(), n.wrapping_mul(2));
    server.await.unwrap();
}

/// Leaves no connection behind that keeps its port for a minute: there are thousands of these.
async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_zero_linger().unwrap();
    socket
}

async fn serve_one(listener: &TcpListener) {
    let (mut socket, _) = listener.accept().await.unwrap();
    let n = socket.read_u32().await.unwrap();
    socket.write_u32(n.wrapping_mul(2)).await.unwrap();
}

async fn timers() {
    sleep(MOMENT).await;
    timeout(MOMENT, pending::<()>()).await.unwrap_err();
    timeout(NEVER, sleep(MOMENT)).await.unwrap();
    let mut ticks = interval(MOMENT);
    for _ in 0..3 {
        ticks.tick().await;
    }
    tokio::select! {
        () = sleep(NEVER) => unreachable!("it is too early for that"),
        _ = ticks.tick() => {}
    }
}

/// The first task is ready at once, and awaited at once: on a worker it sits in the slot from which nobody steals.
async fn tasks(n: u32) {
    assert_eq!(tokio::spawn(async move { n }).await.unwrap(), n);
    let task = tokio::spawn(async move {
        yield_now().await;
        sleep(MOMENT).await;
        tokio::spawn(async move { n.wrapping_mul(3) })
            .await
            .unwrap()
    });
    assert_eq!(task.await.unwrap(), n.wrapping_mul(3));
    let aborted = tokio::spawn(pending::<()>());
    aborted.abort();
    assert!(aborted.await.unwrap_err().is_cancelled());
}

async fn blocking(n: u32) {
    let squared = spawn_blocking(move || n.wrapping_mul(n)).await.unwrap();
    assert_eq!(squared, n.wrapping_mul(n));
}

async fn yields() {
    for _ in 0..3 {
        yield_now().await;
    }
}

async fn coop_budget() {
    let (sender, mut receiver) = mpsc::channel(BEYOND_COOP_BUDGET as usize);
    for n in 0..BEYOND_COOP_BUDGET {
        sender.try_send(n).unwrap();
    }
    for n in 0..BEYOND_COOP_BUDGET {
        assert_eq!(receiver.recv().await, Some(n));
    }
}

async fn channels(n: u32) -> u32 {
    let (answer, question) = oneshot::channel();
    let (numbers, mut sum) = mpsc::channel(1);
    let (stage, mut stages) = watch::channel(0);
    let other_end = tokio::spawn(async move {
        for number in 1..=4 {
            numbers.send(number).await.unwrap();
        }
        stages.wait_for(|stage| *stage == 2).await.unwrap();
        answer.send(n.wrapping_add(1)).unwrap();
    });
    let mut total = 0;
    while let Some(number) = sum.recv().await {
        total += number;
        if total == 10 {
            stage.send_replace(1);
            yield_now().await;
            stage.send_replace(2);
            break;
        }
    }
    let next = tokio::select! {
        () = pending() => unreachable!("never ready"),
        next = question => next.unwrap(),
    };
    other_end.await.unwrap();
    next
}
