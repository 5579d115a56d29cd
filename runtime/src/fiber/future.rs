//! The future that runs a fiber.

use super::stack::{self, FiberStack};
use crate::context::fiber::{self as frame, Dropped, Resumed, Surroundings, Suspended};
use crate::context::{Entered, Place};
use crate::process::process;
use crate::start_once::or_panic;
use corosensei::stack::Stack;
use corosensei::{Coroutine, CoroutineResult};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread;

/// Sync code that runs on a stack of its own, inside the task that awaits it. [`fiber`](super::fiber()) returns it.
///
/// It is not `Send`: a stack cannot go on on another thread. Dropped before its end, it unwinds its stack.
#[must_use = "nothing runs before it is awaited"]
pub struct Fiber<F, T> {
    // The first field: rustc names it when it says why this is not `Send`.
    stays: PhantomData<Rc<UseSpawnLocalOrToFiberOrToThread>>,
    state: State<F, T>,
    made_at: &'static Location<'static>,
}

/// What rustc says that cannot be sent.
struct UseSpawnLocalOrToFiberOrToThread;

enum State<F, T> {
    New(F),
    Begun(Begun<T>),
    Over,
}

/// A fiber that has a stack.
struct Begun<T> {
    coroutine: Coroutine<Resumed, Suspended, thread::Result<T>, FiberStack>,
    /// That of the task that has polled it last.
    waker: Rc<Waker>,
    /// Where that was.
    surroundings: Surroundings,
}

// The code is moved to its stack, and nothing else is pinned.
impl<F, T> Unpin for Fiber<F, T> {}

impl<F, T> Fiber<F, T> {
    pub(super) fn new(code: F, made_at: &'static Location<'static>) -> Self {
        Fiber {
            stays: PhantomData,
            state: State::New(code),
            made_at,
        }
    }
}

impl<F, T> Future for Fiber<F, T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        if let State::New(_) = self.state {
            self.begin(cx.waker());
        }
        let State::Begun(begun) = &mut self.state else {
            panic!("a fiber was polled after its end");
        };
        let waker = (!begun.waker.will_wake(cx.waker())).then(|| {
            // Not in its place: a call may be in the middle of a poll with it.
            begun.waker = Rc::new(cx.waker().clone());
            Rc::clone(&begun.waker)
        });
        match begun.run(waker, false) {
            CoroutineResult::Yield(_) => Poll::Pending,
            CoroutineResult::Return(outcome) => {
                self.end();
                match outcome {
                    Ok(output) => Poll::Ready(output),
                    Err(panic) => resume_unwind(panic),
                }
            }
        }
    }
}

impl<F, T> Fiber<F, T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    /// Gives the code a stack.
    ///
    /// # Panics
    ///
    /// If there is none. The next poll tries again.
    fn begin(&mut self, waker: &Waker) {
        let made_at = self.made_at;
        assert!(
            !stack::is_thread_ending(),
            "the fiber made at {made_at} cannot begin on a thread that is ending"
        );
        let stack = match stack::take(|| process().settings.fiber_stack_size) {
            Ok(stack) => stack,
            Err(error) => panic!("the fiber made at {made_at} cannot have a stack: {error}"),
        };
        let State::New(code) = mem::replace(&mut self.state, State::Over) else {
            unreachable!("it has just been new");
        };
        let bounds = stack.limit().get()..stack.base().get();
        let waker = Rc::new(waker.clone());
        let first_waker = Rc::clone(&waker);
        let coroutine = Coroutine::with_stack(stack, move |yielder, first| {
            frame::run(bounds, yielder, first_waker, first, code)
        });
        self.state = State::Begun(Begun {
            coroutine,
            waker,
            surroundings: Surroundings::here(),
        });
    }
}

impl<F, T> Fiber<F, T> {
    /// The code has returned: its stack is for others.
    fn end(&mut self) {
        if let State::Begun(begun) = mem::replace(&mut self.state, State::Over) {
            stack::give_back(begun.coroutine.into_stack());
        }
    }
}

impl<T> Begun<T> {
    /// Runs the code until it is suspended or returns.
    ///
    /// Outside tokio it is in the context of the crew meanwhile. That is entered on this stack and not on the code's, and so
    /// is never in force for anybody else.
    fn run(
        &mut self,
        waker: Option<Rc<Waker>>,
        is_dropped: bool,
    ) -> CoroutineResult<Suspended, thread::Result<T>> {
        self.surroundings = self.surroundings.again(waker.is_none());
        if self.surroundings.has_runtime() {
            return self.resume(waker, is_dropped);
        }
        let process = process();
        let crew = match process.crew() {
            // A destructor's panic might end the process.
            Err(_) if is_dropped => return self.resume(waker, is_dropped),
            crew => or_panic(crew),
        };
        let _entered = Entered::begin(crew.handle(), Place::Plain);
        self.surroundings = Surroundings::here();
        self.resume(waker, is_dropped)
    }

    #[inline]
    fn resume(
        &mut self,
        waker: Option<Rc<Waker>>,
        is_dropped: bool,
    ) -> CoroutineResult<Suspended, thread::Result<T>> {
        self.coroutine.resume(Resumed {
            waker,
            surroundings: self.surroundings,
            is_dropped,
        })
    }
}

impl<F, T> Drop for Fiber<F, T> {
    fn drop(&mut self) {
        if let State::Begun(begun) = mem::replace(&mut self.state, State::Over) {
            unwind(begun, self.made_at);
        }
    }
}

/// Unwinds the stack of a fiber that has been dropped before its end.
///
/// Where that cannot be done, the stack stays mapped, as it is, with all that is on it. Nothing on it borrows from
/// elsewhere, but for what [`fiber`](super::fiber()) says must not be held, and others may borrow from it.
fn unwind<T>(mut begun: Begun<T>, made_at: &'static Location<'static>) {
    // At the end of a thread, what the code refers to may be gone.
    if cfg!(panic = "abort") || stack::is_thread_ending() {
        return leave(begun);
    }
    match begun.run(None, true) {
        CoroutineResult::Return(outcome) => {
            stack::give_back(begun.coroutine.into_stack());
            match outcome {
                Ok(output) => drop(output),
                Err(panic) if panic.is::<Dropped>() => {}
                // Another of the code's. Here it would end the process.
                Err(panic) if thread::panicking() => drop(panic),
                Err(panic) => resume_unwind(panic),
            }
        }
        CoroutineResult::Yield(_) => {
            leave(begun);
            process().reports.report_once(
                made_at,
                &format!(
                    "the fiber made at {made_at} has been dropped, but its code catches every panic, also the one that \
                     is to end it; its stack stays as it is, with all that is on it"
                ),
            );
        }
    }
}

fn leave<T>(begun: Begun<T>) {
    mem::forget(begun.coroutine);
    stack::left_for_good();
}

impl<F, T> fmt::Debug for Fiber<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::New(_) => "new",
            State::Begun(_) => "suspended",
            State::Over => "over",
        };
        f.debug_struct("Fiber")
            .field("made_at", &format_args!("{}", self.made_at))
            .field("state", &state)
            .finish()
    }
}
