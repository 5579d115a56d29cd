//! A small HTTP server, and a client that pools its connections as the large ones do: each is a task that the call
//! which needed it has spawned, and that later calls talk to.

mod server;

pub(crate) use server::Server;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

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
