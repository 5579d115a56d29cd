//! A small HTTP server, and a client that pools its connections as the large ones do: each is a task that the call
//! which needed it has spawned, and that later calls talk to.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

/// Answers every request with its path, on threads of its own, for as long as the process lives.
pub(crate) struct Server {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = accepted.clone();
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

    /// How many connections there have been.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

fn answer(mut socket: std::net::TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut path = String::new();
    for line in io::BufReader::new(socket.try_clone()?).lines() {
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

pub(crate) struct Client {
    server: SocketAddr,
    /// The one that has been used least recently first.
    idle: Mutex<VecDeque<Connection>>,
}

#[sync_wrapper]
impl Client {
    pub(crate) fn new(server: &Server) -> Self {
        let server = server.address;
        let idle = Mutex::default();
        Client { server, idle }
    }

    /// The body of the response.
    pub(crate) async fn get(&self, path: &str) -> io::Result<String> {
        loop {
            let idle = self.idle().pop_front();
            let reused = idle.is_some();
            let connection = match idle {
                Some(connection) => connection,
                None => Connection::open(self.server).await?,
            };
            match connection.get(path).await {
                Ok(body) => {
                    self.idle().push_back(connection);
                    return Ok(body);
                }
                // It has gone with its runtime.
                Err(_) if reused => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, VecDeque<Connection>> {
        self.idle.lock().expect("nobody panics with the lock held")
    }
}

struct Connection {
    requests: mpsc::Sender<Request>,
}

struct Request {
    path: String,
    body: oneshot::Sender<io::Result<String>>,
}

impl Connection {
    async fn open(server: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(server).await?;
        socket.set_nodelay(true)?;
        let mut socket = BufReader::new(socket);
        let (requests, mut received) = mpsc::channel::<Request>(1);
        tokio::spawn(async move {
            while let Some(Request { path, body }) = received.recv().await {
                // Whoever has asked may have given up.
                let _ = body.send(exchange(&mut socket, &path).await);
            }
        });
        Ok(Connection { requests })
    }

    async fn get(&self, path: &str) -> io::Result<String> {
        let (body, answer) = oneshot::channel();
        let path = path.to_owned();
        let request = Request { path, body };
        self.requests
            .send(request)
            .await
            .map_err(io::Error::other)?;
        answer.await.map_err(io::Error::other)?
    }
}

async fn exchange(socket: &mut BufReader<TcpStream>, path: &str) -> io::Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut length = 0;
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        if socket.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await?;
    String::from_utf8(body).map_err(io::Error::other)
}
