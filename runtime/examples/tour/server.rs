//! The HTTP server that the tour talks to. It has threads of its own and no runtime, so that it goes on
//! answering whatever happens to the runtimes of the places that are visited.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Long enough that every call has to wait, and does not find its answer there at once.
pub(crate) const WORK: Duration = Duration::from_millis(2);

/// Serves until the process ends.
pub(crate) fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::Builder::new()
        .name("server".into())
        .spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that goes away is seen, and reported, at its own end.
                thread::spawn(move || serve(&connection));
            }
        })?;
    Ok(address)
}

fn serve(mut connection: &TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(connection).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The headers end with an empty line.
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}

    thread::sleep(WORK);
    let (status, body) = answer(&request);
    let length = body.len();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn answer(request: &str) -> (&'static str, &'static str) {
    let mut words = request.split(' ');
    match (words.next(), words.next()) {
        (Some("GET"), Some("/capital/norway")) => ("200 OK", "Oslo"),
        (Some("GET"), Some("/capital/portugal")) => ("200 OK", "Lisbon"),
        (Some("GET"), Some(_)) => ("404 Not Found", "no such page"),
        _ => ("400 Bad Request", "not a request that this server knows"),
    }
}
