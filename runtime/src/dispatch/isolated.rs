//! Calls that an isolation thread runs, since their own must not wait.

use super::call_here::{BlockedByCall, CallHere};
use super::call_runtime::{CallRuntime, lends_its_home};
use super::end_with_runtime::EndedByShutdown;
use super::in_async::Origin;
use super::on_fiber;
use super::served::EndedByCaller;
use super::watch::Watch;
use crate::calls::{self, Strategy};
use crate::carry::{Carried, Carrying};
use crate::context::Place;
use crate::context::blocked::BlockedRuntimes;
use crate::context::task_runtime::{InTaskOf, task_runtime};
use crate::fork;
use crate::hooks;
use crate::isolation::LentJob;
use crate::park::parker::Parker;
use crate::poll::probe::{ProbedCall, peek_deferred};
use crate::poll::{Budget, poll_once};
use crate::process::{Process, process};
use crate::runtime_choice::RuntimeChoice;
use crate::runtime_choice::instead::Instead;
use crate::runtimes::home::OwnHome;
use crate::stall;
use crate::start_once::or_panic;
use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::thread;

#[track_caller]
pub(super) fn run_isolated<S, F, Fut>(
    process: &Process,
    place: Place,
    site: &'static Location<'static>,
    origin: &'static Origin,
    choice: &S,
    make: F,
) -> Fut::Output
where
    S: RuntimeChoice + Sync,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    hooks::refuse_wait(site);
    let is_in_fiber = on_fiber::is_at(place);
    let depth = fork::depth();
    let blocked_by_call = BlockedByCall::begin(process, place);
    // If its runtime cannot be started, panic here and not on the isolation thread.
    let instead = Instead::here();
    let chosen = instead.of(Place::Plain, choice.chosen());
    or_panic(CallRuntime::choose_isolated(process, place, chosen));
    let own_home = lends_its_home(place).then(OwnHome::of_this_thread);
    // Before a thread is leased: a value's `clone` may panic.
    let carried = match place {
        // Variables of the thread are gone, and a subscriber may need one.
        Place::ThreadExit => Carried::default(),
        _ => Carried::from_here(),
    };
    let lease = or_panic(process.isolation.lease(&process.starter));
    calls::count(place, Strategy::Isolated);
    let list = || {
        let (name, strategy) = (origin.async_fn(), Strategy::Isolated);
        stall::begin(process, site, name, place, strategy, false, None)
    };
    // In a fiber, the thread goes on meanwhile.
    let _listed = (!is_in_fiber).then(list);
    let watch = Watch::new(site, place, None, None);
    let blocked = BlockedRuntimes::of_this_thread();
    let caller = task_runtime();
    let is_limited = origin.is_limited(place) && !thread::panicking();
    let code = || {
        let _in_task = InTaskOf::of(caller);
        let _own_home = own_home.map(OwnHome::lend_here);
        let _instead = instead.set_here();
        let place = Place::find();
        let chosen = instead.of(place, choice.chosen());
        let mut here = CallHere::new(process, place, chosen);
        here.is_part = true;
        here.is_limited = is_limited;
        here.async_fn = origin.async_fn();
        here.run(None, site, || Carrying::to_build(carried, make))
    };
    let on_panic = |panic: &(dyn Any + Send)| report_crossing(panic, site);
    let wait = |job: &mut LentJob<'_>| {
        if is_in_fiber {
            // If that unwinds, the job's drop still waits for its end.
            _ = job.wait(|parker| {
                on_fiber::park(site, depth, parker);
                true
            });
            return;
        }
        let mut wait = || job.wait(|parker| watch.park(parker));
        let is_done = place == Place::Worker && process.hand_off_core(&mut wait);
        while !is_done && !wait() {}
    };
    let output = or_panic(lease.run(blocked, wait, on_panic, code));
    drop(blocked_by_call);
    output
}

/// Says where a call was made whose panic comes from the isolation thread, or the task, that has polled it. The panic's message
/// and backtrace are from there, and its payload is the user's.
pub(super) fn report_crossing(panic: &(dyn Any + Send), site: &'static Location<'static>) {
    // A call that is ended unwinds too, and silently.
    if !(panic.is::<EndedByShutdown>() || panic.is::<EndedByCaller>()) {
        report_panic(site);
    }
}

/// Says in which call a panic continues that comes from another thread.
pub(crate) fn report_panic(site: &'static Location<'static>) {
    let thread = thread::current();
    let thread = match thread.name() {
        Some(name) => name.to_owned(),
        None => format!("{:?}", thread.id()),
    };
    let text = format!("in the blocking call at {site}, thread {thread}");
    process().reports.report_and_wait(&text);
}

/// The same on a thread whose scheduler defers wake-ups. The poll is in the context of the runtime on which the call lives once
/// it is isolated, and has no budget, as any poll here.
///
/// If that poll has a wake-up deferred, the call stays: should it be that of a child in a set, no other thread could know, and
/// the call is reported from here.
#[track_caller]
pub(super) fn poll_then_isolate<S, F, Fut>(
    process: &Process,
    place: Place,
    site: &'static Location<'static>,
    origin: &'static Origin,
    choice: &S,
    make: F,
) -> Fut::Output
where
    S: RuntimeChoice + Sync,
    F: FnOnce() -> Fut + Send,
    Fut: Future + Send,
    Fut::Output: Send,
{
    let blocked = BlockedByCall::begin(process, place);
    let depth = fork::depth();
    let instead = Instead::here();
    let chosen = instead.of(Place::Plain, choice.chosen());
    let call = CallHere {
        process,
        place,
        runtime: or_panic(CallRuntime::choose_isolated(process, place, chosen)),
        is_part: false,
        is_limited: false,
        async_fn: origin.async_fn(),
    };
    let parker = Parker::lend();
    let probed = ProbedCall::begin();
    probed.watch(&parker);
    let entered = call.enter(place);
    let mut future = pin!(Some(make()));
    let first = poll_once(parker.waker(), Budget::Unconstrained, |cx| {
        match future.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => unreachable!("it has just been built"),
        }
    });
    if let Poll::Ready(output) = first {
        future.set(None);
        calls::count(place, call.runtime.strategy());
        return output;
    }
    drop(entered);
    if peek_deferred() {
        let call = call.counted();
        return call.wait_for(depth, Some(&probed), site, &parker, future);
    }
    drop(probed);
    drop(parker);
    drop(blocked);
    let mut begun = Begun(future);
    run_isolated(process, place, site, origin, choice, move || {
        poll_fn(move |cx| begun.poll(cx))
    })
}

/// A future that has been polled before its call was isolated. It ends where that does: in the context of its runtime.
struct Begun<'a, Fut>(Pin<&'a mut Option<Fut>>);

impl<Fut: Future> Begun<'_, Fut> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        match self.0.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => unreachable!("only the end of the call drops it"),
        }
    }
}

impl<Fut> Drop for Begun<'_, Fut> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}
