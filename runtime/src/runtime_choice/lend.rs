//! Runtimes that the user names for a call.

use crate::context::blocked::BlockedRuntimes;
use crate::runtime_choice::flavor::Flavor;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use tokio::runtime::{Handle, LocalRuntime, Runtime, RuntimeFlavor, worker_index};

/// Whatever lends a runtime: the `runtime` option of a twin takes it.
///
/// A [`Handle`] tells where the call's future belongs. A runtime itself can be driven, too, by the thread that waits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lend a tokio runtime",
    label = "`runtime` takes a `Handle`, a `Runtime`, or a reference or pointer to one"
)]
pub trait Lend {
    /// What the call is given.
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

/// Where the future of a call lives.
#[derive(Clone, Copy)]
pub enum ChosenRuntime<'a> {
    /// On one of sync-twin's runtimes.
    Ours(Flavor),
    /// On one of the user's.
    Lent {
        handle: &'a Handle,
        /// What the waiting thread may drive, if nobody else may be there to do it.
        drive: Option<&'a dyn Drive>,
    },
}

/// Something that tells a call where its future lives.
pub trait RuntimeChoice {
    fn chosen(&self) -> ChosenRuntime<'_>;

    /// What stands for it in an iterator, which outlives the call.
    type Owned: RuntimeChoice + Clone + 'static;

    fn to_owned_choice(&self) -> Self::Owned;
}

impl RuntimeChoice for Flavor {
    type Owned = Flavor;

    #[inline]
    fn chosen(&self) -> ChosenRuntime<'_> {
        ChosenRuntime::Ours(*self)
    }

    fn to_owned_choice(&self) -> Flavor {
        *self
    }
}

impl RuntimeChoice for Handle {
    type Owned = Handle;

    fn chosen(&self) -> ChosenRuntime<'_> {
        ChosenRuntime::Lent {
            handle: self,
            drive: None,
        }
    }

    fn to_owned_choice(&self) -> Handle {
        self.clone()
    }
}

impl RuntimeChoice for &Runtime {
    type Owned = Handle;

    fn chosen(&self) -> ChosenRuntime<'_> {
        let handle = self.handle();
        // The workers of the other kind drive.
        let undriven = matches!(handle.runtime_flavor(), RuntimeFlavor::CurrentThread);
        ChosenRuntime::Lent {
            handle,
            drive: undriven.then_some(*self as &dyn Drive),
        }
    }

    fn to_owned_choice(&self) -> Handle {
        self.handle().clone()
    }
}

impl RuntimeChoice for &LocalRuntime {
    type Owned = Handle;

    fn chosen(&self) -> ChosenRuntime<'_> {
        ChosenRuntime::Lent {
            handle: self.handle(),
            drive: Some(*self),
        }
    }

    fn to_owned_choice(&self) -> Handle {
        self.handle().clone()
    }
}

/// A runtime that the waiting thread can drive.
pub trait Drive {
    /// Drives it until `woken` completes.
    fn drive(&self, woken: Pin<&mut dyn Future<Output = ()>>);
}

impl Drive for Runtime {
    fn drive(&self, woken: Pin<&mut dyn Future<Output = ()>>) {
        self.block_on(woken);
    }
}

impl Drive for LocalRuntime {
    fn drive(&self, woken: Pin<&mut dyn Future<Output = ()>>) {
        self.block_on(woken);
    }
}

/// Lends a runtime to a call.
///
/// # Panics
///
/// When that runtime stands still because of this call, or of one that encloses it: it would wait for itself.
#[track_caller]
#[must_use]
pub fn lend<T: Lend + ?Sized>(runtime: &T) -> T::Lent<'_> {
    let lent = runtime.lend();
    check_not_blocked(lent.chosen());
    lent
}

/// Lends the handle of a runtime to a call that takes the runtime itself away.
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

fn is_blocked(runtime: &Handle) -> bool {
    let driven_here = worker_index().is_some()
        && Handle::try_current().is_ok_and(|current| current.id() == runtime.id());
    driven_here || BlockedRuntimes::of_this_thread().contains(runtime.id())
}

/// What stands for a lent runtime, or a flavor, in an iterator.
#[must_use]
pub fn to_owned_choice<S: RuntimeChoice>(choice: &S) -> S::Owned {
    choice.to_owned_choice()
}
