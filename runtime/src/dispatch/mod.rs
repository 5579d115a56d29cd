//! Every blocking call passes through here: find out where the caller is, and act on it.

mod end_with_runtime;
pub(crate) mod in_async;
mod time_limit;
mod watch;

pub(crate) use end_with_runtime::EndedByShutdown;
pub use in_async::Origin;

use crate::calls::{self, Strategy};
use crate::carry::{Carried, Carrying};
use crate::context::blocked::{BlockedGuard, BlockedRuntimes};
use crate::context::task_runtime::{InTaskOf, task_runtime};
use crate::context::{Driving, Entered, Place, home_driven_here, is_entered_by_call};
use crate::fork;
use crate::hooks;
use crate::isolation::LentJob;
use crate::park::parker::Parker;
use crate::poll::probe::{ProbedCall, peek_deferred};
use crate::poll::{Budget, is_budgeted, is_large, poll_once};
use crate::process::{Present, Process, process};
use crate::runtime_choice::flavor::Flavor;
use crate::runtime_choice::instead::Instead;
use crate::runtime_choice::{ChosenRuntime, Drive, RuntimeChoice};
use crate::runtimes::block_in_place::try_block_in_place;
use crate::runtimes::crew::Crew;
use crate::runtimes::home::{Held, Home, MayDrive};
use crate::stall;
use crate::start_once::or_panic;
use end_with_runtime::EndWithRuntime;
use std::any::Any;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::ptr;
use std::task::{Context, Poll, Waker, ready};
use std::thread;
use time_limit::TimeLimit;
use tokio::runtime::Handle;
use tokio::runtime::RuntimeFlavor::CurrentThread;
use watch::{Watch, Workers};

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
    let process = process();
    let (place, in_task) = locate();
    in_async::check(&process, place, in_task.is_some(), site, origin);
    if place.is_driver() {
        return on_driver(&process, place, site, origin, chosen, make);
    }
    let instead = Instead::here();
    CallHere::new(&process, place, instead.of(place, chosen))
        .limited(origin)
        .counted()
        .run(None, site, make)
}

/// Where an iterator was made, and where its `next` is called.
///
/// It is called many times in the same place, and to look at the name of a file takes longer than an item does.
#[derive(Clone, Copy)]
pub(crate) struct Sites {
    made: &'static Location<'static>,
    /// Where `next` was last called, and where that call was made.
    last: (&'static Location<'static>, &'static Location<'static>),
}

impl Sites {
    pub(crate) fn new(made: &'static Location<'static>) -> Self {
        Sites {
            made,
            last: (made, made),
        }
    }

    /// Where `next` is called, or if that is in an adapter of std's, where the iterator was made.
    #[track_caller]
    #[inline]
    pub(crate) fn next(&mut self) -> &'static Location<'static> {
        let here = Location::caller();
        if !ptr::eq(self.last.0, here) {
            let site = if is_of_std(here.file()) {
                self.made
            } else {
                here
            };
            self.last = (here, site);
        }
        self.last.1
    }
}

fn is_of_std(file: &str) -> bool {
    let parts = [
        "/library/core/src/",
        "/library/alloc/src/",
        "/library/std/src/",
    ];
    file.starts_with("/rustc/") || parts.iter().any(|part| file.contains(part))
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
        .limited(origin)
        .counted()
        .run(Some(&probed), site, make)
}

/// Runs a call on the calling thread if that may wait, else on an isolation thread.
#[track_caller]
#[inline]
pub(crate) fn block_here_or_isolated<S, F, Fut>(
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
    block_here_or_isolated_at(Location::caller(), origin, choice, make)
}

