//! Calls of code that a task awaits and serves: they are lent to that task.

use super::call_here::{BlockedByCall, CallHere};
use super::in_async::Origin;
use super::isolated::report_crossing;
use super::time_limit::TimeLimit;
use super::watch::Watch;
use crate::calls::{self, Strategy};
use crate::carry::Carried;
use crate::context::Place;
use crate::context::blocked::BlockedRuntimes;
use crate::context::ending::may_unwind;
use crate::forget_panic::forget_panic;
use crate::hooks;
use crate::poll::probe::ProbedCall;
use crate::process::{Process, process};
use crate::runtime_choice::ChosenRuntime;
use crate::runtime_choice::flavor::Flavor;
use crate::runtime_choice::instead::Instead;
use crate::serve::hub::{Fate, Stage};
use crate::serve::lent::{Lent, Loan, ServedCall, Service};
use crate::serve::queue::{PolledFor, Queue, Wait};
use crate::serve::{is_polling, service};
use crate::stall;
use crate::start_once::or_panic;
use pin_project_lite::pin_project;
use std::any::Any;
use std::future::{Future, poll_fn, ready};
use std::marker::PhantomData;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

/// The payload with which a call unwinds whose task has gone.
pub(crate) struct EndedByCaller;

/// What is known of a future, if it is to be polled by a task.
pub trait FutureKind<Fut>: Known {
    /// Whether every task may have it. Then it is `Send`.
    const SENDS: bool;
}

/// Only the two types below are kinds.
pub trait Known {}

/// A future of this type is `Send`. There is none of another. (So rustc need not prove it again wherever it is asked
/// for.) Nor of one with shorter lifetimes, which may not be `Send`: it is invariant.
pub struct Sends<Fut>(PhantomData<fn(Fut) -> Fut>);

#[cfg(feature = "serve")]
impl<Fut: Send> Sends<Fut> {
    pub(crate) fn known() -> Self {
        Sends(PhantomData)
    }
}

/// Nobody knows whether the future is `Send`.
pub struct MayStay;

impl<Fut> Known for Sends<Fut> {}

impl Known for MayStay {}

impl<Fut> FutureKind<Fut> for Sends<Fut> {
    const SENDS: bool = true;
}

impl<Fut> FutureKind<Fut> for MayStay {
    const SENDS: bool = false;
}

/// The process's time limit for a call.
enum Limit {
    None,
    /// It begins when the call has to wait.
    After(Duration),
    Running(TimeLimit),
}

/// Lends a call, of whose future `K` knows.
fn lend<K, F, Fut>(call: Pin<&mut CallOfTask<F, Fut>>) -> Lent<'_>
where
    K: FutureKind<Fut>,
    F: FnOnce() -> Fut + Send,
    Fut: Future<Output: Send>,
{
    // All the rest of it.
    const fn sends<T: Send>() {}
    const { sends::<(Carried, BlockedRuntimes, Option<Arc<Queue>>, Limit)>() };
    // SAFETY: what builds the future is `Send`, and so is what comes out and all the rest; and the future is, if `K` says so.
    unsafe { Lent::new(call, K::SENDS) }
}

pin_project! {
    /// A call that a task polls, on the stack of the thread that makes it.
    struct CallOfTask<F, Fut>
    where
        Fut: Future,
    {
        make: Option<F>,
        carried: Carried,
        blocked: BlockedRuntimes,
        // That of the thread that makes the call.
        queue: Option<Arc<Queue>>,
        limit: Limit,
        site: &'static Location<'static>,
        #[pin]
        future: Option<Fut>,
        outcome: Option<thread::Result<Fut::Output>>,
    }
}

impl<F, Fut> CallOfTask<F, Fut>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    fn poll_future(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let mut this = self.project();
        let _blocked = this.blocked.set_here();
        let _polled_for = PolledFor::begin(this.queue.as_ref());
        this.carried.scope(|| {
            if let Some(make) = this.make.take() {
                this.future.set(Some(make()));
            }
            let Some(future) = this.future.as_mut().as_pin_mut() else {
                unreachable!("one that has completed is not polled");
            };
            let polled = future.poll(cx);
            if polled.is_ready() {
                this.future.set(None);
                return polled;
            }
            if let Limit::After(limit) = *this.limit {
                let process = process();
                let runtime = or_panic(process.crew()).handle();
                let running = TimeLimit::begin(limit, this.site, runtime, cx.waker());
                *this.limit = Limit::Running(running);
            } else if let Limit::Running(limit) = this.limit {
                limit.check(cx.waker());
            }
            polled
        })
    }
}

impl<F, Fut> ServedCall for CallOfTask<F, Fut>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let poll = AssertUnwindSafe(|| self.as_mut().poll_future(cx));
        let outcome = match catch_unwind(poll) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(panic) => {
                if let Some(another) = self.as_mut().drop_future() {
                    // Its drop could panic once more.
                    mem::forget(another);
                }
                Err(panic)
            }
        };
        *self.project().outcome = Some(outcome);
        Poll::Ready(())
    }

    fn drop_future(self: Pin<&mut Self>) -> Option<Box<dyn Any + Send>> {
        let mut this = self.project();
        if this.future.is_none() {
            return None;
        }
        let _blocked = this.blocked.set_here();
        let carried = this.carried;
        let drop_it = AssertUnwindSafe(|| carried.scope(|| this.future.set(None)));
        let panic = catch_unwind(drop_it).err();
        // A `Carry` that does not call its code must not have the future dropped on the caller's thread.
        if this.future.is_some() {
            forget_panic(|| this.future.set(None));
        }
        panic
    }
}

