//! Blocking types of sinks, and methods of what is pinned.

use crate::pause;
use crate::places::in_every_place;
use futures_util::{Sink, SinkExt as _};
use std::io::{ErrorKind, Write};
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};

/// What has arrived.
pub type Table = Arc<Mutex<Vec<String>>>;

/// A `COPY`, as a client for PostgreSQL has it: not `Unpin`, and with every other step pending.
#[derive(Debug, Default)]
pub struct CopyIn {
    table: Table,
    buffer: Vec<String>,
    pauses: bool,
    is_closed: bool,
    _pinned: PhantomPinned,
}

impl CopyIn {
    /// Nothing in it is pinned.
    fn fields(self: Pin<&mut Self>) -> &mut Self {
        // SAFETY: nothing is moved out.
        unsafe { self.get_unchecked_mut() }
    }

    fn pause(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        self.pauses = !self.pauses;
        if self.is_closed {
            return Poll::Ready(Err("closed".to_owned()));
        }
        if self.pauses {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    pub async fn finish(mut self: Pin<&mut Self>) -> Result<usize, String> {
        self.close().await?;
        let count = self.table.lock().unwrap().len();
        Ok(count)
    }
}

impl Sink<String> for CopyIn {
    type Error = String;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        self.fields().pause(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: String) -> Result<(), String> {
        match item.is_empty() {
            true => Err("empty".to_owned()),
            false => {
                self.fields().buffer.push(item);
                Ok(())
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        let this = self.fields();
        let pause = this.pause(cx);
        if pause.is_ready() {
            this.table.lock().unwrap().append(&mut this.buffer);
        }
        pause
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        let flushed = self.as_mut().poll_flush(cx);
        if flushed.is_ready() {
            self.fields().is_closed = true;
        }
        flushed
    }
}

#[sync_wrapper(type = BlockingCopyIn, foreign, derive(Debug, Default))]
impl Sink<String> for CopyIn {
    type Error = String;
}

#[sync_wrapper(extend = BlockingCopyIn, foreign)]
impl CopyIn {
    pub fn buffered(&self) -> usize;
    pub async fn finish(self: Pin<&mut Self>) -> Result<usize, String>;
}

fn copy_in(table: &Table) -> CopyIn {
    CopyIn {
        table: table.clone(),
        ..CopyIn::default()
    }
}

#[test]
fn items_are_sent() {
    in_every_place(|| {
        let table = Table::default();
        let mut copy = BlockingCopyIn::from(copy_in(&table));
        copy.feed("a".to_owned()).unwrap();
        assert_eq!((copy.buffered(), table.lock().unwrap().len()), (1, 0));
        copy.flush().unwrap();
        assert_eq!((copy.buffered(), table.lock().unwrap().len()), (0, 1));
        assert_eq!(copy.send(String::new()), Err("empty".to_owned()));
        copy.send("b".to_owned()).unwrap();
        assert_eq!(*table.lock().unwrap(), ["a", "b"]);
        // It is not `Unpin`.
        let mut copy = copy.try_into_inner().unwrap_err();
        sync_twin::block_on(copy.get_mut().feed("c".to_owned())).unwrap();
        assert_eq!(copy.finish(), Ok(3));
        assert_eq!(copy.close(), Err("closed".to_owned()));
        assert!(copy.get_ref().is_closed);
    });
}

/// A writer of rows over it, as for a binary `COPY`. It is pinned by its methods.
pub struct Writer {
    sink: CopyIn,
    rows: usize,
}

impl Writer {
    fn sink(self: Pin<&mut Self>) -> Pin<&mut CopyIn> {
        // SAFETY: the sink is pinned where this is, and nothing moves it.
        unsafe { self.map_unchecked_mut(|this| &mut this.sink) }
    }
}

#[sync_wrapper(type = BlockingWriter)]
impl Writer {
    pub fn new(sink: CopyIn) -> Self {
        Writer { sink, rows: 0 }
    }

    /// Writes a row.
    pub async fn write(
        mut self: Pin<&mut Self>,
        values: &[&(dyn ToString + Sync)],
    ) -> Result<(), String> {
        let values: Vec<_> = values.iter().map(|value| value.to_string()).collect();
        // SAFETY: nothing is moved out.
        unsafe { self.as_mut().get_unchecked_mut() }.rows += 1;
        self.sink().send(values.join(",")).await
    }

    pub fn last<'a>(self: Pin<&'a mut Self>, _column: &str) -> Option<&'a str> {
        self.sink().fields().buffer.last().map(String::as_str)
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub async fn finish(self: Pin<&mut Self>) -> Result<usize, String> {
        self.sink().finish().await
    }

    pub async fn abort(self: Pin<Box<Self>>) -> usize {
        pause().await;
        self.rows
    }
}

#[test]
fn methods_of_what_is_pinned() {
    in_every_place(|| {
        let table = Table::default();
        let sink = BlockingCopyIn::from(copy_in(&table));
        // What no method has used yet can be moved, `Unpin` or not.
        let mut writer = BlockingWriter::new(sink.try_into_inner().unwrap());
        writer.write(&[&1, &"one"]).unwrap();
        assert_eq!((writer.rows(), writer.last("text")), (1, None));
        assert_eq!(writer.finish(), Ok(1));
        assert_eq!(*table.lock().unwrap(), ["1,one"]);
        assert_eq!(writer.get_mut().as_mut().rows, 1);
        assert_eq!(writer.abort(), 1);
    });
}

/// What is pinned is closed as anything else.
pub struct Upload {
    ends: Arc<Mutex<Vec<&'static str>>>,
    _pinned: PhantomPinned,
}

#[sync_wrapper(type = BlockingUpload, close = finish)]
impl Upload {
    pub async fn begin(self: Pin<&mut Self>) {}

    pub async fn finish(self: Pin<&mut Self>) -> Result<(), String> {
        pause().await;
        self.ends.lock().unwrap().push("finished");
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.ends.lock().unwrap().push("dropped");
    }
}

#[test]
fn the_end_of_what_is_pinned() {
    in_every_place(|| {
        let ends = Arc::new(Mutex::new(Vec::new()));
        let upload = || {
            BlockingUpload::from(Upload {
                ends: ends.clone(),
                _pinned: PhantomPinned,
            })
        };
        let taken = || std::mem::take(&mut *ends.lock().unwrap());
        let mut given_up = upload();
        given_up.begin();
        drop(given_up);
        assert_eq!(taken(), ["finished", "dropped"]);
        upload().finish().unwrap();
        assert_eq!(taken(), ["finished", "dropped"]);
        drop(upload().into_pinned());
        drop(upload().try_into_inner());
        assert_eq!(taken(), ["dropped", "dropped"]);
        let mut used = upload();
        used.begin();
        assert!(used.try_into_inner().is_err());
        assert_eq!(taken(), ["finished", "dropped"]);
    });
}

/// Twins beside the methods take the same receivers.
pub struct Plain(u8, PhantomPinned);

#[sync_wrapper]
impl Plain {
    pub async fn get(self: Pin<&mut Self>) -> u8 {
        pause().await;
        self.0
    }

    pub async fn take(self: Pin<Box<Self>>, more: u8) -> u8 {
        self.0 + more
    }

    pub async fn share(self: &Arc<Self>) -> u8 {
        self.0
    }
}

impl Plain {
    #[sync_wrapper]
    pub async fn alone(self: Pin<&Self>) -> u8 {
        pause().await;
        self.0
    }
}

#[test]
fn twins_of_what_is_pinned() {
    in_every_place(|| {
        let mut plain = Box::pin(Plain(3, PhantomPinned));
        assert_eq!(plain.as_mut().get_sync(), 3);
        assert_eq!(plain.as_ref().alone_sync(), 3);
        assert_eq!(plain.take_sync(1), 4);
        assert_eq!(Arc::new(Plain(5, PhantomPinned)).share_sync(), 5);
    });
}

/// A sink for items of any type, with limits.
#[derive(Clone, Default)]
pub struct Log(Vec<String>);

#[sync_wrapper(
    type = BlockingLog,
    derive(Clone, Default),
    fields(limit: Option<Duration> = None),
    timeout = self.limit,
    isolation = "always",
)]
impl<I: ToString + Send> Sink<I> for Log {
    type Error = std::convert::Infallible;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match self.0.len() {
            2 => Poll::Pending,
            _ => Poll::Ready(Ok(())),
        }
    }

