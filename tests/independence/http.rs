//! A small HTTP server that keeps connections open and depends on no runtime, and a twin for `reqwest`.

use reqwest::{Client, Error};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use sync_twin::sync_wrapper;

/// Answers every request with its path, for as long as the process lives.
pub(crate) struct Server {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        thread::spawn(move || {
            for socket in listener.incoming() {
                count.fetch_add(1, SeqCst);
                let socket = socket.expect("loopback works");
                // A client that goes away is no failure.
                thread::spawn(move || answer(socket).ok());
            }
        });
        Server { address, accepted }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many connections there have been.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

fn answer(mut socket: TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut path = String::new();
    for line in BufReader::new(socket.try_clone()?).lines() {
        let line = line?;
        if let Some(request) = line.strip_prefix("GET ") {
            path = request.replace(" HTTP/1.1", "");
        } else if line.is_empty() {
            let length = path.len();
            let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{path}");
            socket.write_all(response.as_bytes())?;
        }
    }
    Ok(())
}

#[sync_wrapper]
pub(crate) async fn get(client: &Client, url: &str) -> Result<String, Error> {
    client.get(url).send().await?.text().await
}

/// The request is made by a task.
#[sync_wrapper]
pub(crate) async fn get_in_task(client: &Client, url: &str) -> Result<String, Error> {
    let response = tokio::spawn(client.get(url).send());
    response.await.expect("it does not panic")?.text().await
}

/// The request is made by a call of a task.
#[sync_wrapper]
pub(crate) async fn get_by_call_in_task(client: &Client, url: &str) -> Result<String, Error> {
    let (client, url) = (client.clone(), url.to_owned());
    let answer = tokio::spawn(async move { get_sync(&client, &url) });
    answer.await.expect("it does not panic")
}
