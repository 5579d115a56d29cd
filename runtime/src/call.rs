//! A call as generated code describes it, and the choice of where it may run on a Driver thread.
//!
//! The compiler makes the choice, and the user writes no bound for it. [`Call`] carries the types of the
//! arguments, of the future and of the output. Its inherent `__sync_twin_isolation` exists only if all of them are
//! `Send`. Otherwise method lookup goes on through [`Deref`] and finds that of [`Stays`], which does not ask about the
//! future, or else that of [`NotSend`]. (The closure's own type does not tell: its captures are known only once the surrounding
//! fn is checked. So no type of a future may contain a closure of the twin's.)
//!
//! Whether the future is `Send` matters only to a task that serves the call. It takes rustc up to a tenth more time to check a
//! crate of nothing but twins, so nobody asks without the feature `serve`. A twin that returns an opaque type must not
//! ask: to answer, rustc looks into the async fn, which may call the twin, whose type is not known yet.
//!
//! Each choice blocks in two ways: `block_on` is called by the twin itself, and learns from rustc where that is called.
//! `block_on_at` is called by a closure of the twin's, for the option `around`, and is told.

#[cfg(feature = "serve")]
use crate::dispatch::Sends;
use crate::dispatch::{self, FutureKind, MayStay, Origin};
use crate::runtime_choice::RuntimeChoice;
use crate::runtime_choice::flavor::{Flavor, auto};
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;

/// One call of a twin: a closure that builds its future, the choice of its runtime, and the types that decide where it
/// may run.
pub struct Call<A, F, Fut, O, S = Flavor> {
    make: F,
    choice: S,
    future: PhantomData<fn() -> Fut>,
    types: Stays<A, O, S>,
}

/// What is known of a call whose future may not be `Send`.
pub struct Stays<A, O, S>(PhantomData<(A, O, S)>);

/// The type of an argument.
pub fn arg_type<T>(_argument: &T) -> PhantomData<T> {
    PhantomData
}

/// The type of an argument that is sent to an isolation thread.
pub fn send_arg_type<T: SW502_ArgumentOfIsolationAlways>(_argument: &T) -> PhantomData<T> {
    PhantomData
}

/// What a fn returns that is not `async`, as a future that outputs a `T`. If it outputs something else, rustc says so here,
/// and suggests no change to what the twin returns.
pub fn outputs<T, F: IntoFuture<Output = T>>(future: F) -> impl Future<Output = T> {
    future.into_future()
}

/// The same of a method of another crate's type, which has been declared to output a `T`.
pub fn foreign_outputs<T, F>(future: F) -> impl Future<Output = T>
where
    F: IntoFuture,
    F::Output: Declared<T>,
{
    let future = future.into_future();
    async { future.await.declared() }
}

/// What is returned by a method that a `foreign` block has declared.
#[diagnostic::on_unimplemented(
    message = "SW507: the method returns a `{Self}`",
    label = "declared to return a `{T}`",
    note = "a `foreign` block declares what another crate has: write the signature as it is there"
)]
pub trait Declared<T> {
    #[doc(hidden)]
    fn declared(self) -> T;
}

impl<T> Declared<T> for T {
    fn declared(self) -> T {
        self
    }
}

/// Describes a call; `arguments` is a tuple of [`arg_type`]s.
pub fn call<A, F, Fut>(arguments: A, make: F) -> Call<A, F, Fut, Fut::Output>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    call_on(auto(), arguments, make)
}

/// The same for a call whose future lives where `choice` says: a flavor, or what [`lend`](crate::runtime_choice::lend::lend) gives.
pub fn call_on<A, F, Fut, S>(choice: S, _arguments: A, make: F) -> Call<A, F, Fut, Fut::Output, S>
where
    F: FnOnce() -> Fut,
    Fut: Future,
    S: RuntimeChoice,
{
    Call {
        make,
        choice,
        future: PhantomData,
        types: Stays(PhantomData),
    }
}

/// An argument that can be sent to an isolation thread: everything that is `Send`.
///
/// rustc says the words below of a type that is not `Send` itself. If something *inside* it is not, rustc speaks of that, and
/// then names this trait as what asks for it: hence the name.
#[allow(non_camel_case_types)]
#[diagnostic::on_unimplemented(
    message = "SW502: an argument of type `{Self}` cannot be sent to an isolation thread",
    label = "is not `Send`, but `isolation = \"always\"` requires that of every argument",
    note = "without `isolation = \"always\"`, a call is isolated only if it can be"
)]
pub trait SW502_ArgumentOfIsolationAlways: Send {}

impl<T: Send> SW502_ArgumentOfIsolationAlways for T {}

