//! A server that depends on no runtime, and a call that cannot end unless somebody drives its timer and its socket.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

const MOMENT: Duration = Duration::from_millis(1);

/// Doubles numbers, for as long as the process lives.
pub(crate) static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(socket) = socket else {
                // Some situations use up all descriptors for a while.
                thread::sleep(MOMENT);
                continue;
            };
            // A client that goes away is no failure.
            thread::spawn(move || double_all(socket).ok());
        }
    });
    address
});

fn double_all(mut socket: std::net::TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    loop {
        let mut number = [0; 4];
        socket.read_exact(&mut number)?;
        // So that nobody finds the answer there at once.
        thread::sleep(MOMENT);
        let doubled = u32::from_be_bytes(number).wrapping_mul(2);
        socket.write_all(&doubled.to_be_bytes())?;
    }
}

#[sync_wrapper]
pub(crate) async fn connect() -> TcpStream {
    TcpStream::connect(*SERVER).await.unwrap()
}

#[sync_wrapper]
pub(crate) async fn exchange(socket: &mut TcpStream, n: u32) -> u32 {
    socket.write_u32(n).await.unwrap();
    socket.read_u32().await.unwrap()
}

/// Twice `n`, as the server says after a moment.
#[sync_wrapper]
pub(crate) async fn double(n: u32) -> u32 {
    sleep(MOMENT).await;
    let mut socket = connect().await;
    exchange(&mut socket, n).await
}

#[sync_wrapper(isolation = "always")]
pub(crate) async fn double_isolated(n: u32) -> u32 {
    double(n).await
}

#[sync_wrapper(isolation = "never")]
pub(crate) async fn double_in_place(n: u32) -> u32 {
    double(n).await
}

#[sync_wrapper(flavor = "multi_thread")]
pub(crate) async fn double_multi_thread(n: u32) -> u32 {
    double(n).await
}

pub(crate) fn double_joined(n: u32) -> u32 {
    sync_twin::spawn(double(n)).join()
}

pub(crate) type Way = (&'static str, fn(u32) -> u32);

/// The same call in different ways, by name.
pub(crate) const WAYS: [Way; 5] = [
    ("auto", double_sync),
    ("isolated", double_isolated_sync),
    ("in place", double_in_place_sync),
    ("multi_thread", double_multi_thread_sync),
    ("joined", double_joined),
];
