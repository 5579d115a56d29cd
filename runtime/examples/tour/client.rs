//! A small HTTP client, written once, in async Rust. The attribute adds the blocking twins.

use std::cell::Cell;
use std::error;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) type Error = Box<dyn error::Error + Send + Sync>;

const TIMEOUT: Duration = Duration::from_secs(5);

/// The body of `http://server/path`.
#[sync_wrapper]
pub(crate) async fn get(server: SocketAddr, path: &str) -> Result<String, Error> {
    let response = timeout(TIMEOUT, exchange(server, path)).await??;
    body(&response)
}

/// The same, noted in a ledger that several clients on one thread share.
#[sync_wrapper]
pub(crate) async fn get_noted(
    server: SocketAddr,
    path: &str,
    ledger: Rc<Ledger>,
) -> Result<String, Error> {
    let answer = get(server, path).await?;
    ledger.note();
    Ok(answer)
}

/// How many answers have come in. Not `Sync`, so that an `Rc` of it is not `Send`.
#[derive(Default)]
pub(crate) struct Ledger {
    answers: Cell<u32>,
}

impl Ledger {
    pub(crate) fn answers(&self) -> u32 {
        self.answers.get()
    }

    fn note(&self) {
        self.answers.set(self.answers.get() + 1);
    }
}

/// Sends the request from a task of its own while this one reads, as a client that streams would.
async fn exchange(server: SocketAddr, path: &str) -> Result<String, Error> {
    let (mut incoming, mut outgoing) = TcpStream::connect(server).await?.into_split();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n");
    let sender = tokio::spawn(async move {
        outgoing.write_all(request.as_bytes()).await?;
        // Dropping this half would shut the connection down for writing; give it back instead.
        Ok::<_, std::io::Error>(outgoing)
    });
    let mut response = String::new();
    incoming.read_to_string(&mut response).await?;
    sender.await??;
    Ok(response)
}

fn body(response: &str) -> Result<String, Error> {
    let (head, body) = response
        .split_once("\r\n\r\n")
        .ok_or("the response has no end of its headers")?;
    match head.split(' ').nth(1) {
        Some("200") => Ok(body.to_owned()),
        Some(status) => Err(format!("status {status}: {body}").into()),
        None => Err("the response has no status".into()),
    }
}
