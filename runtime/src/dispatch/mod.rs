//! Every blocking call passes through here: find out where the caller is, and act on it.

mod call_here;
mod call_runtime;
mod end_with_runtime;
pub(crate) mod in_async;
mod in_context;
mod isolated;
#[cfg(feature = "fiber")]
mod on_fiber;
#[cfg(not(feature = "fiber"))]
#[path = "no_fiber.rs"]
mod on_fiber;
pub(crate) mod served;
mod sites;
mod time_limit;
mod watch;

pub(crate) use end_with_runtime::EndedByShutdown;
pub use in_async::Origin;
pub use in_context::InContext;
pub(crate) use in_context::drop_in_context;
#[cfg(feature = "stream")]
pub(crate) use in_context::drop_in_context_on;
pub(crate) use isolated::report_panic;
pub use served::{FutureKind, MayStay, Sends};
pub(crate) use sites::Sites;

use crate::context::host::Host;
use crate::context::task_runtime::InTaskOf;
use crate::context::{Place, is_entered_by_call};
use crate::poll::probe::ProbedCall;
use crate::process::{Process, process};
use crate::runtime_choice::flavor::Flavor;
use crate::runtime_choice::instead::Instead;
use crate::runtime_choice::{ChosenRuntime, RuntimeChoice};
use call_here::{BlockedByCall, CallHere};
use call_runtime::CallRuntime;
use isolated::{poll_then_isolate, run_isolated};
use served::serve_here;
use std::future::Future;
use std::panic::Location;

/// Runs a call on the calling thread.
#[track_caller]
#[inline]
pub(crate) fn block_here<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    block_here_at(
        Location::caller(),
        Origin::OURS,
        ChosenRuntime::Ours(Flavor::Auto),
        make,
    )
}

/// Runs a call of `origin` on the calling thread. Its future lives on the runtime that `chosen` names, and reports say that it is
/// made at `site`.
#[track_caller]
#[inline]
pub(crate) fn block_here_at<F, Fut>(
    site: &'static Location<'static>,
    origin: &'static Origin,
    chosen: ChosenRuntime<'_>,
    make: F,
) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    if on_fiber::suspends_on(chosen) {
        return on_fiber::run(site, origin, chosen, make);
    }
    let process = process();
    let (place, in_task) = locate();
    in_async::check(&process, place, in_task.is_some(), site, origin);
    if place.is_driver() {
        return on_driver(&process, place, site, origin, chosen, make);
    }
    on_this_thread(&process, place, site, origin, chosen, make)
}

/// Runs a call on a thread that may wait.
#[track_caller]
#[inline]
fn on_this_thread<F, Fut>(
    process: &Process,
    place: Place,
    site: &'static Location<'static>,
    origin: &'static Origin,
    chosen: ChosenRuntime<'_>,
    make: F,
) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let instead = Instead::here();
    CallHere::new(process, place, instead.of(place, chosen))
        .of(origin)
        .counted()
        .run(None, site, make)
}

/// Runs a call in place on a thread whose scheduler defers wake-ups.
#[track_caller]
fn on_driver<F, Fut>(
    process: &Process,
    place: Place,
    site: &'static Location<'static>,
    origin: &'static Origin,
    chosen: ChosenRuntime<'_>,
    make: F,
) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let _blocked = BlockedByCall::begin(process, place);
    let probed = ProbedCall::begin();
    CallHere::new(process, place, chosen)
        .of(origin)
        .counted()
        .run(Some(&probed), site, make)
}

/// Runs a call on the calling thread if that may wait, else on an isolation thread.
#[track_caller]
#[inline]
pub(crate) fn block_here_or_isolated<K, S, F, Fut>(
    origin: &'static Origin,
    choice: &S,
    make: F,
) -> Fut::Output
where
    K: FutureKind<Fut>,
    S: RuntimeChoice + Sync,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    block_here_or_isolated_at::<K, S, F, Fut>(Location::caller(), origin, choice, make)
}

/// The same for a call that reports say is made at `site`.
#[track_caller]
#[inline]
pub(crate) fn block_here_or_isolated_at<K, S, F, Fut>(
    site: &'static Location<'static>,
    origin: &'static Origin,
    choice: &S,
    make: F,
) -> Fut::Output
where
    K: FutureKind<Fut>,
    S: RuntimeChoice + Sync,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    if on_fiber::suspends_on(choice.chosen()) {
        return on_fiber::run(site, origin, choice.chosen(), make);
    }
    let process = process();
    let make = match serve::<K, S, F, Fut>(&process, site, origin, choice, make) {
        Ok(output) => return output,
        Err(make) => make,
    };
    block_unserved(&process, site, origin, choice, make)
}

