//! What travels with one call, and the future that it travels with.

use super::{Carry, REGISTERED};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// One value, and what it is a value of.
pub(super) struct Of<C: Carry> {
    key: &'static C,
    value: C::Value,
}

impl<C: Carry> Of<C> {
    pub(super) fn here(key: &'static C) -> Self {
        let value = key.get();
        Of { key, value }
    }
}

/// [`Of`] whatever.
pub(super) trait AnyValue: Send {
    fn scope(&mut self, code: &mut dyn FnMut());
}

impl<C: Carry> AnyValue for Of<C> {
    fn scope(&mut self, code: &mut dyn FnMut()) {
        self.key.scope(&mut self.value, code);
    }
}

/// Everything that travels with one call.
#[derive(Default)]
pub(crate) struct Carried {
    #[cfg(feature = "tracing")]
    tracing: Option<Of<super::tracing::Tracing>>,
    registered: Vec<Box<dyn AnyValue>>,
}

impl Carried {
    /// That of the calling thread, now.
    pub(crate) fn from_here() -> Self {
        let registered = REGISTERED.load();
        let keys = registered.iter().flat_map(|keys| keys.iter());
        Carried {
            #[cfg(feature = "tracing")]
            tracing: Some(Of::here(&super::tracing::Tracing)),
            registered: keys.map(|key| key.take_along()).collect(),
        }
    }

    /// Runs `code` where all of it holds.
    pub(crate) fn scope<T>(&mut self, code: impl FnOnce() -> T) -> T {
        let values = self.registered.as_mut_slice();
        #[cfg(feature = "tracing")]
        let outer = self.tracing.as_mut();
        #[cfg(not(feature = "tracing"))]
        let outer: Option<&mut Box<dyn AnyValue>> = None;
        if outer.is_none() && values.is_empty() {
            return code();
        }
        let mut code = Some(code);
        let mut output = None;
        let mut run = || {
            if let Some(code) = code.take() {
                output = Some(code());
            }
        };
        match outer {
            Some(outer) => outer.scope(&mut || nest(values, &mut run)),
            None => nest(values, &mut run),
        }
        let Some(output) = output else {
            panic!("a `Carry::scope` has returned without having called its code");
        };
        output
    }
}

/// Runs `code` where all `values` hold.
fn nest(values: &mut [Box<dyn AnyValue>], code: &mut dyn FnMut()) {
    match values.split_first_mut() {
        Some((value, others)) => value.scope(&mut || nest(others, code)),
        None => code(),
    }
}

pin_project! {
    /// A future that is built, polled and dropped where what it carries holds.
    pub(crate) struct Carrying<F, Fut> {
        carried: Carried,
        #[pin]
        state: State<F, Fut>,
    }

    impl<F, Fut> PinnedDrop for Carrying<F, Fut> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if !matches!(*this.state, State::Over) {
                this.carried.scope(|| this.state.set(State::Over));
            }
        }
    }
}

pin_project! {
    #[project = StateOf]
    enum State<F, Fut> {
        /// `None` while it is being called.
        ToBuild { make: Option<F> },
        Built { #[pin] future: Fut },
        Over,
    }
}

impl<Fut: Future> Carrying<fn() -> Fut, Fut> {
    pub(crate) fn of(carried: Carried, future: Fut) -> Self {
        let state = State::Built { future };
        Carrying { carried, state }
    }
}

impl<F, Fut> Carrying<F, Fut>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    /// The first poll builds the future by `make`.
    pub(crate) fn to_build(carried: Carried, make: F) -> Self {
        let state = State::ToBuild { make: Some(make) };
        Carrying { carried, state }
    }
}

impl<F, Fut> Future for Carrying<F, Fut>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    type Output = Fut::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let mut this = self.project();
        this.carried.scope(|| {
            if let StateOf::ToBuild { make } = this.state.as_mut().project() {
                if let Some(make) = make.take() {
                    let future = make();
                    this.state.set(State::Built { future });
                }
            }
            let StateOf::Built { future } = this.state.as_mut().project() else {
                unreachable!("one that has completed is not polled");
            };
            let polled = future.poll(cx);
            if polled.is_ready() {
                this.state.set(State::Over);
            }
            polled
        })
    }
}