/// Has the task that serves the code here poll a call. If none does, or it takes no such call, this returns `make`.
#[track_caller]
#[cold]
pub(super) fn serve_here<K, F, Fut>(
    process: &Process,
    site: &'static Location<'static>,
    origin: &'static Origin,
    make: F,
) -> Result<Fut::Output, F>
where
    K: FutureKind<Fut>,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    match service() {
        Some(service) => serve::<K, F, Fut>(&service, process, site, origin, make),
        None => Err(make),
    }
}

/// The same for a task that is known.
#[track_caller]
pub(super) fn serve<K, F, Fut>(
    service: &Arc<Service>,
    process: &Process,
    site: &'static Location<'static>,
    origin: &'static Origin,
    make: F,
) -> Result<Fut::Output, F>
where
    K: FutureKind<Fut>,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    if !(K::SENDS || service.is_local) || service.is_of_parent() || is_polling(service) {
        return Err(make);
    }
    let is_endable = may_unwind();
    match service.hub.stage() {
        Stage::Serving => {}
        Stage::Cancelled if is_endable => end(),
        Stage::Cancelled | Stage::Left => return Err(make),
    }
    hooks::refuse_wait(site);
    let limit = process.settings.time_limit;
    let limit = limit.filter(|_| origin.is_limited(Place::Served) && !thread::panicking());
    let queue = Queue::own();
    let mut call = pin!(CallOfTask {
        make: Some(make),
        carried: Carried::from_here(),
        blocked: BlockedRuntimes::of_this_thread(),
        queue: queue.clone(),
        limit: limit.map_or(Limit::None, Limit::After),
        site,
        future: None,
        outcome: None,
    });
    calls::count(Place::Served, Strategy::Served);
    let listed = stall::begin(
        process,
        site,
        origin.async_fn(),
        Place::Served,
        Strategy::Served,
        false,
        None,
    );
    let place = Place::find();
    let watch = Watch::new(site, place, None, None);
    let wait = |loan: &mut Loan<'_>| {
        let asked = Wait::begin(queue.as_ref(), loan.waker());
        let mut wait = || loan.wait(|parker| asked.run_asked() || watch.park(parker));
        let is_done = place == Place::Worker && process.hand_off_core(&mut wait);
        while !is_done && !wait() {}
    };
    let lent = lend::<K, F, Fut>(call.as_mut());
    let fate = service.lend(lent, is_endable, site, wait);
    drop(listed);
    let outcome = match fate {
        Ok(Fate::Done) => call.project().outcome.take(),
        Ok(Fate::Ended) if is_endable => end(),
        Ok(Fate::Ended) => {
            panic!("the task that served the blocking call at {site} has been dropped")
        }
        Ok(Fate::GivenBack) | Err(_) => match call.as_mut().project().make.take() {
            Some(_) if is_endable && service.hub.stage() == Stage::Cancelled => end(),
            Some(make) => return Err(make),
            None => {
                go_on_here(process, site, &mut |cx| call.as_mut().poll(cx));
                call.project().outcome.take()
            }
        },
    };
    match outcome {
        Some(Ok(output)) => Ok(output),
        Some(Err(panic)) => {
            report_crossing(&*panic, site);
            resume_unwind(panic)
        }
        None => unreachable!("a call that is done has an outcome"),
    }
}

/// Ends the calling code, whose task has gone.
fn end() -> ! {
    resume_unwind(Box::new(EndedByCaller))
}

/// Polls the rest of a call to its end by `poll`, on this thread.
fn go_on_here(
    process: &Process,
    site: &'static Location<'static>,
    poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>,
) {
    let (place, instead) = (Place::find(), Instead::here());
    let chosen = instead.of(place, ChosenRuntime::Ours(Flavor::Auto));
    let here = CallHere::new(process, place, chosen);
    if place.is_driver() {
        let _blocked = BlockedByCall::begin(process, place);
        let probed = ProbedCall::begin();
        here.run(Some(&probed), site, || poll_fn(poll));
    } else {
        here.run(None, site, || poll_fn(poll));
    }
}

/// The same for a task that is being dropped, and has a call that can neither be given back nor ended.
pub(crate) fn finish_here(
    site: &'static Location<'static>,
    poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>,
) {
    go_on_here(&process(), site, poll);
}

/// Has `service` poll a call, if it is there and takes it, or else blocks as any other call.
#[track_caller]
pub(crate) fn block_in_task<K, F, Fut>(service: Option<&Arc<Service>>, make: F) -> Fut::Output
where
    K: FutureKind<Fut>,
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    let (process, site) = (process(), Location::caller());
    let make = match service {
        Some(service) => match serve::<K, F, Fut>(service, &process, site, Origin::OURS, make) {
            Ok(output) => return output,
            Err(make) => make,
        },
        None => make,
    };
    super::block_unserved(&process, site, Origin::OURS, &Flavor::Auto, make)
}

/// Runs `code` in the task of `service`, or if that does not take it, here.
#[track_caller]
pub(crate) fn run_in_task<T: Send>(service: &Arc<Service>, code: impl FnOnce() -> T + Send) -> T {
    let (process, site) = (process(), Location::caller());
    let make = || ready(code());
    match serve::<Sends<_>, _, _>(service, &process, site, Origin::OURS, make) {
        Ok(output) => output,
        Err(make) => make().into_inner(),
    }
}
