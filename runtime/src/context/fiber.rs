//! The fiber that this thread runs, as code on its stack sees it: whether a wait may suspend it, and how it does.
//!
//! A fiber is sync code on a stack of its own. The root of that stack holds a [`Frame`], and a thread-local points to it while
//! the thread is at work on that stack. Only code on that stack sets and clears the pointer, on both sides of each switch, so
//! nesting comes out right by itself: whoever resumes a fiber is on a stack whose own frame, if it has one, is set then.
//!
//! Somebody else may switch stacks, too: a library of green threads that has been entered on the fiber's stack, or from whose
//! stack the fiber has been resumed. Then the thread is elsewhere while the pointer is still set, and must not switch from
//! there. So the stack pointer is compared with the bounds of the fiber's stack.
//!
//! A wait suspends the fiber only where the thread looks as it did when the fiber was resumed ([`Surroundings`]): what is
//! entered there is entered on this stack, and would stay so for everybody else on this thread. It is for
//! [`fiber`](mod@crate::fiber) to say what else a suspension means.

use super::ending::is_shielded;
use super::host::Host;
#[cfg(feature = "tracing")]
use super::spans::{Spans, current_span};
use super::{MARK, Mark};
use crate::forget_panic::forget_panic;
use corosensei::Yielder;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use std::arch::asm;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::ptr;
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use tokio::runtime::{Handle, Id, worker_index};
use tokio::task;

/// How often code may catch the end of a fiber that has been dropped. Then its stack stays as it is, for good.
const MAX_CATCHES: u32 = 100;

/// Where a fiber's stack lies.
pub(crate) type Bounds = Range<usize>;

/// What code on a fiber's stack is told when it is resumed.
pub(crate) struct Resumed {
    /// Wakes the task that polls the fiber, if it is not the one before.
    pub(crate) waker: Option<Waker>,
    /// Where it is resumed.
    pub(crate) surroundings: Surroundings,
    /// The fiber has been dropped: it is to unwind.
    pub(crate) is_dropped: bool,
}

/// Why code on a fiber's stack has stopped.
pub(crate) enum Suspended {
    /// It waits to be woken.
    Waiting,
    /// It has been told to unwind too often, and is not to be resumed any more.
    GivenUp,
}

/// The payload with which a fiber unwinds that has been dropped. As long as it is there, the fiber unwinds.
pub(crate) struct Dropped {
    _unwinding: Arc<()>,
}

/// A waker of the task that polls a fiber. What its end does is the user's, and its panic is nobody's business: the last one may
/// end while the fiber unwinds.
#[derive(Clone)]
struct LaterWaker(Option<Rc<Waker>>);

impl Drop for LaterWaker {
    #[inline]
    fn drop(&mut self) {
        if let Some(waker) = self.0.take().and_then(Rc::into_inner) {
            forget_panic(|| drop(waker));
        }
    }
}

/// What tells whether something has been entered: the runtime, the task, how many calls have entered a runtime, and whether calls
/// are kept from being ended from outside, as a suspended one could be; also whether a scheduler is at work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Surroundings {
    runtime: Option<Id>,
    task: Option<task::Id>,
    depth: u32,
    is_shielded: bool,
    is_scheduled: bool,
}

impl Surroundings {
    #[inline]
    pub(crate) fn here() -> Self {
        let runtime = Handle::try_current().ok();
        Surroundings {
            runtime: runtime.map(|runtime| runtime.id()),
            task: task::try_id(),
            depth: depth(),
            is_shielded: is_shielded(),
            is_scheduled: is_scheduled(),
        }
    }

    /// The same for a fiber that had these when it was resumed before, which takes half the time in the same task, and where a
    /// scheduler runs a main future: `is_same_waker` says that whoever polls has the waker of before.
    ///
    /// Only the runtime is taken for granted then. If it is another one nevertheless, since a set of futures has been moved from
    /// the main future of one current-thread runtime to that of another one, calls block.
    #[inline]
    pub(crate) fn again(self, is_same_waker: bool) -> Self {
        let task = task::try_id();
        let is_same = match task {
            Some(_) => self.task == task,
            None => is_same_waker && self.task.is_none() && self.is_scheduled && is_scheduled(),
        };
        if !is_same {
            return Surroundings::here();
        }
        Surroundings {
            depth: depth(),
            is_shielded: is_shielded(),
            ..self
        }
    }

    /// Whether a runtime of tokio's is there.
    #[inline]
    pub(crate) fn has_runtime(self) -> bool {
        self.runtime.is_some()
    }
}