/// Runs a call that no task has taken on the calling thread if that may wait, else on an isolation thread.
#[track_caller]
#[inline]
fn block_unserved<S, F, Fut>(
    process: &Process,
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
    let (place, in_task) = locate();
    in_async::check(process, place, in_task.is_some(), site, origin);
    if place.is_driver() || place == Place::ThreadExit {
        return run_isolated(process, place, site, origin, choice, make);
    }
    on_this_thread(process, place, site, origin, choice.chosen(), make)
}

/// Has the task that serves the code here, if there is one, poll a call. A choice of the user's goes before it. If no task takes
/// the call, this returns `make`.
#[track_caller]
#[inline]
fn serve<K, S, F, Fut>(
    process: &Process,
    site: &'static Location<'static>,
    origin: &'static Origin,
    choice: &S,
    make: F,
) -> Result<Fut::Output, F>
where
    K: FutureKind<Fut>,
    S: RuntimeChoice,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    let may_be =
        Host::here() == Host::Task && matches!(choice.chosen(), ChosenRuntime::Ours(Flavor::Auto));
    match may_be {
        true => serve_here::<K, F, Fut>(process, site, origin, make),
        false => Err(make),
    }
}

/// Runs a call whose future is often ready at once, such as the next item of a stream that has some in its buffer. Where it
/// would be isolated, it is polled here first, and isolated only if it has to wait.
#[track_caller]
#[inline]
pub(crate) fn poll_here_or_isolated<S, F, Fut>(
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
    if on_fiber::suspends_on(choice.chosen()) {
        return on_fiber::run(site, origin, choice.chosen(), make);
    }
    let process = process();
    let make = match serve::<Sends<Fut>, S, F, Fut>(&process, site, origin, choice, make) {
        Ok(output) => return output,
        Err(make) => make,
    };
    let (place, in_task) = locate();
    in_async::check(&process, place, in_task.is_some(), site, origin);
    if place == Place::ThreadExit {
        return run_isolated(&process, place, site, origin, choice, make);
    }
    if place.is_driver() {
        return poll_then_isolate(&process, place, site, origin, choice, make);
    }
    on_this_thread(&process, place, site, origin, choice.chosen(), make)
}

/// Runs a call on an isolation thread, wherever the caller is. Reports say that it is made at `site`.
#[track_caller]
pub(crate) fn block_isolated<K, S, F, Fut>(
    site: &'static Location<'static>,
    origin: &'static Origin,
    choice: &S,
    make: F,
) -> Fut::Output
where
    K: FutureKind<Fut>,
    S: RuntimeChoice + Sync,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    let process = process();
    if let Some(fiber) = on_fiber::place() {
        return run_isolated(&process, fiber, site, origin, choice, make);
    }
    let make = match serve::<K, S, F, Fut>(&process, site, origin, choice, make) {
        Ok(output) => return output,
        Err(make) => make,
    };
    let (place, in_task) = locate();
    in_async::check(&process, place, in_task.is_some(), site, origin);
    run_isolated(&process, place, site, origin, choice, make)
}

/// Waits for a future that needs no runtime context, such as a join handle of a task that our workers run.
#[track_caller]
pub(crate) fn block_without_runtime<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let site = Location::caller();
    let ours = ChosenRuntime::Ours(Flavor::Auto);
    if on_fiber::suspends_on(ours) {
        return on_fiber::run(site, Origin::OURS, ours, make);
    }
    let process = &*process();
    let (place, in_task) = locate();
    in_async::check(process, place, in_task.is_some(), site, Origin::OURS);
    let _blocked = BlockedByCall::begin(process, place);
    let runtime = CallRuntime::Background;
    let here = CallHere {
        process,
        place,
        runtime,
        is_part: false,
        is_limited: false,
        async_fn: None,
    };
    here.counted().run(None, site, make)
}

/// Where the call is made, and a guard that notes the runtime if a task of a multi-thread runtime makes it.
#[inline]
fn locate() -> (Place, Option<InTaskOf>) {
    let (place, runtime) = Place::find_with_runtime();
    let in_task = match runtime {
        // Inside a call, the enclosing one has seen to it.
        Some(runtime) if place == Place::Worker && !is_entered_by_call(runtime.id()) => {
            Some(InTaskOf::of(Some(runtime)))
        }
        _ => None,
    };
    (place, in_task)
}
