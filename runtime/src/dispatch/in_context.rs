//! Sync code in the context of one of our runtimes.

use super::call_here::{BlockedByCall, CallHere};
use super::call_runtime::CallRuntime;
use super::{locate, on_fiber};
use crate::context::Entered;
use crate::context::task_runtime::InTaskOf;
use crate::process::{Present, Process, process};
use crate::runtime_choice::ChosenRuntime;
use crate::runtime_choice::flavor::Flavor;
use crate::runtime_choice::instead::Instead;

/// The context in which the body of a call runs, that of one of our runtimes, for sync code.
///
/// A guard, and not a fn that takes the code as a closure: the code is then called where the twin calls it, and one with
/// `#[track_caller]` learns who has called the twin.
#[must_use]
pub struct InContext {
    // In this order: the reverse of that in which they begin.
    _entered: Option<Entered<'static>>,
    _blocked: Option<BlockedByCall<'static>>,
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
        if on_fiber::suspends() {
            // In that of the task, as all that lives in a fiber.
            return InContext {
                _entered: None,
                _blocked: None,
                _in_task: None,
                _instead: instead,
                _process: present,
            };
        }
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
            _blocked: Some(blocked),
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
    if matches!(chosen, ChosenRuntime::Ours(_)) && on_fiber::suspends() {
        return drop(value);
    }
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
        async_fn: None,
    };
    let _entered = here.enter(place);
    drop(value);
}