/// Whether a scheduler is at work on this thread.
#[inline]
fn is_scheduled() -> bool {
    worker_index().is_some()
}

#[inline]
fn depth() -> u32 {
    MARK.try_with(Cell::get).unwrap_or(Mark::NONE).depth
}

/// What the root of a fiber's stack keeps.
struct Frame<'a> {
    yielder: &'a Yielder<Resumed, Suspended>,
    stack: Bounds,
    /// Of the task that has resumed the fiber first.
    first_waker: Waker,
    /// Of the one that has done so last, if that is another one. A call may be in the middle of a poll with the one before.
    later_waker: RefCell<LaterWaker>,
    /// Where that was.
    surroundings: Cell<Surroundings>,
    /// How often the fiber has been resumed.
    resumptions: Cell<u64>,
    /// The span that is the current one there.
    #[cfg(feature = "tracing")]
    span: Cell<Option<tracing::Id>>,
    is_dropped: Cell<bool>,
    /// By a thread that was unwinding, so that what the code does cannot be told from what the thread does.
    is_dropped_by_panic: Cell<bool>,
    /// How often that has been thrown.
    unwound: Cell<u32>,
    /// Lives as long as what has been thrown last.
    unwinding: RefCell<Weak<()>>,
    /// The frame of the stack from which this one has been resumed, and who polls for that.
    outer: Cell<(*const Frame<'static>, Host)>,
}

thread_local! {
    /// The frame of the stack that the thread is at work on.
    static CURRENT: Cell<*const Frame<'static>> = const { Cell::new(ptr::null()) };
}

/// Runs `code` as that of a fiber, at the root of whose stack this is called.
pub(crate) fn run<T>(
    stack: Bounds,
    yielder: &Yielder<Resumed, Suspended>,
    first: Resumed,
    code: impl FnOnce() -> T,
) -> thread::Result<T> {
    let frame = Frame {
        yielder,
        stack,
        first_waker: first.waker.unwrap_or_else(|| Waker::noop().clone()),
        later_waker: RefCell::new(LaterWaker(None)),
        surroundings: Cell::new(first.surroundings),
        resumptions: Cell::new(0),
        #[cfg(feature = "tracing")]
        span: Cell::new(None),
        is_dropped: Cell::new(first.is_dropped),
        is_dropped_by_panic: Cell::new(false),
        unwound: Cell::new(0),
        unwinding: RefCell::new(Weak::new()),
        outer: Cell::new((ptr::null(), Host::Nobody)),
    };
    frame.arrive();
    // What may panic here, where nobody below could catch it, is caught: a subscriber is code of the user's, and so is the end of
    // a waker.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if first.is_dropped {
            frame.drop_unused(code);
        }
        #[cfg(feature = "tracing")]
        frame.span.set(current_span());
        code()
    }));
    frame.depart();
    let wakers = (frame.first_waker, frame.later_waker);
    forget_panic(|| drop(wakers));
    outcome
}

