//! The server that the client is tried on: threads, and no async.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

type Values = Arc<Mutex<HashMap<String, String>>>;

/// A new server, on threads of its own, for as long as the process lives.
pub fn serve() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let values = Values::default();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let socket = socket.unwrap();
            let values = values.clone();
            // A client that goes away is no failure.
            thread::spawn(move || answer(socket, &values).ok());
        }
    });
    address
}

fn answer(mut socket: TcpStream, values: &Values) -> io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    while let Some(words) = read_words(&mut reader)? {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let mut values = values.lock().unwrap();
        let bulk = |text: &str| format!("${}\r\n{text}\r\n", text.len());
        let reply = match words[..] {
            ["GET", key] => match values.get(key) {
                Some(value) => bulk(value),
                None => String::from("$-1\r\n"),
            },
            ["SET", key, value] => {
                values.insert(key.to_owned(), value.to_owned());
                String::from("+OK\r\n")
            }
            ["INCR", key] => match values.get(key).map_or(Ok(0), |value| value.parse::<i64>()) {
                Ok(n) => {
                    values.insert(key.to_owned(), (n + 1).to_string());
                    format!(":{}\r\n", n + 1)
                }
                Err(_) => String::from("-ERR value is not an integer\r\n"),
            },
            ["SUBSCRIBE", channel, count] => (0..count.parse().unwrap())
                .map(|n: usize| bulk(&format!("{channel} {n}")))
                .collect(),
            ["QUIT"] => String::from("+BYE\r\n"),
            _ => String::from("-ERR unknown command\r\n"),
        };
        drop(values);
        socket.write_all(reply.as_bytes())?;
    }
    Ok(())
}

/// The words of a command; `None` at the end.
fn read_words(reader: &mut impl BufRead) -> io::Result<Option<Vec<String>>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = Vec::new();
    for _ in 0..line[1..].trim().parse().unwrap() {
        let mut length = String::new();
        reader.read_line(&mut length)?;
        let mut word = vec![0; length[1..].trim().parse::<usize>().unwrap() + 2];
        reader.read_exact(&mut word)?;
        word.truncate(word.len() - 2);
        words.push(String::from_utf8(word).unwrap());
    }
    Ok(Some(words))
}
