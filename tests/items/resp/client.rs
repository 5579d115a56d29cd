//! A client that speaks RESP, the protocol of Redis. It is async, but for two attributes.

use futures_util::stream::{self, Stream};
use std::io;
use std::net::SocketAddr;
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

/// To those who `.await` it, it is what it was.
#[tokio::test]
async fn it_is_async() -> io::Result<()> {
    let mut client = Client::connect(super::server::serve()).await?;
    client.set("name", "value").await?;
    assert_eq!(client.get("name").await?.as_deref(), Some("value"));
    Ok(())
}
