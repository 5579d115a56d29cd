//! Which runtime a call's future lives on, as far as the user chooses it: a flavor, or a runtime that is lent.

pub(crate) mod flavor;
pub(crate) mod instead;
pub(crate) mod lend;

use flavor::Flavor;
use std::future::Future;
use std::pin::Pin;
use tokio::runtime::{Handle, LocalRuntime, Runtime, RuntimeFlavor};

/// The runtime that a call's future is to live on.
#[derive(Clone, Copy)]
pub enum ChosenRuntime<'a> {
    /// On one of sync-twin's runtimes.
    Ours(Flavor),
    /// On one of the user's.
    Lent {
        handle: &'a Handle,
        /// What the waiting thread may drive, since perhaps nobody else does.
        drive: Option<&'a dyn Drive>,
    },
}

/// A choice of the runtime that a call's future lives on: a flavor, or a lent runtime.
pub trait RuntimeChoice {
    fn chosen(&self) -> ChosenRuntime<'_>;

    /// The same choice for an iterator, which outlives the call.
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
        lent(self)
    }

    fn to_owned_choice(&self) -> Handle {
        self.handle().clone()
    }
}

fn lent(runtime: &Runtime) -> ChosenRuntime<'_> {
    let handle = runtime.handle();
    // The other kind has workers that drive it.
    let undriven = matches!(handle.runtime_flavor(), RuntimeFlavor::CurrentThread);
    ChosenRuntime::Lent {
        handle,
        drive: undriven.then_some(runtime as &dyn Drive),
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

/// The same choice for an iterator, which outlives the call.
#[must_use]
pub fn to_owned_choice<S: RuntimeChoice>(choice: &S) -> S::Owned {
    choice.to_owned_choice()
}