/// The same for a call that reports say is made at `site`.
#[track_caller]
#[inline]
pub(crate) fn block_here_or_isolated_at<S, F, Fut>(
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
    let process = process();
    let (place, in_task) = locate();
    in_async::check(&process, place, in_task.is_some(), site, origin);
    if place.is_driver() || place == Place::ThreadExit {
        return run_isolated(&process, place, site, origin, choice, make);
    }
    let instead = Instead::here();
    CallHere::new(&process, place, instead.of(place, choice.chosen()))
        .limited(origin)
        .counted()
        .run(None, site, make)
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
    let process = process();
    let (place, in_task) = locate();
    in_async::check(&process, place, in_task.is_some(), site, origin);
    if place == Place::ThreadExit {
        return run_isolated(&process, place, site, origin, choice, make);
    }
    if place.is_driver() {
        return poll_then_isolate(&process, place, site, origin, choice, make);
    }
    let instead = Instead::here();
    CallHere::new(&process, place, instead.of(place, choice.chosen()))
        .limited(origin)
        .counted()
        .run(None, site, make)
}

/// The same on a thread whose scheduler defers wake-ups. The poll is in the context of the runtime on which the call lives once
/// it is isolated, and has no budget, as any poll here.
///
/// If that poll has a wake-up deferred, the call stays: should it be that of a child in a set, no other thread could know, and
/// the call is reported from here.
#[track_caller]
fn poll_then_isolate<S, F, Fut>(
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
        runtime: or_panic(CallRuntime::choose(process, Place::Plain, chosen)),
        is_part: false,
        is_limited: false,
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

/// Runs a call on an isolation thread, wherever the caller is. Reports say that it is made at `site`.
#[track_caller]
pub(crate) fn block_isolated<S, F, Fut>(
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
    let process = process();
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
    let process = &*process();
    let (place, in_task) = locate();
    let site = Location::caller();
    in_async::check(process, place, in_task.is_some(), site, Origin::OURS);
    let _blocked = BlockedByCall::begin(process, place);
    let runtime = CallRuntime::Background;
    let here = CallHere {
        process,
        place,
        runtime,
        is_part: false,
        is_limited: false,
    };
    here.counted().run(None, site, make)
}

/// The context in which the body of a call runs, that of one of our runtimes, for sync code.
///
/// A guard, and not a fn that takes the code as a closure: the code is then called where the twin calls it, and one with
/// `#[track_caller]` learns who has called the twin.
#[must_use]
pub struct InContext {
    // In this order: the reverse of that in which they begin.
    _entered: Option<Entered<'static>>,
    _blocked: BlockedByCall<'static>,
    _in_task: Option<InTaskOf>,
    // What the others borrow from.
    _instead: Instead,
    _process: Present,
}

impl InContext {
    /// Until it is dropped, the calling thread is in that context.
    #[track_caller]
    #[inline]
    pub fn enter() -> Self {
        let (present, instead) = (process(), Instead::here());
        let (place, in_task) = locate();
        let (process, chosen_by): (*const Process, *const Instead) = (&*present, &instead);
        // SAFETY: only the lifetimes are extended. `present` keeps the process where it is, and `instead` its runtime, wherever
        // the two themselves are moved. What borrows from there goes into fields of the same value that are private,
        // never handed out, and dropped before they are.
        let (process, chosen): (&'static Process, ChosenRuntime<'static>) = unsafe {
            let chosen = (*chosen_by).of(place, ChosenRuntime::Ours(Flavor::Auto));
            (&*process, chosen)
        };
        let blocked = BlockedByCall::begin(process, place);
        let here = CallHere::new(process, place, chosen);
        InContext {
            _entered: here.enter(place),
            _blocked: blocked,
            _in_task: in_task,
            _instead: instead,
            _process: present,
        }
    }
}

/// Drops a value in a runtime's context, which tokio objects may need for that.
pub(crate) fn drop_in_context<T>(value: T) {
    drop_in_context_on(ChosenRuntime::Ours(Flavor::Auto), value);
}

/// Drops a value in the context of the runtime that `chosen` names.
pub(crate) fn drop_in_context_on<T>(chosen: ChosenRuntime<'_>, value: T) {
    // A drop must not panic because no runtime can be started: the value has lived without one, too.
    let process = &*process();
    let (place, _in_task) = locate();
    let _blocked = BlockedByCall::begin(process, place);
    let instead = Instead::here();
    let chosen = instead.of(place, chosen);
    let runtime = CallRuntime::choose(process, place, chosen).unwrap_or(CallRuntime::None);
    let here = CallHere {
        process,
        place,
        runtime,
        is_part: false,
        is_limited: false,
    };
    let _entered = here.enter(place);
    drop(value);
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

#[track_caller]
fn run_isolated<S, F, Fut>(
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
    let blocked_by_call = BlockedByCall::begin(process, place);
    // If its runtime cannot be started, panic here and not on the isolation thread.
    let instead = Instead::here();
    let chosen = instead.of(Place::Plain, choice.chosen());
    or_panic(CallRuntime::choose(process, Place::Plain, chosen));
    // Before a thread is leased: a value's `clone` may panic.
    let carried = match place {
        // Variables of the thread are gone, and a subscriber may need one.
        Place::ThreadExit => Carried::default(),
        _ => Carried::from_here(),
    };
    let lease = or_panic(process.isolation.lease(&process.starter));
    calls::count(place, Strategy::Isolated);
    let _listed = stall::begin(process, site, place, Strategy::Isolated, false, None);
    let watch = Watch::new(site, place, None, None);
    let blocked = BlockedRuntimes::of_this_thread();
    let caller = task_runtime();
    let is_limited = origin.is_limited(place) && !thread::panicking();
    let code = || {
        let _in_task = InTaskOf::of(caller);
        let _instead = instead.set_here();
        let place = Place::find();
        let chosen = instead.of(place, choice.chosen());
        let mut here = CallHere::new(process, place, chosen);
        here.is_part = true;
        here.is_limited = is_limited;
        here.run(None, site, || Carrying::to_build(carried, make))
    };
    let on_panic = |panic: &(dyn Any + Send)| report_crossing(panic, site);
    let wait = |job: &mut LentJob<'_>| {
        let mut wait = || job.wait(|parker| watch.park(parker));
        let is_done = place == Place::Worker && process.hand_off_core(&mut wait);
        while !is_done && !wait() {}
    };
    let output = or_panic(lease.run(blocked, wait, on_panic, code));
    drop(blocked_by_call);
    output
}

/// Says where a call was made whose panic leaves an isolation thread. The panic's message and backtrace are those of that
/// thread, and its payload is the user's.
fn report_crossing(panic: &(dyn Any + Send), site: &'static Location<'static>) {
    // A call that a shutdown ends unwinds too, and silently.
    if !panic.is::<EndedByShutdown>() {
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

/// A call that stays on its thread: where that is, and which runtime its future lives on.
#[derive(Clone, Copy)]
struct CallHere<'a> {
    process: &'a Process,
    place: Place,
    runtime: CallRuntime<'a>,
    /// Whether it is only the part of an isolated call that the isolation thread runs.
    is_part: bool,
    /// Whether the process's time limit is for it.
    is_limited: bool,
}

/// The runtime that a call's future lives on.
#[derive(Clone, Copy)]
enum CallRuntime<'a> {
    Home(&'a Home),
    Crew(&'a Crew),
    /// A runtime of the user's that the thread may drive.
    Drivable(&'a Handle, &'a dyn Drive),
    /// A runtime of the user's that others drive.
    Lent(&'a Handle),
    /// None: the future needs none, and waits for workers of ours.
    Background,
    /// None: the thread can no longer enter one.
    None,
}

impl<'a> CallRuntime<'a> {
    #[inline]
    fn choose(process: &'a Process, place: Place, chosen: ChosenRuntime<'a>) -> io::Result<Self> {
        let flavor = match chosen {
            _ if place == Place::ThreadExit => return Ok(CallRuntime::None),
            ChosenRuntime::Ours(flavor) => flavor.or(process.settings.flavor),
            ChosenRuntime::Lent { handle, drive } => {
                return Ok(match drive {
                    Some(drive) => CallRuntime::Drivable(handle, drive),
                    None => CallRuntime::Lent(handle),
                });
            }
        };
        let may_be_home = match (flavor, place) {
            (_, Place::DriverOfHome) | (Flavor::MultiThread, _) => false,
            (Flavor::CurrentThread, _) | (_, Place::Plain | Place::Nested) => true,
            (Flavor::Auto, _) => false,
        };
        if may_be_home {
            let home = process.home()?;
            if !home.is_held() {
                return Ok(CallRuntime::Home(home));
            }
        }
        process.crew().map(CallRuntime::Crew)
    }

    #[inline]
    fn handle(&self) -> Option<&'a Handle> {
        match *self {
            CallRuntime::Home(home) => Some(home.handle()),
            CallRuntime::Crew(crew) => Some(crew.handle()),
            CallRuntime::Drivable(handle, ..) | CallRuntime::Lent(handle) => Some(handle),
            CallRuntime::Background | CallRuntime::None => None,
        }
    }

    /// The user's runtime, if it is one.
    fn lent(&self) -> Option<&'a Handle> {
        match *self {
            CallRuntime::Drivable(handle, ..) | CallRuntime::Lent(handle) => Some(handle),
            _ => None,
        }
    }

    #[inline]
    fn strategy(&self) -> Strategy {
        match self {
            CallRuntime::Home(_) => Strategy::Home,
            CallRuntime::Crew(_) => Strategy::Crew,
            CallRuntime::Drivable(..) | CallRuntime::Lent(_) => Strategy::Lent,
            CallRuntime::Background => Strategy::Join,
            CallRuntime::None => Strategy::NoRuntime,
        }
    }

    fn watch(&self, site: &'static Location<'static>, place: Place) -> Watch<'a> {
        let workers = match *self {
            CallRuntime::Crew(crew) => Some(Workers::Crew(crew)),
            CallRuntime::Background => Some(Workers::Background),
            _ => None,
        };
        Watch::new(site, place, workers, EndWithRuntime::of(place))
    }

    /// Returns when `parker` is woken, or for no reason; false when a worker should be [handed over
    /// again](Watch::park).
    fn wait(&self, may: &Cell<MayDrive>, parker: &Parker, watch: &Watch<'_>) -> bool {
        watch.end_if_due();
        match self {
            CallRuntime::Home(home) => {
                watch.register_now(parker);
                home.wait(parker, may, watch.hand_off_again_at());
                let is_handed_over_again = watch.takes_hand_off();
                if is_handed_over_again {
                    // The wait may have ended because it was woken, and nobody polls before the next one.
                    parker.waker().wake_by_ref();
                }
                return !is_handed_over_again;
            }
            CallRuntime::Drivable(_, runtime) => {
                watch.register_now(parker);
                let mut drive = || {
                    let _driving = Driving::lent();
                    parker.drive(|woken| runtime.drive(pin!(woken)));
                };
                match may.get() {
                    MayDrive::Freely => drive(),
                    MayDrive::IfAllowed if try_block_in_place(&mut drive) => {}
                    MayDrive::IfAllowed => may.set(MayDrive::Never),
                    MayDrive::Never => return watch.park(parker),
                }
            }
            CallRuntime::Crew(crew) => {
                crew.check();
                return watch.park(parker);
            }
            _ => return watch.park(parker),
        }
        true
    }
}

/// Whether a call made in `place` may drive a runtime while it waits. A worker has handed its core off by then.
fn may_drive(place: Place) -> MayDrive {
    match place {
        Place::Plain => MayDrive::Freely,
        Place::Beside if is_in_second_block_on() => MayDrive::Never,
        Place::Nested | Place::Beside | Place::Worker => MayDrive::IfAllowed,
        Place::Driver | Place::NestedDriver | Place::DriverOfHome | Place::ThreadExit => {
            MayDrive::Never
        }
    }
}

/// Whether this thread, which is beside a runtime, is in a `block_on` of a current-thread runtime that another thread drives.
/// It cannot leave that: tokio panics.
fn is_in_second_block_on() -> bool {
    let is_current_thread = |runtime: Handle| runtime.runtime_flavor() == CurrentThread;
    Handle::try_current().is_ok_and(is_current_thread) && is_budgeted()
}

/// Notes what is blocked while a call is made in a place.
struct BlockedByCall<'a> {
    _held: Option<Held<'a>>,
    _blocked: Option<BlockedGuard>,
}

