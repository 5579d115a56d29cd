//! A call that stays on its thread: polls, and the waits in between.

use super::call_runtime::{CallRuntime, may_drive};
use super::in_async::Origin;
use super::time_limit::TimeLimit;
use crate::calls;
use crate::context::blocked::{BlockedGuard, BlockedRuntimes};
use crate::context::{Entered, Place, home_driven_here};
use crate::fork;
use crate::hooks;
use crate::park::parker::Parker;
use crate::poll::probe::ProbedCall;
use crate::poll::{Budget, is_large, poll_once};
use crate::process::Process;
use crate::runtime_choice::ChosenRuntime;
use crate::runtimes::home::{Held, MayDrive};
use crate::stall;
use crate::start_once::or_panic;
use std::cell::Cell;
use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::thread;
use tokio::runtime::Handle;

/// A call that stays on its thread: where that is, and which runtime its future lives on.
#[derive(Clone, Copy)]
pub(super) struct CallHere<'a> {
    pub(super) process: &'a Process,
    pub(super) place: Place,
    pub(super) runtime: CallRuntime<'a>,
    /// Whether it is only the part of an isolated call that the isolation thread runs.
    pub(super) is_part: bool,
    /// Whether the process's time limit is for it.
    pub(super) is_limited: bool,
    /// What it waits for, as far as it is known.
    pub(super) async_fn: Option<&'static str>,
}

impl<'a> CallHere<'a> {
    #[track_caller]
    #[inline]
    pub(super) fn new(process: &'a Process, place: Place, chosen: ChosenRuntime<'a>) -> Self {
        CallHere {
            process,
            place,
            runtime: or_panic(CallRuntime::choose(process, place, chosen)),
            is_part: false,
            is_limited: false,
            async_fn: None,
        }
    }

    /// The same call, as one of `origin`: with the process's time limit, if that is for it.
    #[inline]
    pub(super) fn of(self, origin: &Origin) -> Self {
        CallHere {
            is_limited: origin.is_limited(self.place),
            async_fn: origin.async_fn(),
            ..self
        }
    }

    /// The same call, counted.
    #[inline]
    pub(super) fn counted(self) -> Self {
        calls::count(self.place, self.runtime.strategy());
        self
    }

    /// Enters the runtime for one poll, on a thread that is in `place`.
    #[inline]
    pub(super) fn enter(&self, place: Place) -> Option<Entered<'a>> {
        let runtime = self.runtime.handle()?;
        Some(Entered::begin(runtime, place))
    }

    /// Builds the call's future, polls it until it completes, and drops it, all in the context of its runtime. The waits in
    /// between are outside that context.
    #[inline]
    pub(super) fn run<F, Fut>(
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
    pub(super) fn run_pinned<F, Fut>(
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
    pub(super) fn wait_for<Fut: Future>(
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
    pub(super) fn look_at_clock(&self) {
        if let CallRuntime::Home(home) = self.runtime {
            home.replace_if_paused();
        }
    }

    /// The process's time limit begins, if there is one for this call.
    pub(super) fn begin_limit(
        &self,
        site: &'static Location<'static>,
        waker: &Waker,
    ) -> Option<TimeLimit> {
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
    pub(super) fn wait(
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
            self.async_fn,
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

/// Notes what is blocked while a call is made in a place.
pub(super) struct BlockedByCall<'a> {
    _held: Option<Held<'a>>,
    _blocked: Option<BlockedGuard>,
}

impl<'a> BlockedByCall<'a> {
    pub(super) fn begin(process: &'a Process, place: Place) -> Self {
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