    fn start_send(mut self: Pin<&mut Self>, item: I) -> Result<(), Self::Error> {
        self.0.push(item.to_string());
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn items_of_any_type() {
    in_every_place(|| {
        let mut log = BlockingLog::from(Log::default());
        log.limit = Some(Duration::from_millis(1));
        log.send(1).unwrap().unwrap();
        log.feed("two").unwrap().unwrap();
        let late: Result<Result<(), _>, Elapsed> = log.send('3');
        assert!(late.is_err());
        log.close::<u8>().unwrap().unwrap();
        assert_eq!(log.clone().into_inner().0, ["1", "two"]);
        assert_eq!(Log::from(log).0.len(), 2);
    });
}

/// Bytes, to be written: a sink of them, and methods that take them in other ways.
#[derive(Default)]
pub struct Pipe(Vec<Vec<u8>>);

#[sync_wrapper(type = PipeWriter, write = feed)]
impl Sink<Box<[u8]>> for Pipe {
    type Error = String;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(mut self: Pin<&mut Self>, item: Box<[u8]>) -> Result<(), String> {
        self.0.push(item.into());
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        match self.0.iter().any(|chunk| chunk == b"!") {
            true => return Poll::Ready(Err("refused".to_owned())),
            false => self.0 = vec![self.0.concat()],
        }
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), String>> {
        self.poll_flush(cx)
    }
}

#[derive(Default)]
pub struct Received(Vec<u8>);

macro_rules! upload {
    ($module:ident, $chunk:ty, $result:ty, $returned:expr) => {
        pub mod $module {
            use super::{Received, pause};
            use sync_twin::sync_wrapper;

            #[sync_wrapper(type = Writer, foreign, write = send)]
            impl Inner {
                pub async fn send(&mut self, chunk: $chunk) -> $result;
            }

            #[derive(Default)]
            pub struct Inner(pub Received);

            impl Inner {
                pub async fn send(&mut self, chunk: $chunk) -> $result {
                    pause().await;
                    let chunk: Vec<u8> = chunk.into();
                    let end = chunk.len().min(2);
                    self.0.0.extend(&chunk[..end]);
                    let returned: fn(usize, usize) -> $result = $returned;
                    returned(end, chunk.len())
                }
            }
        }
    };
}

upload!(lent, &[u8], Result<usize, String>, |taken, _| Ok(taken));
upload!(
    owned,
    Vec<u8>,
    std::io::Result<()>,
    |taken, all| match taken == all {
        true => Ok(()),
        false => Err(std::io::ErrorKind::QuotaExceeded.into()),
    }
);
upload!(any, impl Into<Vec<u8>>, Result<usize, &'static str>, |taken, _| Ok(taken));

#[test]
fn bytes_are_written() {
    in_every_place(|| {
        let mut pipe = PipeWriter::from(Pipe::default());
        for bytes in ["1", "-", "2"] {
            pipe.write_all(bytes.as_bytes()).unwrap();
        }
        assert_eq!(pipe.write(b"").unwrap(), 0);
        assert_eq!(pipe.get_ref().0.len(), 3);
        Write::flush(&mut pipe).unwrap();
        assert_eq!(pipe.get_ref().0, [b"1-2"]);
        pipe.write_all(b"!").unwrap();
        assert_eq!(Write::flush(&mut pipe).unwrap_err().to_string(), "refused");
        assert_eq!(pipe.close(), Err("refused".to_owned()));

        let mut lent = lent::Writer::from(lent::Inner::default());
        lent.write_all(b"three").unwrap();
        // It has no `flush` of its own.
        lent.flush().unwrap();
        assert_eq!(lent.into_inner().0.0, b"three");
        let mut owned = owned::Writer::from(owned::Inner::default());
        assert_eq!(owned.write(b"12").unwrap(), 2);
        assert_eq!(
            owned.write(b"123").unwrap_err().kind(),
            ErrorKind::QuotaExceeded
        );
        let mut any = any::Writer::from(any::Inner::default());
        std::io::copy(&mut &b"copied"[..], &mut any).unwrap();
        assert_eq!(any.into_inner().0.0, b"copied");
    });
}
