//! A log, read as `tail -f` reads one: a stream without an end in a `for` loop, which waits for every line.

use crate::places::{current_thread, in_every_place, multi_thread};
use futures_util::stream::{self, Stream};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::{watch, within_deadline};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;

/// The lines of a server's log, as they come. `read` counts those that have been read.
#[sync_wrapper]
pub async fn logs(
    server: SocketAddr,
    read: &Arc<AtomicUsize>,
) -> io::Result<impl Stream<Item = String> + Send + use<>> {
    let lines = BufReader::new(TcpStream::connect(server).await?).lines();
    let state = (lines, read.clone());
    Ok(stream::unfold(state, async |(mut lines, read)| {
        let line = lines.next_line().await.ok()??;
        read.fetch_add(1, SeqCst);
        Some((line, (lines, read)))
    }))
}

/// A log that a thread of its own writes.
pub struct Log {
    address: SocketAddr,
    texts: Sender<&'static str>,
    writer: JoinHandle<io::Result<usize>>,
}

impl Log {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (texts, to_append) = channel();
        let writer = thread::spawn(move || write(&listener, &to_append));
        Log {
            address,
            texts,
            writer,
        }
    }

    fn append(&self, text: &'static str) {
        self.texts.send(text).unwrap();
    }

    /// Fails if the connection has not been closed.
    fn assert_that_the_reader_has_gone(self) {
        drop(self.texts);
        match self.writer.join().unwrap() {
            Ok(0) => {}
            // So is one closed in which something was left unread.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            still_there => panic!("{still_there:?}"),
        }
    }
}

/// Appends what it is told to, and then waits for the end of the connection.
fn write(listener: &TcpListener, to_append: &Receiver<&str>) -> io::Result<usize> {
    let (mut socket, _) = listener.accept()?;
    for text in to_append {
        socket.write_all(text.as_bytes())?;
    }
    // Not a measure of speed: who has not gone by then stays.
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    socket.read(&mut [0])
}

/// Every line is written only after the one before it has been read.
fn follow() {
    let log = Log::new();
    log.append("one\n");
    let mut seen = Vec::new();
    for line in logs_sync(log.address, &Arc::default()).unwrap() {
        match &*line {
            "one" => log.append("two\nthr"),
            "two" => log.append("ee\n"),
            _ => {}
        }
        seen.push(line);
        if seen.len() == 3 {
            break;
        }
    }
    assert_eq!(seen, ["one", "two", "three"]);
    log.assert_that_the_reader_has_gone();
}

#[tokio::test]
async fn inside_a_current_thread_runtime() {
    let _watch = watch("a tail in #[tokio::test]");
    follow();
    // The runtime is none the worse for it.
    tokio::spawn(tokio::time::sleep(Duration::from_millis(1)))
        .await
        .unwrap();
}

#[test]
fn in_all_places() {
    in_every_place(follow);
}

/// All lines are there at once, and the loop wants only some of them.
#[tokio::test]
async fn one_line_at_a_time() {
    let _watch = watch("one line at a time");
    let log = Log::new();
    log.append("0\n1\n2\n3\n4\n");
    let read = Arc::new(AtomicUsize::new(0));
    for (n, line) in logs_sync(log.address, &read).unwrap().enumerate() {
        assert_eq!(line, n.to_string());
        assert_eq!(read.load(SeqCst), n + 1);
        if n == 2 {
            break;
        }
    }
    assert_eq!(read.load(SeqCst), 3);
    log.assert_that_the_reader_has_gone();
}

/// The connection is made in one runtime, and every line is awaited in another place.
#[test]
fn from_place_to_place() {
    within_deadline("a tail from place to place", || {
        let log = Log::new();
        let mut lines = logs_sync(log.address, &Arc::default()).unwrap();
        log.append("plain thread\n");
        assert_eq!(lines.next().as_deref(), Some("plain thread"));
        let mut lines = multi_thread().block_on(async {
            log.append("root\n");
            assert_eq!(lines.next().as_deref(), Some("root"));
            log.append("worker\n");
            tokio::spawn(async move {
                assert_eq!(lines.next().as_deref(), Some("worker"));
                lines
            })
            .await
            .unwrap()
        });
        current_thread().block_on(async {
            log.append("driver\n");
            assert_eq!(lines.next().as_deref(), Some("driver"));
            drop(lines);
        });
        log.assert_that_the_reader_has_gone();
    });
}
