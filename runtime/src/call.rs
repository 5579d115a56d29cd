//! A call as generated code describes it, and the choice of what it may do on a Driver thread.
//!
//! The choice is made at compile time and asks the user for no bound. [`Call`] carries the types of the
//! arguments and of the output. Its inherent `__sync_twin_isolation` exists only where all of them are
//! `Send`; everywhere else the compiler goes on through [`Deref`] and finds that of [`MayNotCross`].
//! (The closure cannot be asked: its captures are not known before the surrounding fn is checked.)

use crate::dispatch;
use crate::flavor::{Flavor, auto};
use crate::lend::Scene;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

/// One call of a twin: what builds its future, where that lives, and the types that decide where it may run.
pub struct Call<A, F, O, S = Flavor> {
    make: F,
    scene: S,
    types: PhantomData<(A, O)>,
}

/// The type of an argument.
pub fn slot<T>(_argument: &T) -> PhantomData<T> {
    PhantomData
}

/// The type of an argument that has to cross to an isolation thread.
pub fn send_slot<T: Crosses>(_argument: &T) -> PhantomData<T> {
    PhantomData
}

/// Describes a call; `arguments` is a tuple of [`slot`]s.
pub fn call<A, F, Fut>(arguments: A, make: F) -> Call<A, F, Fut::Output>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    call_in(auto(), arguments, make)
}

/// The same for a call whose future lives where `scene` says: a flavor, or what [`lend`](crate::lend::lend) gives.
pub fn call_in<A, F, Fut, S>(scene: S, _arguments: A, make: F) -> Call<A, F, Fut::Output, S>
where
    F: FnOnce() -> Fut,
    Fut: Future,
    S: Scene,
{
    Call {
        make,
        scene,
        types: PhantomData,
    }
}

/// An argument that may cross to an isolation thread: everything that is `Send`.
#[diagnostic::on_unimplemented(
    message = "SW502: an argument of type `{Self}` cannot cross to an isolation thread",
    label = "is not `Send`, which `isolation = \"always\"` asks of every argument",
    note = "without `isolation = \"always\"`, a call isolates where it can"
)]
pub trait Crosses: Send {}

impl<T: Send> Crosses for T {}

/// A result that may cross back from an isolation thread: everything that is `Send`.
#[diagnostic::on_unimplemented(
    message = "SW503: a result of type `{Self}` cannot cross back from an isolation thread",
    label = "is not `Send`, which `isolation = \"always\"` asks of the result",
    note = "without `isolation = \"always\"`, a call isolates where it can"
)]
pub trait CrossesBack: Send {}

impl<T: Send> CrossesBack for T {}

impl<A: Send, F, O: Send, S: Sync> Call<A, F, O, S> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation(&self) -> Isolate {
        Isolate
    }
}

impl<A, F, O, S> Deref for Call<A, F, O, S> {
    type Target = MayNotCross;

    fn deref(&self) -> &MayNotCross {
        &MayNotCross
    }
}

/// Where method lookup ends for a call with an argument or output that is not `Send`.
pub struct MayNotCross;

impl MayNotCross {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation(&self) -> InPlace {
        InPlace
    }
}

/// `isolation = "auto"` where everything is `Send`: on an isolation thread if the caller's is a Driver.
pub struct Isolate;

impl Isolate {
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on<A, F, Fut, S>(self, call: Call<A, F, Fut::Output, S>) -> Fut::Output
    where
        S: Scene + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: Send,
    {
        dispatch::isolating(&call.scene, call.make)
    }
}

/// `isolation = "never"`, and `"auto"` where something is not `Send`: on the caller's thread.
pub struct InPlace;

impl InPlace {
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on<A, F, Fut, S>(self, call: Call<A, F, Fut::Output, S>) -> Fut::Output
    where
        S: Scene,
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        dispatch::in_place_at(call.scene.choice(), call.make)
    }
}

/// `isolation = "always"`: on an isolation thread, wherever the caller is.
pub struct Always;

impl Always {
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on<A, F, Fut, S>(self, call: Call<A, F, Fut::Output, S>) -> Fut::Output
    where
        S: Scene + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: CrossesBack,
    {
        dispatch::isolated(&call.scene, call.make)
    }
}
