//! 10,000 requests, a hundred at a time, from a `main` that is not async: `cargo run --example batch`.
//!
//! The server is its own, on the loopback.

use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::batch;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

const REQUESTS: u64 = 10_000;
const AT_ONCE: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let server = start_server()?;
    let bar = ProgressBar::new(REQUESTS).with_style(ProgressStyle::with_template(
        "{bar:50} {human_pos}/{human_len} requests, {per_sec}, {eta} left",
    )?);

    let start = Instant::now();
    let answers = batch((0..REQUESTS).map(|n| get(server, n)))
        .limit(AT_ONCE)
        .timeout(Duration::from_secs(300))
        .on_progress(|done, _total| bar.set_position(done as u64))
        .try_run()?;
    let time = start.elapsed();
    bar.finish();

    assert!(answers.into_iter().eq((0..REQUESTS).map(|n| n * n)));
    println!(
        "{REQUESTS} requests of at least 1 ms each, {AT_ONCE} at a time: {time:.2?}, all answers right and in order"
    );
    Ok(())
}

/// Asks the server for `/n`, over a connection of its own.
async fn get(server: SocketAddr, n: u64) -> io::Result<u64> {
    let mut peer = TcpStream::connect(server).await?;
    let request = format!("GET /{n} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    peer.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    peer.read_to_string(&mut response).await?;
    let body = response.rsplit("\r\n\r\n").next();
    body.and_then(|body| body.parse().ok())
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, response.clone()))
}

/// Starts a server on a thread of its own, as if it were far away. It answers `/n` with the square of n.
fn start_server() -> io::Result<SocketAddr> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        sync_twin::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let _ = sender.send(listener.local_addr()?);
            loop {
                let (peer, _) = listener.accept().await?;
                tokio::spawn(answer(peer));
            }
            #[expect(unreachable_code, reason = "it gives the async block its type")]
            io::Result::Ok(())
        })
    });
    receiver.recv().map_err(io::Error::other)
}

async fn answer(peer: TcpStream) -> io::Result<()> {
    let mut peer = BufReader::new(peer);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if peer.read_line(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let n: u64 = path.trim_start_matches('/').parse().unwrap_or_default();
    sleep(Duration::from_millis(1)).await;
    let body = (n * n).to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    peer.write_all((head + &body).as_bytes()).await?;
    peer.shutdown().await
}
