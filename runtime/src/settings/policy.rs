//! Whether async code may make blocking calls.

use crate::context::Context;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::thread;

/// What happens when async code makes a blocking call.
///
/// A call counts as one of async code if it is made on the thread of a current-thread runtime, which it holds up
/// ([`Context::Driver`]), or in a task of a multi-thread runtime ([`Context::Worker`]), unless it is made inside another
/// blocking call: that one has been looked at. [`Builder::on_driver`](crate::Builder::on_driver) and
/// [`Builder::on_worker`](crate::Builder::on_worker) set it for the process, the options `on_driver` and `on_worker` for a
/// twin. See [the chapter on configuration](crate::guide::configuration#blocking-calls-in-async-code).
///
/// ```
/// use sync_twin::{Builder, Policy};
///
/// Builder::new().on_driver(Policy::Deny).on_worker(Policy::Warn).install()?;
/// # Ok::<(), sync_twin::InstallError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// Nothing: the call is made.
    Allow,
    /// The call is [reported](crate#reports), once for each place in the code, and made.
    Warn,
    /// The call panics where it is made, before it begins, and says what to write instead. While a panic unwinds the thread,
    /// a second one would end the process, so there it warns.
    Deny,
}

impl Policy {
    pub(super) fn parse(value: &str) -> Option<Self> {
        Some(match value {
            "allow" => Policy::Allow,
            "warn" => Policy::Warn,
            "deny" => Policy::Deny,
            _ => return None,
        })
    }
}

/// A blocking call that async code is about to make, as
/// [`Builder::on_blocking_in_async`](crate::Builder::on_blocking_in_async) passes it on.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use sync_twin::{Builder, block_on};
///
/// static CALLS: AtomicUsize = AtomicUsize::new(0);
///
/// Builder::new()
///     .on_blocking_in_async(|call| {
///         // src/main.rs:16:44: blocking call in async code, worker of a multi-thread runtime
///         println!("{call}");
///         CALLS.fetch_add(1, Ordering::Relaxed);
///     })
///     .install()?;
///
/// let runtime = tokio::runtime::Runtime::new().unwrap();
/// let task = runtime.spawn(async { block_on(async {}) });
/// runtime.block_on(task).unwrap();
/// assert_eq!(CALLS.load(Ordering::Relaxed), 1);
/// # Ok::<(), sync_twin::InstallError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CallInAsync {
    pub(crate) location: &'static Location<'static>,
    pub(crate) context: Context,
    pub(crate) async_fn: Option<&'static str>,
    /// Whether it is for an item of a stream.
    pub(crate) is_of_items: bool,
}

impl CallInAsync {
    /// The place in the code where the call is made.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Where the call is made: [`Context::Driver`] or [`Context::Worker`].
    #[must_use]
    pub fn context(&self) -> Context {
        self.context
    }

    /// The name of the async fn whose twin is called. `None` for [`block_on`](crate::block_on) and the like.
    #[must_use]
    pub fn async_fn(&self) -> Option<&'static str> {
        self.async_fn
    }

    /// What to write instead.
    pub(crate) fn instead(&self) -> String {
        match (self.async_fn, self.is_of_items) {
            (Some(name), true) => format!(
                "in async code call the async `{name}`, and take its items with `.next().await`"
            ),
            (None, true) => {
                "in async code take the stream, with `.next().await`, instead of its iterator"
                    .to_owned()
            }
            (Some(name), false) => {
                format!("call the async `{name}`, with `.await`, instead of its twin")
            }
            (None, false) => {
                "`.await` instead: what blocks here (a future, a batch, I/O) has an async form"
                    .to_owned()
            }
        }
    }

    /// The option and the setting for such calls.
    pub(crate) fn setting(&self) -> &'static str {
        match self.context {
            Context::Worker => "on_worker",
            _ => "on_driver",
        }
    }

    /// What the call does to others.
    pub(crate) fn harm(&self) -> &'static str {
        match self.context {
            Context::Worker => {
                "until the call returns, it takes up a thread of that runtime, or another in its place"
            }
            _ => "until the call returns, none of that runtime's tasks runs",
        }
    }

    /// The calling thread, on which the call is made.
    pub(crate) fn thread() -> String {
        let thread = thread::current();
        match thread.name() {
            Some(name) => format!("`{name}`"),
            None => format!("{:?}", thread.id()),
        }
    }
}

impl fmt::Display for CallInAsync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: blocking call", self.location)?;
        if let Some(name) = self.async_fn {
            write!(f, " of the twin of `{name}`")?;
        }
        write!(f, " in async code, {}", self.context)
    }
}

/// Who is told of such calls instead of standard error.
#[derive(Clone)]
pub(crate) struct Observer(Arc<dyn Fn(&CallInAsync) + Send + Sync>);

impl Observer {
    pub(crate) fn new(code: impl Fn(&CallInAsync) + Send + Sync + 'static) -> Self {
        Observer(Arc::new(code))
    }

    pub(crate) fn tell(&self, call: &CallInAsync) {
        (self.0)(call);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}
