//! A small HTTP server that keeps connections open and depends on no runtime. The tests of both packages share this file.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

/// Answers every request with its path, on threads of its own, for as long as the process lives.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
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
