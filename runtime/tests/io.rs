//! Blocking readers and writers over async ones, and back, in every context.

#![cfg(feature = "stream")]

mod deadline;

use deadline::{test_name, watch};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;
#[cfg(feature = "futures-io")]
use sync_twin::io::BlockingFutures;
use sync_twin::io::{Blocking, chunks, reader, to_stream};
use sync_twin::testing::in_every_context;
use sync_twin::{BlockedCall, block_on, blocked_calls, to_thread};
use tokio::fs::File;
use tokio::io::{AsyncBufRead, AsyncRead, DuplexStream, ReadBuf, duplex};
use tokio::net::TcpStream;
use tokio::task::yield_now;
#[cfg(feature = "futures-io")]
use tokio_util::compat::TokioAsyncReadCompatExt;

/// Both ends of a pipe, and how an end is closed.
fn goes_through_a_pipe<T>(make: fn() -> (T, T), close: fn(&mut T) -> io::Result<()>)
where
    T: Read + Write + Send + 'static,
{
    in_every_context(move || {
        let (mut near, mut far) = make();
        let echo = thread::spawn(move || {
            let mut text = String::new();
            far.read_to_string(&mut text).unwrap();
            far.write_all(text.to_uppercase().as_bytes()).unwrap();
        });
        write!(near, "a text of {} bytes", 18).unwrap();
        near.flush().unwrap();
        close(&mut near).unwrap();
        let mut answer = String::new();
        near.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "A TEXT OF 18 BYTES");
        echo.join().unwrap();
        assert_eq!(near.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

/// Smaller than what is written, so both sides wait for one another.
fn pipe() -> (DuplexStream, DuplexStream) {
    duplex(7)
}

#[test]
fn through_a_pipe() {
    let _watch = watch(&test_name());
    let make = || {
        let (near, far) = pipe();
        (Blocking::new(near), Blocking::new(far))
    };
    goes_through_a_pipe(make, Blocking::shutdown);
}

#[cfg(feature = "futures-io")]
#[test]
fn through_a_pipe_of_futures() {
    let _watch = watch(&test_name());
    let make = || {
        let (near, far) = pipe();
        let blocking = |end: DuplexStream| BlockingFutures::new(end.compat());
        (blocking(near), blocking(far))
    };
    goes_through_a_pipe(make, BlockingFutures::close);
}

/// A socket, to a server that sends back what it receives.
fn goes_through_a_socket<T>(
    make: fn(TcpStream) -> T,
    socket: fn(&T) -> &TcpStream,
    close: fn(&mut T) -> io::Result<()>,
) where
    T: Read + Write + Send + 'static,
{
    in_every_context(move || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            io::copy(&mut socket.try_clone().unwrap(), &mut socket).unwrap();
        });
        let mut near = make(block_on(TcpStream::connect(address)).unwrap());
        assert_eq!(socket(&near).peer_addr().unwrap(), address);
        near.write_all(b"one\ntwo\n").unwrap();
        close(&mut near).unwrap();
        // In another thread than before. Not one of std's that is joined: in a fiber, the socket lives on the runtime of this
        // thread, which must go on meanwhile.
        let lines = block_on(to_thread(move || {
            let lines: Result<Vec<_>, _> = BufReader::new(near).lines().collect();
            lines.unwrap()
        }));
        assert_eq!(lines, ["one", "two"]);
        server.join().unwrap();
    });
}

#[test]
fn through_a_socket() {
    let _watch = watch(&test_name());
    goes_through_a_socket(Blocking::new, Blocking::get_ref, Blocking::shutdown);
}

#[cfg(feature = "futures-io")]
#[test]
fn through_a_socket_of_futures() {
    let _watch = watch(&test_name());
    goes_through_a_socket(
        |socket| BlockingFutures::new(socket.compat()),
        |blocking| blocking.get_ref().get_ref(),
        BlockingFutures::close,
    );
}

/// Waits before each piece, also before its end.
struct Slow {
    text: &'static [u8],
    is_woken: bool,
    polls_at_end: usize,
}

impl Slow {
    fn new(text: &'static str) -> Self {
        Slow {
            text: text.as_bytes(),
            is_woken: false,
            polls_at_end: 0,
        }
    }
}

