//! A blocked call, as others see it.

use crate::calls::Strategy;
use crate::context::Context;
use std::fmt;
use std::panic::Location;
use std::thread::{Thread, ThreadId};
use std::time::Duration;

/// A blocking call that had to wait, and had not returned when [`blocked_calls`](crate::blocked_calls) looked.
#[derive(Clone, Debug)]
pub struct BlockedCall {
    pub(crate) location: &'static Location<'static>,
    pub(crate) async_fn: Option<&'static str>,
    pub(crate) thread: Option<Thread>,
    pub(crate) context: Context,
    pub(crate) strategy: Strategy,
    pub(crate) age: Duration,
    pub(crate) inside: Option<&'static Location<'static>>,
}

impl BlockedCall {
    /// The place in your code where the call is made.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The name of the async fn whose twin is called. `None` for [`block_on`](crate::block_on) and the like.
    #[must_use]
    pub fn async_fn(&self) -> Option<&'static str> {
        self.async_fn
    }

    /// The name of the thread that is blocked, if it has one.
    #[must_use]
    pub fn thread_name(&self) -> Option<&str> {
        self.thread.as_ref()?.name()
    }

    /// The thread that is blocked. `None` if it is ending.
    #[must_use]
    pub fn thread_id(&self) -> Option<ThreadId> {
        self.thread.as_ref().map(Thread::id)
    }

    /// Where the call is made.
    #[must_use]
    pub fn context(&self) -> Context {
        self.context
    }

    /// Where its future is polled.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// How long it had waited.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age
    }

    /// The call inside which it is made, on the same thread, if that had to wait before.
    #[must_use]
    pub fn inside(&self) -> Option<&'static Location<'static>> {
        self.inside
    }

    /// The thread's name, or what tells it from others.
    pub(crate) fn thread(&self) -> String {
        match &self.thread {
            None => "that is ending".to_owned(),
            Some(thread) => match thread.name() {
                Some(name) => format!("`{name}`"),
                None => format!("{:?}", thread.id()),
            },
        }
    }
}

impl fmt::Display for BlockedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: for {}, thread {}, {}, {}",
            self.location,
            Age(self.age),
            self.thread(),
            self.context,
            self.strategy
        )
    }
}

/// A time as people say it.
pub(crate) struct Age(pub(crate) Duration);

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            0 => write!(f, "{} ms", self.0.as_millis()),
            seconds @ 1..120 => write!(f, "{seconds} s"),
            seconds @ 120..7200 => write!(f, "{} min", seconds / 60),
            seconds => write!(f, "{} h", seconds / 3600),
        }
    }
}