/// Where the stack is that this runs on. Not the address of a variable: AddressSanitizer keeps those elsewhere.
#[inline(always)]
fn stack_pointer() -> usize {
    let pointer: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it copies a register into another.
    unsafe {
        asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: it copies a register into another.
    unsafe {
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let here = 0_u8;
        pointer = ptr::from_ref(std::hint::black_box(&here)).addr();
    }
    pointer
}

/// Calls `look` with the frame of the stack that this runs on, if it is that of a fiber.
#[inline]
fn with_frame<T>(look: impl FnOnce(&Frame<'_>) -> T) -> Option<T> {
    let frame = CURRENT.get();
    if frame.is_null() {
        return None;
    }
    // SAFETY: `CURRENT` points to a frame only while this thread is at work on the stack at whose root that frame is, or on one
    // to which a stranger has switched from there: `arrive` sets it there, and `depart` takes the frame out before that stack is
    // left, be it for a while or for good. So the root has not returned, and the frame is there. (A stranger that switches in the
    // middle of a stack may not free that, or go on with it on another thread: what is on it borrows from it and from the thread.)
    let frame = unsafe { &*frame };
    // It stays there as long as `look` runs if that is on the same stack, also if it suspends the fiber: the root
    // cannot return before `look` has, and a stack on which something is left to run is never freed. What `look` returns
    // cannot borrow from the frame, since `look` takes one of any lifetime.
    frame.stack.contains(&stack_pointer()).then(|| look(frame))
}

/// Whether a call here, whose [host](Host) is a fiber, is to suspend that instead of blocking the thread.
///
/// While the thread unwinds it is not: suspended, `panicking` would hold for everybody else on the thread. But if the fiber has been
/// dropped by a thread that unwinds, and its code has caught its own end, then that [is thrown](unwind_if_dropped) again.
pub(crate) fn may_suspend() -> bool {
    let is_as_resumed = |frame: &Frame<'_>| {
        let is_same = frame.surroundings.get() == Surroundings::here();
        is_same && (!thread::panicking() || frame.has_caught())
    };
    with_frame(is_as_resumed) == Some(true)
}

/// Polls `future` to its end, and suspends the fiber in between. Must be called where that [may be done](may_suspend), and after
/// [`unwind_if_dropped`].
/// What `suspending` returns before each suspension is dropped after it.
#[inline]
pub(crate) fn wait<Fut: Future, A>(
    future: Pin<&mut Fut>,
    suspending: impl FnMut() -> A,
) -> Fut::Output {
    match with_frame(|frame| frame.wait(future, suspending)) {
        Some(output) => output,
        None => unreachable!("this is no fiber"),
    }
}

/// Unwinds if the fiber that this is has been dropped, and the code has gone on nevertheless.
#[inline]
pub(crate) fn unwind_if_dropped() {
    let _ = with_frame(|frame| frame.unwind_if_dropped());
}

/// Runs `code`, whose calls block the thread also in a fiber.
pub(crate) fn without<T>(code: impl FnOnce() -> T) -> T {
    let _nobody = (Host::here() == Host::Fiber).then(|| Host::Nobody.set_here());
    code()
}

impl Frame<'_> {
    /// The thread comes to this stack.
    #[inline]
    fn arrive(&self) {
        let frame = CURRENT.replace(ptr::from_ref(self).cast());
        self.outer.set((frame, Host::Fiber.replace_here()));
    }

    /// The thread leaves this stack.
    #[inline]
    fn depart(&self) {
        if !ptr::eq(CURRENT.get(), ptr::from_ref(self).cast()) {
            return self.depart_from_below();
        }
        let (frame, host) = self.outer.get();
        CURRENT.set(frame);
        host.replace_here();
    }

    /// Another fiber that this thread has come to since has not been left: a stranger has switched stacks. That fiber must not
    /// come back to this one.
    #[cold]
    fn depart_from_below(&self) {
        let mut above = CURRENT.get();
        while !above.is_null() {
            // SAFETY: all frames that can be reached from `CURRENT` are there: each is taken out before its root returns, by the
            // fn above if it is the first one, and else here.
            let frame = unsafe { &*above };
            let (next, _) = frame.outer.get();
            if ptr::eq(next, ptr::from_ref(self).cast()) {
                return frame.outer.set(self.outer.get());
            }
            above = next;
        }
    }

    /// Each poll has a waker that is its own and stays for as long as it lasts: a call inside the future may suspend the
    /// fiber in the middle of the poll. Then another task may have gone on with it, and the future may have kept a waker of
    /// the first one: it is polled again with the present one.
    #[inline]
    fn wait<Fut: Future, A>(
        &self,
        mut future: Pin<&mut Fut>,
        mut suspending: impl FnMut() -> A,
    ) -> Fut::Output {
        loop {
            let later = self.later_waker.borrow().clone();
            let waker = later.0.as_deref().unwrap_or(&self.first_waker);
            let resumptions = self.resumptions.get();
            let polled = future.as_mut().poll(&mut Context::from_waker(waker));
            if let Poll::Ready(output) = polled {
                return output;
            }
            if self.resumptions.get() == resumptions {
                // The future may have caught it, in a call of its own.
                self.unwind_if_dropped();
                let _aside = suspending();
                self.suspend();
            }
        }
    }

    #[inline]
    fn suspend(&self) {
        #[cfg(feature = "tracing")]
        let spans = Spans::leave(self.span.take().as_ref());
        self.depart();
        let resumed = self.yielder.suspend(Suspended::Waiting);
        self.arrive();
        // Subscribers and wakers are code of the user's, which may panic: not before all is noted.
        let _before = self.note(resumed);
        #[cfg(feature = "tracing")]
        {
            self.span.set(current_span());
            spans.enter_again();
        }
        self.unwind_if_dropped();
    }

    /// Returns the waker that is not needed any more.
    #[inline]
    fn note(&self, resumed: Resumed) -> LaterWaker {
        self.resumptions.set(self.resumptions.get() + 1);
        self.is_dropped.set(resumed.is_dropped);
        self.is_dropped_by_panic
            .set(resumed.is_dropped && thread::panicking());
        self.surroundings.set(resumed.surroundings);
        match resumed.waker {
            Some(waker) => self.later_waker.replace(LaterWaker(Some(Rc::new(waker)))),
            None => LaterWaker(None),
        }
    }

    /// Whether a thread that was unwinding has dropped the fiber, whose code has caught its own end and let go of what it has caught.
    #[cold]
    fn has_caught(&self) -> bool {
        self.is_dropped_by_panic.get() && self.unwinding.borrow().strong_count() == 0
    }

    #[inline]
    fn unwind_if_dropped(&self) {
        if self.is_dropped.get() {
            self.unwind();
        }
    }

    /// The fiber has been dropped before its code could begin.
    #[cold]
    fn drop_unused(&self, code: impl Sized) -> ! {
        without(|| drop(code));
        self.unwind()
    }

    #[cold]
    fn unwind(&self) -> ! {
        self.unwound.set(self.unwound.get() + 1);
        if self.unwound.get() <= MAX_CATCHES {
            let unwinding = Arc::new(());
            self.unwinding.replace(Arc::downgrade(&unwinding));
            resume_unwind(Box::new(Dropped {
                _unwinding: unwinding,
            }));
        }
        // Whatever this frame holds stays for good.
        drop(self.unwinding.take());
        #[cfg(feature = "tracing")]
        forget_panic(|| drop(Spans::leave(self.span.take().as_ref())));
        self.depart();
        loop {
            let _ = self.yielder.suspend(Suspended::GivenUp);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CURRENT, Resumed, Surroundings, Suspended, may_suspend, run, with_frame};
    use crate::context::host::Host;
    use corosensei::stack::{DefaultStack, Stack};
    use corosensei::{Coroutine, CoroutineResult};
    use std::thread;

    fn resumed() -> Resumed {
        Resumed {
            waker: None,
            surroundings: Surroundings::here(),
            is_dropped: false,
        }
    }

    /// A fiber whose stack is left in the middle by somebody who knows nothing of fibers.
    fn left_by_a_stranger() -> Coroutine<Resumed, Suspended, ()> {
        Coroutine::new(|yielder, first| {
            let everywhere = 0..usize::MAX;
            let outcome = run(everywhere, yielder, first, || {
                let _ = yielder.suspend(Suspended::Waiting);
            });
            assert!(outcome.is_ok());
        })
    }

    /// A stack to which the code of a fiber switches by itself is not the fiber's, which could not be suspended from there.
    #[test]
    fn a_stack_of_a_stranger_is_none_of_a_fiber() {
        let stack = DefaultStack::new(1 << 20).expect("a stack");
        let bounds = stack.limit().get()..stack.base().get();
        let mut fiber = Coroutine::with_stack(stack, move |yielder, first| {
            run(bounds, yielder, first, || {
                assert!(may_suspend());
                let mut stranger = Coroutine::<(), (), ()>::new(|yielder, ()| {
                    assert!(!CURRENT.get().is_null());
                    assert!(with_frame(|_| ()).is_none());
                    assert!(!may_suspend());
                    yielder.suspend(());
                    assert!(!may_suspend());
                });
                while stranger.resume(()).as_yield().is_some() {
                    assert!(may_suspend());
                }
            })
        });
        match fiber.resume(resumed()) {
            CoroutineResult::Return(outcome) => assert!(outcome.is_ok()),
            CoroutineResult::Yield(_) => panic!("it does not wait"),
        }
        assert!(with_frame(|_| ()).is_none());
        thread::spawn(|| assert!(with_frame(|_| ()).is_none()))
            .join()
            .expect("no fiber there");
    }

    #[test]
    fn fibers_that_strangers_leave_may_end_in_any_order() {
        for order in [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ] {
            let mut fibers = [(); 3].map(|()| left_by_a_stranger());
            for fiber in &mut fibers {
                assert!(matches!(fiber.resume(resumed()), CoroutineResult::Yield(_)));
                assert!(!CURRENT.get().is_null());
            }
            for index in order {
                let ended = fibers[index].resume(resumed());
                assert!(matches!(ended, CoroutineResult::Return(())));
            }
            assert!(CURRENT.get().is_null(), "{order:?}");
            assert_eq!(Host::here(), Host::Nobody, "{order:?}");
        }
    }
}