impl AsyncRead for Slow {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let piece = std::task::ready!(self.as_mut().poll_fill_buf(cx))?;
        let length = piece.len().min(buffer.remaining());
        buffer.put_slice(&piece[..length]);
        self.consume(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Slow {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if !this.is_woken {
            this.is_woken = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if this.text.is_empty() {
            this.is_woken = false;
            this.polls_at_end += 1;
        }
        Poll::Ready(Ok(&this.text[..this.text.len().min(3)]))
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        self.is_woken &= amount == 0;
        self.text = &self.text[amount..];
    }
}

/// `ends` says how often a reader was looked at when it had come to its end.
fn has_lines<R: BufRead + 'static>(make: fn(Slow) -> R, ends: fn(&R) -> usize) {
    in_every_context(move || {
        let mut slow = make(Slow::new("one\ntwo\n\nend"));
        let mut lines = Vec::new();
        let mut line = String::new();
        while slow.read_line(&mut line).unwrap() > 0 {
            lines.push(std::mem::take(&mut line));
        }
        assert_eq!(lines, ["one\n", "two\n", "\n", "end"]);
        // Each end was seen once: a second look could wait for a terminal.
        assert_eq!(ends(&slow), 2);
        assert_eq!(slow.fill_buf().unwrap(), b"");
        assert_eq!(ends(&slow), 3);
        let mut text = String::new();
        make(Slow::new("abcdefgh"))
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "abcdefgh");
    });
}

#[test]
fn lines_of_a_reader_that_waits() {
    let _watch = watch(&test_name());
    has_lines(Blocking::new, |slow| slow.get_ref().polls_at_end);
    assert_eq!(Blocking::new(Slow::new("a")).into_inner().text, b"a");
}

#[cfg(feature = "futures-io")]
#[test]
fn lines_of_a_reader_of_futures_that_waits() {
    let _watch = watch(&test_name());
    has_lines(
        |slow| BlockingFutures::new(slow.compat()),
        |slow| slow.get_ref().get_ref().polls_at_end,
    );
    let mut slow = BlockingFutures::from(Slow::new("a").compat());
    slow.get_mut().get_mut().text = b"b";
    assert_eq!(slow.into_inner().into_inner().text, b"b");
}

fn is_sought<T: Read + Write + Seek + 'static>(make: fn(File) -> T) {
    in_every_context(move || {
        let name = format!(
            "sync-twin-io-{}-{:?}",
            std::process::id(),
            thread::current().id()
        );
        let path = std::env::temp_dir().join(name);
        let mut options = tokio::fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        let mut file = make(block_on(options.open(&path)).unwrap());
        file.write_all(b"0123456789").unwrap();
        file.flush().unwrap();
        assert_eq!(file.seek(SeekFrom::Start(3)).unwrap(), 3);
        let mut three = [0; 3];
        file.read_exact(&mut three).unwrap();
        assert_eq!(&three, b"345");
        assert_eq!(file.seek(SeekFrom::Current(-1)).unwrap(), 5);
        assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), 10);
        assert!(file.seek(SeekFrom::Current(-11)).is_err());
        std::fs::remove_file(&path).unwrap();
    });
}

#[test]
fn files_are_sought() {
    let _watch = watch(&test_name());
    is_sought(Blocking::from);
}

#[cfg(feature = "futures-io")]
#[test]
fn files_of_futures_are_sought() {
    let _watch = watch(&test_name());
    is_sought(|file| BlockingFutures::new(file.compat()));
}

/// A slice and a `Vec` have the async traits of both, and take or fill all buffers.
#[test]
fn several_buffers_at_once() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let parts = [io::IoSlice::new(b"ab"), io::IoSlice::new(b"cd")];
        assert_eq!(Blocking::new(Vec::new()).write_vectored(&parts).unwrap(), 4);
        #[cfg(feature = "futures-io")]
        {
            let mut text = BlockingFutures::new(Vec::new());
            assert_eq!(text.write_vectored(&parts).unwrap(), 4);
            let text = text.into_inner();
            let (mut one, mut two) = ([0; 1], [0; 2]);
            let mut parts = [io::IoSliceMut::new(&mut one), io::IoSliceMut::new(&mut two)];
            let mut text = BlockingFutures::new(text.as_slice());
            assert_eq!(text.read_vectored(&mut parts).unwrap(), 3);
            assert_eq!((&one, &two), (b"a", b"bc"));
            assert_eq!(format!("{text:?}"), "BlockingFutures([100])");
        }
    });
}