impl<'a> BlockedByCall<'a> {
    fn begin(process: &'a Process, place: Place) -> Self {
        let runtime = match place {
            Place::Driver => Handle::try_current().ok().map(|runtime| runtime.id()),
            Place::DriverOfHome => home_driven_here(),
            _ => None,
        };
        let home = match runtime {
            Some(home) if place == Place::DriverOfHome => process.home_by_id(home),
            _ => None,
        };
        BlockedByCall {
            _held: home.map(Held::begin),
            _blocked: runtime
                .map(|runtime| BlockedRuntimes::of_this_thread().with(runtime).set_here()),
        }
    }
}

impl<'a> CallHere<'a> {
    #[track_caller]
    #[inline]
    fn new(process: &'a Process, place: Place, chosen: ChosenRuntime<'a>) -> Self {
        CallHere {
            process,
            place,
            runtime: or_panic(CallRuntime::choose(process, place, chosen)),
            is_part: false,
            is_limited: false,
        }
    }

    /// The same call, with the process's time limit if that is for calls of `origin`.
    #[inline]
    fn limited(self, origin: &Origin) -> Self {
        CallHere {
            is_limited: origin.is_limited(self.place),
            ..self
        }
    }

    /// The same call, counted.
    #[inline]
    fn counted(self) -> Self {
        calls::count(self.place, self.runtime.strategy());
        self
    }

