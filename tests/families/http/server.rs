//! A small HTTP server on threads of its own, with pages that take their time, move elsewhere, or end too early.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// It runs for as long as the process does.
pub(crate) struct Server {
    address: SocketAddr,
}

struct Request {
    method: String,
    path: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        thread::spawn(move || {
            for socket in listener.incoming() {
                let socket = socket.expect("loopback works");
                // A client that goes away is no failure.
                thread::spawn(move || serve(socket).ok());
            }
        });
        Server { address }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn serve(mut socket: TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut reader = BufReader::new(socket.try_clone()?);
    while let Some(request) = Request::read(&mut reader)? {
        answer(&request, &mut socket)?;
    }
    Ok(())
}

impl Request {
    /// `None` if the client has closed the connection.
    fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split(' ').map(str::to_owned);
        let mut word = || words.next().ok_or(io::ErrorKind::InvalidData);
        let (method, path) = (word()?, word()?);
        let mut headers = Vec::new();
        loop {
            let line = read_line(reader)?;
            if line.is_empty() {
                break;
            }
            headers.push(line);
        }
        let mut request = Request {
            method,
            path,
            headers,
            body: Vec::new(),
        };
        if let Some(length) = request.header("content-length") {
            let length = length.parse().map_err(io::Error::other)?;
            request.body.resize(length, 0);
            reader.read_exact(&mut request.body)?;
        } else if request.header("transfer-encoding") == Some("chunked") {
            loop {
                let length = usize::from_str_radix(&read_line(reader)?, 16);
                let length = length.map_err(io::Error::other)?;
                let mut chunk = vec![0; length];
                reader.read_exact(&mut chunk)?;
                request.body.extend(chunk);
                read_line(reader)?;
                if length == 0 {
                    break;
                }
            }
        }
        Ok(Some(request))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter().filter_map(|line| line.split_once(": "));
        let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }
}

fn read_line(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn answer(request: &Request, socket: &mut TcpStream) -> io::Result<()> {
    let mut parts = request.path.split('/').skip(1);
    let (page, argument) = (parts.next(), parts.next().unwrap_or_default());
    match page {
        // Sends back what it gets.
        Some("echo") => {
            let body = [request.method.as_bytes(), b" ", &request.body].concat();
            respond(socket, "200 OK", "", &body)
        }
        // The same, with the headers.
        Some("whole") => {
            let mut whole = request.headers.clone();
            whole.sort();
            whole.push(String::from_utf8_lossy(&request.body).into_owned());
            respond(socket, "200 OK", "", whole.join("; ").as_bytes())
        }
        Some("headers") => respond(socket, "200 OK", "", request.headers.join("\n").as_bytes()),
        Some("status") => respond(socket, argument, "", b"sorry"),
        // Moves so many times.
        Some("moved") => match argument.parse::<u32>() {
            Ok(times @ 1..) => {
                let location = format!("location: /moved/{}\r\n", times - 1);
                respond(socket, "302 Found", &location, b"")
            }
            _ => respond(socket, "200 OK", "", b"here"),
        },
        // In pieces of one byte.
        Some("pieces") => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            socket.write_all(head.as_bytes())?;
            for byte in argument.bytes() {
                socket.write_all(&[b"1\r\n", &[byte][..], b"\r\n"].concat())?;
            }
            socket.write_all(b"0\r\n\r\n")
        }
        // The same, so slowly that all takes three seconds.
        Some("drip") => {
            let length: u32 = argument.parse().map_err(io::Error::other)?;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            socket.write_all(head.as_bytes())?;
            for _ in 0..length {
                thread::sleep(Duration::from_secs(3) / length);
                socket.write_all(b"x")?;
            }
            Ok(())
        }
        Some("late") => {
            thread::sleep(Duration::from_millis(700));
            respond(socket, "200 OK", "", b"late")
        }
        Some("large") => {
            let length = argument.parse().map_err(io::Error::other)?;
            respond(socket, "200 OK", "", &vec![b'x'; length])
        }
        // Never comes to an end.
        Some("stalled") => {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbegin")?;
            thread::sleep(Duration::from_secs(600));
            Ok(())
        }
        // Ends before its end.
        Some("broken") => {
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbegin")?;
            Err(io::ErrorKind::BrokenPipe.into())
        }
        Some("silent") => {
            thread::sleep(Duration::from_secs(600));
            Ok(())
        }
        _ => respond(socket, "404 Not Found", "", b"missing"),
    }
}

fn respond(socket: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n");
    socket.write_all(&[head.as_bytes(), body].concat())
}
