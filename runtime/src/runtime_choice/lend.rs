//! Runtimes that the user lends to a call.

use crate::context::blocked::BlockedRuntimes;
use crate::runtime_choice::{ChosenRuntime, RuntimeChoice};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use tokio::runtime::{Handle, LocalRuntime, Runtime, RuntimeFlavor, worker_index};

/// Whatever lends a runtime: a value of this kind is what the `runtime` option of a twin takes.
///
/// A [`Handle`] says where the call's future lives. A runtime itself can also be driven by the thread that waits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lend a tokio runtime",
    label = "`runtime` takes a `Handle`, a `Runtime`, or a reference or pointer to one",
    note = "if it dereferences to one, as a `once_cell::sync::Lazy` does, write `*` before it"
)]
pub trait Lend {
    /// What the call receives.
    type Lent<'a>: RuntimeChoice
    where
        Self: 'a;

    /// Lends it.
    fn lend(&self) -> Self::Lent<'_>;
}

impl Lend for Handle {
    type Lent<'a> = Handle;

    fn lend(&self) -> Handle {
        self.clone()
    }
}

impl Lend for Runtime {
    type Lent<'a> = &'a Runtime;

    fn lend(&self) -> &Runtime {
        self
    }
}

impl Lend for LocalRuntime {
    type Lent<'a> = &'a LocalRuntime;

    fn lend(&self) -> &LocalRuntime {
        self
    }
}

macro_rules! lend_through {
    ($($pointer:ty),*) => {$(
        impl<T: Lend + ?Sized> Lend for $pointer {
            type Lent<'a> = T::Lent<'a> where Self: 'a;

            fn lend(&self) -> Self::Lent<'_> {
                (**self).lend()
            }
        }
    )*};
}

lend_through!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: Lend, F> Lend for LazyLock<T, F>
where
    LazyLock<T, F>: Deref<Target = T>,
{
    type Lent<'a>
        = T::Lent<'a>
    where
        Self: 'a;

    fn lend(&self) -> Self::Lent<'_> {
        (**self).lend()
    }
}

/// Lends a runtime to a call.
///
/// # Panics
///
/// When this call, or one that encloses it, blocks that runtime: the call would wait for itself.
#[track_caller]
#[must_use]
pub fn lend<T: Lend + ?Sized>(runtime: &T) -> T::Lent<'_> {
    let lent = runtime.lend();
    check_not_blocked(lent.chosen());
    lent
}

/// Lends the handle of a runtime to a call that consumes the owner of the runtime.
///
/// # Panics
///
/// As [`lend`] does.
#[track_caller]
#[must_use]
pub fn lend_handle<T: Lend + ?Sized>(runtime: &T) -> Handle {
    let lent = lend(runtime);
    match lent.chosen() {
        ChosenRuntime::Lent { handle, .. } => handle.clone(),
        ChosenRuntime::Ours(_) => unreachable!("a flavor is not lent"),
    }
}

/// Panics if the call would wait for itself.
#[track_caller]
pub(crate) fn check_not_blocked(chosen: ChosenRuntime<'_>) {
    if let ChosenRuntime::Lent { handle, .. } = chosen {
        let current_thread = matches!(handle.runtime_flavor(), RuntimeFlavor::CurrentThread);
        assert!(
            !current_thread || !is_blocked(handle),
            "a blocking call cannot run in the current-thread runtime that its own thread is driving: \
             nobody would be left to drive it; `.await` the async fn instead"
        );
    }
}

/// Whether a call that is made here would wait for itself in that current-thread runtime.
pub(super) fn is_blocked(runtime: &Handle) -> bool {
    let driven_here = worker_index().is_some()
        && Handle::try_current().is_ok_and(|current| current.id() == runtime.id());
    driven_here || BlockedRuntimes::of_this_thread().contains(runtime.id())
}
