//! The smallest HTTP client: one request, one connection. It is sync, so that it cannot be what is tested.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;
use sync_twin_tests::harness::kinds::KINDS;

/// The body of the answer, which has to be a success.
pub(crate) fn get(server: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(server).unwrap();
    // Only so that a handler that hangs is named.
    socket
        .set_read_timeout(Some(Duration::from_secs(50)))
        .unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    if let Err(error) = socket.read_to_string(&mut answer) {
        panic!("{path}: {error} after {answer:?}");
    }
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
    assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    body.to_owned()
}

/// Asks for every kind of call from several connections at once, so that handlers wait for each other's workers.
pub(crate) fn get_every_kind(server: SocketAddr, expected: &str) {
    thread::scope(|scope| {
        for client in 0..4 {
            scope.spawn(move || {
                for n in 0..KINDS.len() {
                    let kind = (n + client) % KINDS.len();
                    assert_eq!(get(server, &format!("/kinds/{kind}")), expected);
                }
            });
        }
    });
}

/// What the handlers of every framework do: a call of that kind. The answer says where it was made.
pub(crate) fn handle(kind: usize) -> String {
    let context = sync_twin::Context::current();
    (KINDS[kind].call)();
    context.to_string()
}