/// An output that can be sent back from an isolation thread: everything that is `Send`. Named as the trait above is.
#[allow(non_camel_case_types)]
#[diagnostic::on_unimplemented(
    message = "SW503: an output of type `{Self}` cannot be sent back from an isolation thread",
    label = "is not `Send`, but `isolation = \"always\"` requires that of the output",
    note = "without `isolation = \"always\"`, a call is isolated only if it can be"
)]
pub trait SW503_OutputOfIsolationAlways: Send {}

impl<T: Send> SW503_OutputOfIsolationAlways for T {}

#[cfg(feature = "serve")]
impl<A: Send, F, Fut: Send, O: Send, S: Sync> Call<A, F, Fut, O, S> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation(&self) -> IsolateOnDriver<Sends<Fut>> {
        IsolateOnDriver(Sends::known())
    }

    /// What `isolation = "always"` knows of the future.
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_future(&self) -> Sends<Fut> {
        Sends::known()
    }
}

impl<A, F, Fut, O, S> Deref for Call<A, F, Fut, O, S> {
    type Target = Stays<A, O, S>;

    fn deref(&self) -> &Self::Target {
        &self.types
    }
}

impl<A: Send, O: Send, S: Sync> Stays<A, O, S> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation(&self) -> IsolateOnDriver<MayStay> {
        IsolateOnDriver(MayStay)
    }

    /// The same for a twin that must not ask about the future.
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation_unasked(&self) -> IsolateOnDriver<MayStay> {
        IsolateOnDriver(MayStay)
    }
}

impl<A, O, S> Stays<A, O, S> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_future(&self) -> MayStay {
        MayStay
    }
}

impl<A, O, S> Deref for Stays<A, O, S> {
    type Target = NotSend;

    fn deref(&self) -> &NotSend {
        &NotSend
    }
}

/// Where method lookup ends for a call with an argument or output that is not `Send`.
pub struct NotSend;

impl NotSend {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation(&self) -> InPlace {
        InPlace
    }

    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_isolation_unasked(&self) -> InPlace {
        InPlace
    }
}

/// `isolation = "auto"` where everything is `Send`: on an isolation thread if the caller's is a Driver.
pub struct IsolateOnDriver<K>(K);

impl<K> IsolateOnDriver<K> {
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on<A, F, Fut, S>(
        self,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        K: FutureKind<Fut>,
        S: RuntimeChoice + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: Send,
    {
        self.block_on_at(Location::caller(), call, origin)
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn block_on_at<A, F, Fut, S>(
        self,
        site: &'static Location<'static>,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        K: FutureKind<Fut>,
        S: RuntimeChoice + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: Send,
    {
        dispatch::block_here_or_isolated_at::<K, S, F, Fut>(site, origin, &call.choice, call.make)
    }

    /// The same for a future that is often ready at once: it is polled first, and isolated only if it has to wait.
    #[doc(hidden)]
    #[track_caller]
    pub fn poll_on<A, F, Fut, S>(
        self,
        site: &'static Location<'static>,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        S: RuntimeChoice + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future + Send,
        Fut::Output: Send,
    {
        dispatch::poll_here_or_isolated(site, origin, &call.choice, call.make)
    }
}

/// `isolation = "never"`, and `"auto"` where something is not `Send`: on the caller's thread.
pub struct InPlace;

impl InPlace {
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on<A, F, Fut, S>(
        self,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        S: RuntimeChoice,
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        self.block_on_at(Location::caller(), call, origin)
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn block_on_at<A, F, Fut, S>(
        self,
        site: &'static Location<'static>,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        S: RuntimeChoice,
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        dispatch::block_here_at(site, origin, call.choice.chosen(), call.make)
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn poll_on<A, F, Fut, S>(
        self,
        site: &'static Location<'static>,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        S: RuntimeChoice,
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        self.block_on_at(site, call, origin)
    }
}

/// `isolation = "always"`: on an isolation thread, wherever the caller is.
pub struct IsolateAlways<K>(pub K);

impl<K> IsolateAlways<K> {
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on<A, F, Fut, S>(
        self,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        K: FutureKind<Fut>,
        S: RuntimeChoice + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: SW503_OutputOfIsolationAlways,
    {
        self.block_on_at(Location::caller(), call, origin)
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn block_on_at<A, F, Fut, S>(
        self,
        site: &'static Location<'static>,
        call: Call<A, F, Fut, Fut::Output, S>,
        origin: &'static Origin,
    ) -> Fut::Output
    where
        K: FutureKind<Fut>,
        S: RuntimeChoice + Sync,
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: SW503_OutputOfIsolationAlways,
    {
        dispatch::block_isolated::<K, S, F, Fut>(site, origin, &call.choice, call.make)
    }
}