    /// Enters the runtime for one poll, on a thread that is in `place`.
    #[inline]
    fn enter(&self, place: Place) -> Option<Entered<'a>> {
        let runtime = self.runtime.handle()?;
        Some(Entered::begin(runtime, place))
    }

    /// Builds the call's future, polls it until it completes, and drops it, all in the context of its runtime. The waits in
    /// between are outside that context.
    #[inline]
    fn run<F, Fut>(
        self,
        probed: Option<&ProbedCall>,
        site: &'static Location<'static>,
        make: F,
    ) -> Fut::Output
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        if const { is_large::<Fut>() } {
            return self.run_pinned(probed, site, || Box::pin(make()));
        }
        self.run_pinned(probed, site, make)
    }

    #[inline]
    fn run_pinned<F, Fut>(
        self,
        probed: Option<&ProbedCall>,
        site: &'static Location<'static>,
        make: F,
    ) -> Fut::Output
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        let depth = fork::depth();
        let parker = Parker::lend();
        if let Some(probed) = probed {
            probed.watch(&parker);
        }
        let entered = self.enter(self.place);
        let mut future = pin!(Some(make()));
        let budget = probed.map_or(Budget::Fresh, |_| Budget::Unconstrained);
        let first = poll_once(parker.waker(), budget, |cx| {
            match future.as_mut().as_pin_mut() {
                Some(future) => future.poll(cx),
                None => unreachable!("it has just been built"),
            }
        });
        if let Poll::Ready(output) = first {
            future.set(None);
            if cfg!(debug_assertions) {
                self.look_at_clock();
            }
            return output;
        }
        drop(entered);
        self.wait_for(depth, probed, site, &parker, future)
    }

    /// Goes on after the first poll: waits until the future is ready.
    fn wait_for<Fut: Future>(
        self,
        depth: usize,
        probed: Option<&ProbedCall>,
        site: &'static Location<'static>,
        parker: &Parker,
        future: Pin<&mut Option<Fut>>,
    ) -> Fut::Output {
        let mut future = CallFuture { call: self, future };
        let mut output = None;
        self.wait(depth, probed, site, parker, &mut |cx| {
            future.poll(cx).map(|ready| output = Some(ready))
        });
        drop(future);
        output.unwrap_or_else(|| unreachable!("it has been waited for"))
    }

    /// Must be called at the end of a call, in the context of its runtime. In a release build a call that is ready at once
    /// does without: this takes longer than all the rest of it.
    fn look_at_clock(&self) {
        if let CallRuntime::Home(home) = self.runtime {
            home.replace_if_paused();
        }
    }

    /// The process's time limit begins, if there is one for this call.
    fn begin_limit(&self, site: &'static Location<'static>, waker: &Waker) -> Option<TimeLimit> {
        let limit = self
            .process
            .settings
            .time_limit
            .filter(|_| self.is_limited)?;
        if thread::panicking() {
            return None;
        }
        let runtime = match self.runtime {
            CallRuntime::Home(home) => home.handle(),
            CallRuntime::Crew(crew) => crew.handle(),
            // The user's may have no timers.
            _ => or_panic(self.process.crew()).handle(),
        };
        Some(TimeLimit::begin(limit, site, runtime, waker))
    }

    /// Goes on after the first poll: waits, and polls by `step`, until that is ready.
    fn wait(
        self,
        depth: usize,
        probed: Option<&ProbedCall>,
        site: &'static Location<'static>,
        parker: &Parker,
        step: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>,
    ) {
        hooks::refuse_wait(site);
        let watch = self.runtime.watch(site, self.place);
        let mut limit = self.begin_limit(site, parker.waker());
        let mut poll_in = |place: Place, waker: &Waker| {
            let _entered = self.enter(place);
            let budget = match place.is_driver() {
                true => Budget::Unconstrained,
                false => Budget::Fresh,
            };
            let step = |cx: &mut Context<'_>| {
                let output = step(cx);
                if let (Some(limit), Poll::Pending) = (&mut limit, output) {
                    limit.check(cx.waker());
                }
                output
            };
            let is_ready = poll_once(waker, budget, step).is_ready();
            if is_ready {
                self.look_at_clock();
            }
            is_ready
        };
        let may = Cell::new(match self.runtime {
            CallRuntime::Home(_) | CallRuntime::Drivable(..) => may_drive(self.place),
            _ => MayDrive::Never,
        });
        // Before anything is done about the wait: the worker that is handed over here would be the parent's.
        fork::check(depth);
        let runtime = &self.runtime;
        let listed = stall::begin(
            self.process,
            site,
            self.place,
            runtime.strategy(),
            self.is_part,
            runtime.lent(),
        );
        let wait = || {
            fork::check(depth);
            self.runtime.wait(&may, parker, &watch)
        };
        match (self.place, probed) {
            (Place::Worker, _) => {
                let handed_over = self.process.hand_off_core(&mut || {
                    loop {
                        if !wait() {
                            return false;
                        }
                        if poll_in(Place::Beside, parker.waker()) {
                            return true;
                        }
                    }
                });
                if !handed_over {
                    // It is a driver under the guard of a multi-thread runtime, or no other thread can take the core.
                    let poll = |waker: &Waker| poll_in(Place::NestedDriver, waker);
                    let park = || _ = wait();
                    ProbedCall::begin().poll_to_end(true, parker, poll, park, || {});
                }
            }
            (place, Some(probed)) => {
                let poll = |waker: &Waker| poll_in(place, waker);
                let on_lost = || stall::note_lost(self.process, &listed);
                probed.poll_to_end(false, parker, poll, || _ = wait(), on_lost);
            }
            (place, None) => {
                while {
                    wait();
                    !poll_in(place, parker.waker())
                } {}
            }
        }
    }
}

/// A call's future, which is dropped in the context of its runtime.
struct CallFuture<'a, Fut> {
    call: CallHere<'a>,
    future: Pin<&'a mut Option<Fut>>,
}

impl<Fut: Future> CallFuture<'_, Fut> {
    /// Polls the future, and drops it when it is ready. Must be called in the context of its runtime.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        let Some(future) = self.future.as_mut().as_pin_mut() else {
            unreachable!("it has been ready before");
        };
        let output = ready!(future.poll(cx));
        self.future.set(None);
        Poll::Ready(output)
    }
}

impl<Fut> Drop for CallFuture<'_, Fut> {
    fn drop(&mut self) {
        if self.future.is_some() {
            let _entered = self.call.enter(self.call.place);
            self.future.set(None);
        }
    }
}