#[test]
fn readers_of_streams() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let pieces = stream::iter(["ab", "", "c", "defg"]).then(async |piece| {
            yield_now().await;
            Ok::<_, io::Error>(piece)
        });
        let mut read = reader(pieces);
        let mut two = [0; 2];
        read.read_exact(&mut two[..1]).unwrap();
        assert_eq!(read.fill_buf().unwrap(), b"b");
        read.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"bc");
        let mut rest = String::new();
        read.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "defg");
        assert_eq!(read.fill_buf().unwrap(), b"");

        let kind = io::Error::from(ErrorKind::TimedOut);
        let mut read = reader(stream::iter([Ok("a"), Err(kind), Ok("b")]));
        let mut text = String::new();
        let error = read.read_to_string(&mut text).unwrap_err();
        assert_eq!((error.kind(), &*text), (ErrorKind::TimedOut, "a"));
        // It is the caller's to go on.
        read.read_to_string(&mut text).unwrap();
        assert_eq!(text, "ab");
        let mut read = reader(stream::iter([Err::<Vec<u8>, _>("no luck")]));
        assert_eq!(read.read(&mut two).unwrap_err().to_string(), "no luck");
    });
}

/// A reader that says when it is dropped.
struct Told {
    left: usize,
    dropped: mpsc::Sender<()>,
}

impl Read for Told {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Reading may wait, too.
        block_on(yield_now());
        let length = self.left.min(buffer.len());
        buffer[..length].fill(7);
        self.left -= length;
        Ok(length)
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.dropped.send(()).ok();
    }
}

fn total(chunks: impl Stream<Item = io::Result<Vec<u8>>>) -> usize {
    block_on(chunks.try_fold(0, async |sum, chunk| Ok(sum + chunk.len()))).unwrap()
}

#[test]
fn chunks_of_readers() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let (dropped, told) = mpsc::channel();
        let left = 1_000_000;
        let whole = Told {
            left,
            dropped: dropped.clone(),
        };
        assert_eq!(total(chunks(whole)), left);
        told.recv().unwrap();

        let mut early = chunks(Told { left, dropped });
        assert!(!block_on(early.next()).unwrap().unwrap().is_empty());
        drop(early);
        told.recv().unwrap();

        let mut failing = chunks("ab".as_bytes().chain(Failing(2)));
        assert_eq!(block_on(failing.next()).unwrap().unwrap(), b"ab");
        assert_eq!(
            block_on(failing.next()).unwrap().unwrap_err().to_string(),
            "enough"
        );
        assert!(block_on(failing.next()).is_none());
    });
}

/// Interrupted so many times, and then failing.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Err(ErrorKind::Interrupted.into())
            }
            None => Err(io::Error::other("enough")),
        }
    }
}

#[test]
fn streams_of_iterators() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let numbers = to_stream((0..5).map(|n| {
            block_on(yield_now());
            n * n
        }));
        assert_eq!(numbers.size_hint(), (5, Some(5)));
        assert_eq!(block_on(numbers.collect::<Vec<_>>()), [0, 1, 4, 9, 16]);

        let mut panics = to_stream((0..3).map(|n| match n {
            1 => std::panic::resume_unwind(Box::new("on purpose")),
            n => n,
        }));
        assert_eq!(block_on(panics.next()), Some(0));
        let caught = catch_unwind(AssertUnwindSafe(|| block_on(panics.next())));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"on purpose"));
        assert_eq!(block_on(panics.next()), None);
    });
}

/// It reads no further than it is asked to, and needs no tokio.
#[test]
fn a_stream_reads_nothing_ahead() {
    let _watch = watch(&test_name());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mut numbers = to_stream(std::iter::repeat_with(move || count.fetch_add(1, SeqCst)));
    assert_eq!(asked.load(SeqCst), 0);
    for n in 0..3 {
        assert_eq!(futures_executor::block_on(numbers.next()), Some(n));
        assert_eq!(asked.load(SeqCst), n + 1);
    }
}

/// std's `read_to_end` makes the call, and knows nothing of where it is made itself.
#[test]
fn calls_inside_std_are_made_where_the_reader_was() {
    let _watch = watch(&test_name());
    let (near, far) = pipe();
    let reader = thread::spawn(move || {
        let mut reader = Blocking::new(near);
        let line = line!() - 1;
        (reader.read_to_end(&mut Vec::new()).unwrap(), line)
    });
    let thread = reader.thread().id();
    let is_ours = |call: &BlockedCall| call.thread_id() == Some(thread);
    let blocked = loop {
        match blocked_calls().into_iter().find(is_ours) {
            Some(blocked) => break blocked,
            None => thread::yield_now(),
        }
    };
    drop(far);
    let (read, line) = reader.join().unwrap();
    assert_eq!((read, blocked.location().line()), (0, line));
}
