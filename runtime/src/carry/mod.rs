//! What holds where a call is made, and is to hold on the other thread, too, where its future is polled.
//!
//! Three things leave the caller's thread: an isolated call, [`spawn`](crate::spawn) and [`to_thread`](crate::to_thread()).
//! Each takes along what is [`Carried`]: the caller's span and dispatcher, with the feature `tracing`, and what the user has
//! registered by [`carry`].
//!
//! It is in place while that future is built, polled or dropped, and at no other time. Between its polls a thread may drive
//! other tasks, and an isolation thread has other calls after this one: they must not see it.

mod carried;
mod keys;
#[cfg(feature = "tracing")]
mod tracing;

use arc_swap::ArcSwapOption;
use carried::{AnyValue, Of};
pub(crate) use carried::{Carried, Carrying};
use std::ptr;
use std::sync::Arc;

/// Something that holds on a thread, and that [`carry`] takes along to others.
///
/// Implemented for what [`tokio::task_local!`] and [`thread_local!`] declare, as [`carry`] says. Implement it for what is not
/// such a variable, for example for the current context of a library:
///
/// ```
/// use sync_twin::Carry;
/// # mod library {
/// #     use std::cell::Cell;
/// #     thread_local! { static LOCALE: Cell<&'static str> = const { Cell::new("en") }; }
/// #     pub fn locale() -> &'static str { LOCALE.get() }
/// #     pub struct Guard(&'static str);
/// #     impl Drop for Guard { fn drop(&mut self) { LOCALE.set(self.0) } }
/// #     pub fn set_locale(locale: &'static str) -> Guard { Guard(LOCALE.replace(locale)) }
/// # }
///
/// struct Locale;
///
/// impl Carry for Locale {
///     type Value = &'static str;
///
///     fn get(&'static self) -> &'static str {
///         library::locale()
///     }
///
///     fn scope(&'static self, locale: &mut &'static str, code: &mut dyn FnMut()) {
///         let _restores_it = library::set_locale(locale);
///         code();
///     }
/// }
///
/// sync_twin::carry(&Locale);
///
/// let _german = library::set_locale("de");
/// let locale = sync_twin::spawn(async { library::locale() }).join();
/// assert_eq!(locale, "de");
/// ```
pub trait Carry: Sync + 'static {
    /// What is carried. Use an [`Option`] for what need not be there.
    type Value: Send + 'static;

    /// What holds on the calling thread: a copy, or a share.
    fn get(&'static self) -> Self::Value;

    /// Calls `code` once, and lets `value` hold meanwhile.
    ///
    /// When this returns, and also when a panic of `code` passes, what held before holds again, and `value` is what `code`
    /// has made of it. A future is polled by one `code` after another, with the same `value`.
    fn scope(&'static self, value: &mut Self::Value, code: &mut dyn FnMut());
}

/// Everything that has been registered.
static REGISTERED: ArcSwapOption<Vec<&'static dyn Key>> = ArcSwapOption::const_empty();

/// Lets `key` hold wherever a blocking call runs, as it does where the call is made.
///
/// A call that [isolates](crate::Context) builds and polls its future on another thread. There the caller's task-locals and
/// thread-locals are not to be seen, unless you name them here, once for the process and best at the beginning of `main`.
/// From then on they travel with every isolated call, and with [`spawn`](crate::spawn) and
/// [`to_thread`](crate::to_thread()). All other calls run on the caller's thread, where such variables are there anyway.
///
/// ```
/// use sync_twin::sync_wrapper;
///
/// tokio::task_local! { static REQUEST_ID: u32; }
///
/// #[sync_wrapper]
/// async fn load() -> String {
///     format!("loaded for request {}", REQUEST_ID.get())
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() {
///     sync_twin::carry(&REQUEST_ID);
///
///     // In a handler that is not async itself, somewhere below:
///     let loaded = REQUEST_ID.sync_scope(7, load_sync);
///     assert_eq!(loaded, "loaded for request 7");
/// }
/// ```
///
/// | variable | what holds there |
/// |---|---|
/// | `task_local!` of a `T: Clone + Send` | a clone; nothing if nothing is set here |
/// | `thread_local!` of a `Cell<T>`, where `T: Copy + Send` | a copy |
/// | `thread_local!` of a `RefCell<T>`, where `T: Clone + Send` | a clone; nothing if it is mutably borrowed at the time |
/// | any other | what its implementation of [`Carry`] says |
///
/// It is taken when the call is made, in `spawn` when that is called, and in `to_thread` when its future is first polled. What
/// the code over there makes of it stays there: a task has its own from one poll to the next. It holds only while the future
/// of the call, or the closure, is at work. Neither the next call on that thread nor other tasks see it, also after a panic.
///
/// To name a variable again changes nothing. A thread that is ending ([`Context::ThreadExit`](crate::Context)) carries nothing.
/// The tasks that an async fn spawns by `tokio::spawn` have what tokio gives them.
///
/// # Cost
///
/// For each variable, an allocation and a clone for every isolated call, `spawn` and `to_thread`. All other calls cost what
/// they did.
pub fn carry<C: Carry>(key: &'static C) {
    let key: &'static dyn Key = key;
    let address = key.address();
    REGISTERED.rcu(|registered| {
        let mut keys = registered.as_deref().cloned().unwrap_or_default();
        if !keys.iter().any(|key| key.address() == address) {
            keys.push(key);
        }
        Some(Arc::new(keys))
    });
}

/// A [`Carry`] of any kind.
trait Key: Sync {
    fn take_along(&'static self) -> Box<dyn AnyValue>;

    /// What tells two of them apart: where they are, and of which kind.
    fn address(&'static self) -> (usize, &'static str);
}

impl<C: Carry> Key for C {
    fn take_along(&'static self) -> Box<dyn AnyValue> {
        Box::new(Of::here(self))
    }

    fn address(&'static self) -> (usize, &'static str) {
        (ptr::from_ref(self).addr(), std::any::type_name::<C>())
    }
}
