//! A class: the blocking type of an async client, with PyO3's attributes.

use crate::detached;
use pyo3::prelude::*;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// A client of [`serve`](crate::server::serve).
pub(crate) struct Client {
    connection: Mutex<BufReader<TcpStream>>,
    requests: AtomicU64,
}

impl Client {
    async fn request(&self, line: String) -> io::Result<String> {
        let mut connection = self.connection.lock().await;
        self.requests.fetch_add(1, Relaxed);
        connection.write_all(line.as_bytes()).await?;
        let mut answer = String::new();
        match connection.read_line(&mut answer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }
}

/// A client of a server that keeps texts.
#[sync_wrapper(
    type = PyClient,
    attrs(pyclass(name = "Client")),
    impl_attrs(pymethods),
    around = detached,
)]
impl Client {
    /// Connects to the server at a port of this machine.
    #[sync_wrapper(attrs(staticmethod))]
    pub async fn connect(port: u16) -> io::Result<Self> {
        let connection = TcpStream::connect(("127.0.0.1", port)).await?;
        Ok(Client {
            connection: Mutex::new(BufReader::new(connection)),
            requests: AtomicU64::new(0),
        })
    }

    /// The text that is kept under a key, or an empty one.
    pub async fn get(&self, key: &str) -> io::Result<String> {
        self.request(format!("get {key}\n")).await
    }

    /// Keeps a text under a key. Returns the one before.
    #[sync_wrapper(attrs(pyo3(signature = (key, text = ""))))]
    pub async fn set(&self, key: &str, text: &str) -> io::Result<String> {
        self.request(format!("set {key} {text}\n")).await
    }

    /// Waits until a key has a text.
    #[sync_wrapper(timeout = Duration::from_millis(milliseconds), flatten)]
    pub async fn wait_for(&self, key: &str, milliseconds: u64) -> io::Result<String> {
        let _ = milliseconds;
        loop {
            let text = self.get(key).await?;
            if !text.is_empty() {
                return Ok(text);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many requests have been sent.
    #[sync_wrapper(attrs(getter))]
    pub fn requests(&self) -> u64 {
        self.requests.load(Relaxed)
    }
}
