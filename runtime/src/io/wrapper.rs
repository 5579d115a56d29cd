//! What blocking readers and writers share, whoever's async traits they are over.

use crate::dispatch::{Origin, block_here_at};
use crate::inner::Inner;
use crate::runtime_choice::ChosenRuntime;
use crate::runtime_choice::flavor::Flavor;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes a type with an async value inside that is std's `BufRead` and `Write` over the two async traits.
///
/// Those of tokio and of `futures-io` have the same methods here, and differ in the others.
macro_rules! wrapper {
    ($(#[$attribute:meta])* $name:ident over $AsyncBufRead:path, $AsyncWrite:path) => {
        $(#[$attribute])*
        pub struct $name<T> {
            inner: $crate::inner::Inner<T>,
            sites: $crate::dispatch::Sites,
        }

        impl<T> $name<T> {
            /// Puts `io` inside.
            #[track_caller]
            pub const fn new(io: T) -> Self {
                $name {
                    inner: $crate::inner::Inner::new(io),
                    sites: $crate::dispatch::Sites::new(std::panic::Location::caller()),
                }
            }

            /// The value, and where the call is made.
            #[track_caller]
            fn parts(&mut self) -> (&mut $crate::inner::Inner<T>, &'static std::panic::Location<'static>) {
                (&mut self.inner, self.sites.next())
            }

            /// The value inside.
            #[must_use]
            pub const fn get_ref(&self) -> &T {
                self.inner.get()
            }

            /// The value inside, to be changed.
            pub const fn get_mut(&mut self) -> &mut T {
                self.inner.get_mut()
            }

            /// The value inside. Nothing is lost: this has no buffer of its own.
            #[must_use]
            pub fn into_inner(self) -> T {
                self.inner.into_inner()
            }
        }

        impl<T: $AsyncBufRead + Unpin> std::io::BufRead for $name<T> {
            #[track_caller]
            fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
                $crate::io::wrapper::fill_buf(self.parts(), |io, cx| io.poll_fill_buf(cx))
            }

            fn consume(&mut self, amount: usize) {
                std::pin::Pin::new(self.inner.get_mut()).consume(amount);
            }
        }

        impl<T: $AsyncWrite + Unpin> std::io::Write for $name<T> {
            #[track_caller]
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                $crate::io::wrapper::wait(self.parts(), |io, cx| io.poll_write(cx, bytes))
            }

            #[track_caller]
            fn write_vectored(&mut self, parts: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                $crate::io::wrapper::wait(self.parts(), |io, cx| io.poll_write_vectored(cx, parts))
            }

            #[track_caller]
            fn flush(&mut self) -> std::io::Result<()> {
                $crate::io::wrapper::wait(self.parts(), |io, cx| io.poll_flush(cx))
            }
        }

        impl<T: std::fmt::Debug> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.inner).finish()
            }
        }

        impl<T> From<T> for $name<T> {
            #[track_caller]
            fn from(io: T) -> Self {
                $name::new(io)
            }
        }
    };
}

pub(super) use wrapper;

/// Waits for what `poll` waits for.
#[track_caller]
pub(super) fn wait<T: Unpin, R>(
    (inner, site): (&mut Inner<T>, &'static Location<'static>),
    mut poll: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<R>,
) -> R {
    let io = inner.get_mut();
    block_on(site, || poll_fn(move |cx| poll(Pin::new(&mut *io), cx)))
}

#[track_caller]
fn block_on<Fut: Future>(
    site: &'static Location<'static>,
    make: impl FnOnce() -> Fut,
) -> Fut::Output {
    let chosen = ChosenRuntime::Ours(Flavor::Auto);
    block_here_at(site, Origin::OURS, chosen, make)
}

/// Waits until a reader lends what is in its buffer.
#[track_caller]
pub(super) fn fill_buf<'b, T: Unpin>(
    (inner, site): (&'b mut Inner<T>, &'static Location<'static>),
    poll: impl for<'a> Fn(Pin<&'a mut T>, &mut Context<'_>) -> Poll<io::Result<&'a [u8]>>,
) -> io::Result<&'b [u8]> {
    // The borrow checker cannot see that what is lent while waiting outlives the wait. So first wait, and then borrow. But at
    // the end there is nothing to lend, and a second look could wait again.
    let is_empty = wait((&mut *inner, site), |io, cx| {
        poll(io, cx).map_ok(<[u8]>::is_empty)
    })?;
    if is_empty {
        return Ok(&[]);
    }
    let reader = Some(inner.get_mut());
    block_on(site, move || FillBuf { reader, poll })
}

/// Lends what is in a reader's buffer. A poll that has lent it has no more use for the reader.
struct FillBuf<'a, T, P> {
    reader: Option<&'a mut T>,
    poll: P,
}

/// Nothing in it is pinned.
impl<T, P> Unpin for FillBuf<'_, T, P> {}

impl<'a, T, P> Future for FillBuf<'a, T, P>
where
    T: Unpin,
    P: Fn(Pin<&'a mut T>, &mut Context<'_>) -> Poll<io::Result<&'a [u8]>>,
{
    type Output = io::Result<&'a [u8]>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let lent = match self.reader.take() {
            Some(reader) => (self.poll)(Pin::new(reader), cx),
            None => Poll::Pending,
        };
        match lent {
            Poll::Ready(lent) => Poll::Ready(lent),
            Poll::Pending => Poll::Ready(Err(io::Error::other(
                "a reader that has just had data does not lend it",
            ))),
        }
    }
}
