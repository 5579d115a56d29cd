//! The HTTP server that all clients talk to: the same few bytes for every request, one thread for each connection. It is a
//! process of its own, so that what is counted in ours is the client's.

use crate::role;
use std::io;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// `backend`: the server.
pub(crate) const ROLE: &str = "backend";

/// What it answers, whatever the path.
pub(crate) const BODY: &str = "Hello, world!";

/// Answered with so many bytes.
pub(crate) const LARGE_PATH: &str = "/large";
pub(crate) const LARGE: usize = 1024 * 1024;
/// Answered after a millisecond.
pub(crate) const SLOW: &str = "/slow";
/// Never answered.
pub(crate) const HOLD: &str = "/hold";
/// Answered with the number of requests that are held.
pub(crate) const HELD: &str = "/held";

static HELD_NOW: AtomicUsize = AtomicUsize::new(0);

/// A running server, until dropped.
pub(crate) struct Backend {
    process: Child,
    address: SocketAddr,
}

impl Backend {
    pub(crate) fn start() -> io::Result<Self> {
        let mut process = role::command()
            .arg(ROLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = process.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().map_err(io::Error::other)?;
        Ok(Backend { process, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        // It ends by itself if this fails: its standard input is closed then.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The server's `main`: prints its address and serves until its standard input ends.
pub(crate) fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            // A client that goes away is no matter.
            thread::Builder::new()
                .stack_size(64 * 1024)
                .spawn(|| answer(socket).ok())
                .expect("the server can start a thread");
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn answer(mut socket: TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let answer = response(BODY);
    let large = response(&"x".repeat(LARGE));
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        request.clear();
        while !request.ends_with(b"\r\n\r\n") {
            match socket.read(&mut buffer)? {
                0 => return Ok(()),
                length => request.extend_from_slice(&buffer[..length]),
            }
        }
        let path = |path: &str| request[4..].starts_with(path.as_bytes());
        if path(LARGE_PATH) {
            socket.write_all(&large)?;
        } else if path(HELD) {
            let held = HELD_NOW.load(Ordering::Relaxed).to_string();
            socket.write_all(&response(&held))?;
        } else if path(HOLD) {
            HELD_NOW.fetch_add(1, Ordering::Relaxed);
            // Until the client goes away.
            let end = socket.read(&mut buffer);
            HELD_NOW.fetch_sub(1, Ordering::Relaxed);
            end?;
            return Ok(());
        } else {
            if path(SLOW) {
                thread::sleep(Duration::from_millis(1));
            }
            socket.write_all(&answer)?;
        }
    }
}

fn response(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}
