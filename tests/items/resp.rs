//! A small client that speaks RESP, the protocol of Redis, and its blocking type.
//!
//! The tests below read as tests of `reqwest::blocking` do: there is no runtime in them and no `await`.

use crate::places::in_every_place;
use futures_util::stream::{self, Stream};
use std::collections::HashMap;
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A connection to a server.
pub struct Client {
    socket: BufReader<TcpStream>,
    address: SocketAddr,
}

#[sync_wrapper(type = BlockingClient)]
impl Client {
    /// Connects to the server at `address`.
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let socket = BufReader::new(TcpStream::connect(address).await?);
        Ok(Self { socket, address })
    }

    /// Where the server is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The value of `key`, if it has one.
    pub async fn get(&mut self, key: &str) -> io::Result<Option<String>> {
        self.command(&["GET", key]).await
    }

    /// Gives `key` a value.
    pub async fn set(&mut self, key: &str, value: impl AsRef<str>) -> io::Result<()> {
        self.command(&["SET", key, value.as_ref()]).await.map(drop)
    }

    /// Adds one to the value of `key`, which has to be a number.
    pub async fn incr(&mut self, key: &str) -> io::Result<i64> {
        let reply = self.command(&["INCR", key]).await?.unwrap_or_default();
        reply.parse().map_err(io::Error::other)
    }

    /// The first `count` messages of `channel`, as they come.
    pub async fn subscribe<'a>(
        &'a mut self,
        channel: &str,
        count: usize,
    ) -> io::Result<impl Stream<Item = io::Result<String>> + use<'a>> {
        self.send(&["SUBSCRIBE", channel, &count.to_string()])
            .await?;
        Ok(stream::unfold((self, count), async |(client, left)| {
            let left = left.checked_sub(1)?;
            let message = client.reply().await.map(Option::unwrap_or_default);
            Some((message, (client, left)))
        }))
    }

    /// One more connection to the same server, unless it has gone.
    pub async fn another(&self) -> Option<Self> {
        Self::connect(self.address).await.ok()
    }

    async fn command(&mut self, words: &[&str]) -> io::Result<Option<String>> {
        self.send(words).await?;
        self.reply().await
    }

    async fn send(&mut self, words: &[&str]) -> io::Result<()> {
        let mut text = format!("*{}\r\n", words.len());
        for word in words {
            text += &format!("${}\r\n{word}\r\n", word.len());
        }
        self.socket.write_all(text.as_bytes()).await
    }

    async fn reply(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        self.socket.read_line(&mut line).await?;
        let line = line.trim_end();
        let (kind, rest) = line
            .split_at_checked(1)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        match kind {
            "-" => Err(io::Error::other(rest.to_owned())),
            "$" if rest == "-1" => Ok(None),
            "$" => {
                let length: usize = rest.parse().map_err(io::Error::other)?;
                let mut bytes = vec![0; length + 2];
                self.socket.read_exact(&mut bytes).await?;
                bytes.truncate(length);
                String::from_utf8(bytes).map(Some).map_err(io::Error::other)
            }
            _ => Ok(Some(rest.to_owned())),
        }
    }
}

/// In another file, say.
#[sync_wrapper(extend = BlockingClient)]
impl Client {
    /// Ends the session.
    pub async fn quit(mut self) -> io::Result<String> {
        self.command(&["QUIT"]).await.map(Option::unwrap_or_default)
    }
}

/// A server with values of its own, on a thread of its own, for as long as the process lives.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let socket = socket.unwrap();
            // A client that goes away is no failure.
            thread::spawn(move || answer(socket).ok());
        }
    });
    address
}

fn answer(mut socket: std::net::TcpStream) -> io::Result<()> {
    let mut values = HashMap::<String, String>::new();
    let mut reader = io::BufReader::new(socket.try_clone()?);
    while let Some(words) = read_words(&mut reader)? {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
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
        socket.write_all(reply.as_bytes())?;
    }
    Ok(())
}

/// The words of a command; `None` at the end.
fn read_words(reader: &mut impl io::BufRead) -> io::Result<Option<Vec<String>>> {
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

#[test]
fn get_and_set() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    assert_eq!(client.get("name")?, None);
    client.set("name", "sync-twin")?;
    assert_eq!(client.get("name")?.as_deref(), Some("sync-twin"));
    Ok(())
}

#[test]
fn numbers() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    assert_eq!(client.incr("visits")?, 1);
    assert_eq!(client.incr("visits")?, 2);
    client.set("visits", String::from("many"))?;
    let error = client.incr("visits").unwrap_err();
    assert_eq!(error.to_string(), "ERR value is not an integer");
    Ok(())
}

#[test]
fn messages() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    let mut seen = Vec::new();
    for message in client.subscribe("news", 3)? {
        seen.push(message?);
    }
    assert_eq!(seen, ["news 0", "news 1", "news 2"]);
    client.set("still", "connected")
}

#[test]
fn connections() -> io::Result<()> {
    let address = serve();
    let client = BlockingClient::connect(address)?;
    assert_eq!(client.address(), address);
    let other: BlockingClient = client.another().unwrap();
    assert_eq!(client.quit()?, "BYE");
    assert_eq!(other.quit()?, "BYE");
    Ok(())
}

#[test]
fn nobody_there() {
    let unused = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let error = BlockingClient::connect(unused).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
fn to_async_and_back() -> io::Result<()> {
    let mut client = BlockingClient::connect(serve())?;
    client.set("name", "value")?;
    assert_eq!(client.as_async().address(), client.address());
    let inner: Client = client.into_inner();
    let mut client = BlockingClient::from(inner);
    assert_eq!(client.get("name")?.as_deref(), Some("value"));
    Ok(())
}

/// It is of as much use in async code that has called into sync code.
#[test]
fn in_all_places() {
    in_every_place(|| {
        let mut client = BlockingClient::connect(serve()).unwrap();
        client.set("name", "value").unwrap();
        assert_eq!(client.get("name").unwrap().as_deref(), Some("value"));
        let messages: io::Result<Vec<_>> = client.subscribe("news", 2).unwrap().collect();
        assert_eq!(messages.unwrap(), ["news 0", "news 1"]);
    });
}

/// The async type is what it was.
#[test]
fn the_async_type() {
    let address = serve();
    let value = crate::places::current_thread().block_on(async {
        let mut client = Client::connect(address).await?;
        client.set("name", "value").await?;
        client.get("name").await
    });
    assert_eq!(value.unwrap().as_deref(), Some("value"));
}
