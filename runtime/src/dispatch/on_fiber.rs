//! Calls on the stack of a fiber: they suspend it while they wait, and the task that polls the fiber goes on with others.
//!
//! Such a call lives where its task does: its future is built, polled and dropped in the task's own context, with the task's
//! waker and budget. It blocks nothing, so it is neither listed nor reported, and what concerns blocking calls in async code does
//! not concern it. A call that cannot suspend is made as if there were no fiber ([`suspends`]).

use super::in_async::{Origin, SilenceAside};
use super::time_limit::TimeLimit;
use crate::calls::{self, Strategy};
use crate::context::fiber;
use crate::context::host::Host;
use crate::context::{Entered, Place};
use crate::fork;
use crate::hooks;
use crate::park::parker::Parker;
use crate::poll::is_large;
use crate::process::process;
use crate::runtime_choice::ChosenRuntime;
use crate::start_once::or_panic;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::thread;
use tokio::runtime::Handle;

/// Whether a call that is made here suspends a fiber.
#[inline]
pub(super) fn suspends() -> bool {
    Host::here() == Host::Fiber && fiber::may_suspend()
}

/// The same of a call whose future is to live on a runtime of the user's. If that is one that only the waiting thread drives, the
/// thread has to wait.
#[inline]
pub(super) fn suspends_on(chosen: ChosenRuntime<'_>) -> bool {
    Host::here() == Host::Fiber
        && !matches!(chosen, ChosenRuntime::Lent { drive: Some(_), .. })
        && fiber::may_suspend()
}

/// That place, if it is. Unwinds if the fiber has been dropped.
#[inline]
pub(super) fn place() -> Option<Place> {
    suspends().then(|| {
        fiber::unwind_if_dropped();
        Place::Fiber
    })
}

/// Whether it is that place.
#[inline]
pub(super) fn is_at(place: Place) -> bool {
    place == Place::Fiber
}

/// Runs a call where it [suspends](suspends_on) a fiber.
pub(super) fn run<F, Fut>(
    site: &'static Location<'static>,
    origin: &'static Origin,
    chosen: ChosenRuntime<'_>,
    make: F,
) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    if const { is_large::<Fut>() } {
        return run_pinned(site, origin, chosen, || Box::pin(make()));
    }
    run_pinned(site, origin, chosen, make)
}

fn run_pinned<F, Fut>(
    site: &'static Location<'static>,
    origin: &'static Origin,
    chosen: ChosenRuntime<'_>,
    make: F,
) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    fiber::unwind_if_dropped();
    calls::count(Place::Fiber, Strategy::Fiber);
    let limited = Limited {
        limit: None,
        site,
        is_limited: origin.is_limited(Place::Fiber),
    };
    match chosen {
        ChosenRuntime::Ours(_) => wait(site, limited, pin!(make())),
        ChosenRuntime::Lent { handle, .. } => {
            let mut lent = Lent::build(handle, make);
            wait(site, limited, pin!(poll_fn(|cx| lent.poll(cx))))
        }
    }
}

/// Waits for a future that needs no context, in a call that is made at `site`.
fn wait<Fut: Future>(
    site: &'static Location<'static>,
    mut limited: Limited,
    mut future: Pin<&mut Fut>,
) -> Fut::Output {
    let limited_future = poll_fn(|cx| {
        let polled = future.as_mut().poll(cx);
        if polled.is_pending() {
            limited.check(cx);
        }
        polled
    });
    suspend(site, fork::depth(), pin!(limited_future))
}

/// Waits, in a fiber that is suspended meanwhile, until `parker` is woken.
pub(super) fn park(site: &'static Location<'static>, depth: usize, parker: &Parker) {
    parker.drive(|woken| suspend(site, depth, pin!(woken)));
}

/// Polls `future` to its end, in a call that has begun when the process was `depth` forks deep.
fn suspend<Fut: Future>(
    site: &'static Location<'static>,
    depth: usize,
    future: Pin<&mut Fut>,
) -> Fut::Output {
    fiber::wait(future, || {
        hooks::refuse_wait(site);
        fork::check(depth);
        SilenceAside::begin()
    })
}

/// The process's time limit for a call.
struct Limited {
    limit: Option<TimeLimit>,
    site: &'static Location<'static>,
    /// Whether there is to be one, and it has not begun.
    is_limited: bool,
}

impl Limited {
    /// To be called when the call has to wait.
    #[inline]
    fn check(&mut self, cx: &Context<'_>) {
        if self.is_limited || self.limit.is_some() {
            self.look(cx);
        }
    }

    fn look(&mut self, cx: &Context<'_>) {
        if self.is_limited {
            self.is_limited = false;
            self.begin(cx);
        }
        if let Some(limit) = &mut self.limit {
            limit.check(cx.waker());
        }
    }

    fn begin(&mut self, cx: &Context<'_>) {
        let process = process();
        if let Some(limit) = process.settings.time_limit.filter(|_| !thread::panicking()) {
            // The task's runtime may have no timers.
            let runtime = or_panic(process.crew()).handle();
            self.limit = Some(TimeLimit::begin(limit, self.site, runtime, cx.waker()));
        }
    }
}

/// A future that lives on a runtime of the user's, which is entered while it is built, polled or dropped, and never while the
/// fiber is suspended. Calls inside it are in that runtime, and block.
struct Lent<'a, Fut> {
    runtime: &'a Handle,
    place: Place,
    future: Option<Pin<Box<Fut>>>,
}

impl<'a, Fut: Future> Lent<'a, Fut> {
    fn build(runtime: &'a Handle, make: impl FnOnce() -> Fut) -> Self {
        let place = Place::find();
        let _entered = Entered::begin(runtime, place);
        Lent {
            runtime,
            place,
            future: Some(Box::pin(make())),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let _entered = Entered::begin(self.runtime, self.place);
        match &mut self.future {
            Some(future) => future.as_mut().poll(cx),
            None => unreachable!("only its end drops it"),
        }
    }
}

impl<Fut> Drop for Lent<'_, Fut> {
    fn drop(&mut self) {
        let _entered = Entered::begin(self.runtime, self.place);
        self.future = None;
    }
}
