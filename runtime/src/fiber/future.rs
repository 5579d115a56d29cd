//! The future that runs a fiber.

use crate::context::fiber::{self as frame, Dropped, Resumed, Surroundings, Suspended};
use crate::context::{Entered, Place};
use crate::forget_panic::forget_panic;
use crate::process::process;
use crate::runtimes::fiber_stacks::{self as stack, FiberStack};
use crate::start_once::or_panic;
use corosensei::stack::Stack;
use corosensei::{Coroutine, CoroutineResult};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::ptr;
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

/// A fiber that has a stack. Dropped before its code has returned, it leaves the stack as it is, for good, with all that is on it.
/// Nothing on it borrows from elsewhere, but for what [`fiber`](super::fiber()) says must not be held, and others may borrow from
/// it.
struct Begun<T> {
    /// `None` when the code has returned.
    coroutine: Option<Code<T>>,
    /// Of the task whose waker the code has.
    polled_by: WakerParts,
    /// Where that was.
    surroundings: Surroundings,
    made_at: &'static Location<'static>,
}

/// What two wakers have in common that wake the same task. (Not asked by `will_wake` of a clone: the functions of a clone may
/// lie elsewhere than those of the waker that has been cloned, and be the same.)
#[derive(PartialEq, Eq)]
struct WakerParts {
    // Addresses, and no pointers: else rustc would name them, too, when it says why a fiber cannot be sent.
    data: usize,
    vtable: usize,
}

impl WakerParts {
    /// Of no waker.
    const NONE: Self = WakerParts { data: 0, vtable: 0 };

    #[inline]
    fn of(waker: &Waker) -> Self {
        WakerParts {
            data: waker.data().addr(),
            vtable: ptr::from_ref(waker.vtable()).addr(),
        }
    }

    /// Of a waker, from here on by a clone that is kept. If that is for other data, the next waker with this data may be another's.
    #[inline]
    fn of_cloned(waker: &Waker, clone: &Waker) -> Self {
        WakerParts::of(match ptr::eq(waker.data(), clone.data()) {
            true => waker,
            false => clone,
        })
    }
}

/// How many bytes code may have, or be aligned to, that is moved to its stack as it is. corosensei refuses more than twice as many.
const MAX_MOVED: usize = 512;

const fn is_moved_as_it_is<F>() -> bool {
    size_of::<F>() <= MAX_MOVED && align_of::<F>() <= MAX_MOVED
}

type Code<T> = Coroutine<Resumed, Suspended, thread::Result<T>, FiberStack>;
type Ran<T> = CoroutineResult<Suspended, thread::Result<T>>;

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

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        if stack::is_thread_ending() {
            panic_at_thread_exit(this.made_at);
        }
        let ran = match &mut this.state {
            State::New(_) => this.begin(cx.waker()),
            State::Begun(begun) => begun.go_on(Some(cx.waker())),
            State::Over => panic!("a fiber was polled after its end"),
        };
        match ran {
            CoroutineResult::Yield(_) => Poll::Pending,
            CoroutineResult::Return(outcome) => match this.end(outcome) {
                Ok(output) => Poll::Ready(output),
                Err(panic) => resume_unwind(panic),
            },
        }
    }
}

/// The code of a fiber, on a stack. It has not begun.
#[inline]
fn on_stack<F, T>(stack: FiberStack, code: F) -> Code<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    let bounds = stack.limit().get()..stack.base().get();
    Coroutine::with_stack(stack, move |yielder, first| {
        frame::run(bounds, yielder, first, code)
    })
}

/// What the code refers to may be gone.
#[cold]
fn panic_at_thread_exit(made_at: &'static Location<'static>) -> ! {
    panic!("the fiber made at {made_at} cannot run on a thread that is ending")
}

impl<F, T> Fiber<F, T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    /// Gives the code a stack, and runs it until it is suspended or returns.
    ///
    /// # Panics
    ///
    /// If there is none. The next poll tries again.
    #[inline]
    fn begin(&mut self, waker: &Waker) -> Ran<T> {
        let made_at = self.made_at;
        let stack = match stack::take(|| process().settings.fiber_stack_size) {
            Ok(stack) => stack,
            Err(error) => panic!("the fiber made at {made_at} cannot have a stack: {error}"),
        };
        let State::New(code) = mem::replace(&mut self.state, State::Over) else {
            unreachable!("it has just been new");
        };
        let coroutine = match const { is_moved_as_it_is::<F>() } {
            true => on_stack(stack, code),
            false => on_stack(stack, Box::new(code)),
        };
        self.state = State::Begun(Begun {
            coroutine: Some(coroutine),
            polled_by: WakerParts::NONE,
            surroundings: Surroundings::here(),
            made_at,
        });
        match &mut self.state {
            State::Begun(begun) => begun.run(Some(waker), false),
            _ => unreachable!("it has just begun"),
        }
    }
}

impl<F, T> Fiber<F, T> {
    /// The code has returned: its stack is for others.
    #[inline]
    fn end(&mut self, outcome: thread::Result<T>) -> thread::Result<T> {
        if let State::Begun(begun) = mem::replace(&mut self.state, State::Over) {
            begun.give_back();
        }
        outcome
    }
}

impl<T> Begun<T> {
    /// Runs the code from where it is suspended until it is so again or returns. Without a `waker`, the fiber has been dropped, and
    /// is to unwind.
    #[inline]
    fn go_on(&mut self, waker: Option<&Waker>) -> Ran<T> {
        let new_waker = waker.filter(|waker| WakerParts::of(waker) != self.polled_by);
        self.surroundings = self.surroundings.again(new_waker.is_none());
        self.run(new_waker, waker.is_none())
    }

    /// Outside tokio the code is in the context of the crew meanwhile. That is entered on this stack and not on the code's, and
    /// so is never in force for anybody else.
    #[inline]
    fn run(&mut self, new_waker: Option<&Waker>, is_dropped: bool) -> Ran<T> {
        match self.surroundings.has_runtime() {
            true => self.resume(new_waker, is_dropped),
            false => self.run_in_crew(new_waker, is_dropped),
        }
    }

    #[inline(never)]
    fn run_in_crew(&mut self, new_waker: Option<&Waker>, is_dropped: bool) -> Ran<T> {
        let process = process();
        let crew = match process.crew() {
            // A destructor's panic might end the process.
            Err(_) if is_dropped => return self.resume(new_waker, is_dropped),
            crew => or_panic(crew),
        };
        if Place::find() == Place::ThreadExit {
            panic_at_thread_exit(self.made_at);
        }
        let entered = Entered::begin(crew.handle(), Place::Plain);
        self.surroundings = Surroundings::here();
        let ran = self.resume(new_waker, is_dropped);
        // tokio panics if the code, which is suspended, has entered the crew itself. Then this thread stays in it.
        forget_panic(|| drop(entered));
        ran
    }

    #[inline]
    fn resume(&mut self, new_waker: Option<&Waker>, is_dropped: bool) -> Ran<T> {
        let waker = new_waker.cloned();
        if let (Some(new), Some(clone)) = (new_waker, &waker) {
            self.polled_by = WakerParts::of_cloned(new, clone);
        }
        let Some(coroutine) = &mut self.coroutine else {
            unreachable!("its code has not returned");
        };
        coroutine.resume(Resumed {
            waker,
            surroundings: self.surroundings,
            is_dropped,
        })
    }

    /// The code has returned.
    #[inline]
    fn give_back(mut self) {
        if let Some(code) = self.coroutine.take() {
            stack::give_back(code.into_stack());
        }
    }
}

impl<T> Drop for Begun<T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(code) = self.coroutine.take() {
            mem::forget(code);
        }
    }
}

impl<F, T> Drop for Fiber<F, T> {
    #[inline]
    fn drop(&mut self) {
        if let State::Begun(begun) = mem::replace(&mut self.state, State::Over) {
            unwind(begun, self.made_at);
        }
    }
}

/// Unwinds the stack of a fiber that has been dropped before its end. Where that cannot be done, the stack is left.
fn unwind<T>(mut begun: Begun<T>, made_at: &'static Location<'static>) {
    // At the end of a thread, what the code refers to may be gone.
    if stack::is_thread_ending() || Place::find() == Place::ThreadExit {
        return;
    }
    if cfg!(panic = "abort") {
        return process().reports.report_once(
            made_at,
            &format!(
                "the fiber made at {made_at} has been dropped before its end, and with `panic = \"abort\"` its code cannot \
                 unwind; its stack stays as it is, with all that is on it"
            ),
        );
    }
    match begun.go_on(None) {
        CoroutineResult::Return(outcome) => {
            begun.give_back();
            match outcome {
                Err(panic) if panic.is::<Dropped>() => {}
                // A panic of the code's, or of what it has returned, would end the process here.
                outcome if thread::panicking() => forget_panic(|| drop(outcome)),
                Ok(output) => drop(output),
                Err(panic) => resume_unwind(panic),
            }
        }
        CoroutineResult::Yield(_) => {
            drop(begun);
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

#[cfg(test)]
mod tests {
    use super::Fiber;
    use crate::block_on;
    use std::cell::Cell;
    use std::future::Future;
    use std::panic::Location;
    use std::pin::Pin;
    use std::rc::Rc;
    use std::task::{Context, RawWaker, RawWakerVTable, Waker};
    use tokio::task::yield_now;

    thread_local! {
        /// Which wakers have been woken, by their data.
        static WOKEN: Cell<u64> = const { Cell::new(0) };
        static CLONES: Cell<u32> = const { Cell::new(0) };
    }

    fn woken() -> u64 {
        WOKEN.take()
    }

    /// Wakers whose data is a number. Their clones have other functions, as those of tokio's do where rustc has made them twice.
    static FIRST: RawWakerVTable = RawWakerVTable::new(clone_same, wake, wake, |_| {});
    static CLONED: RawWakerVTable = RawWakerVTable::new(clone_same, wake, wake, |_| {});
    /// The same, but what is cloned has other data: ten more.
    static MOVED: RawWakerVTable = RawWakerVTable::new(clone_moved, wake, wake, |_| {});

    fn clone_same(data: *const ()) -> RawWaker {
        CLONES.set(CLONES.get() + 1);
        RawWaker::new(data, &CLONED)
    }

    fn clone_moved(data: *const ()) -> RawWaker {
        CLONES.set(CLONES.get() + 1);
        RawWaker::new(data.wrapping_byte_add(10), &CLONED)
    }

    fn wake(data: *const ()) {
        WOKEN.set(WOKEN.get() | 1 << data.addr());
    }

    fn waker(number: usize, vtable: &'static RawWakerVTable) -> Waker {
        let data = std::ptr::without_provenance(number);
        // SAFETY: the functions do nothing with the data but to count it, and nothing needs to be freed.
        unsafe { Waker::from_raw(RawWaker::new(data, vtable)) }
    }

    fn yields_forever() -> Fiber<impl FnOnce(), ()> {
        let code = || {
            while Rc::strong_count(&Rc::new(())) == 1 {
                block_on(yield_now());
            }
        };
        Fiber::new(code, Location::caller())
    }

    fn poll<F: FnOnce() + 'static>(fiber: &mut Fiber<F, ()>, waker: &Waker) {
        let polled = Pin::new(fiber).poll(&mut Context::from_waker(waker));
        assert!(polled.is_pending());
    }

    #[test]
    fn a_waker_that_is_known_is_not_cloned_again() {
        let mut fiber = yields_forever();
        let (one, two) = (waker(1, &FIRST), waker(2, &FIRST));
        poll(&mut fiber, &one);
        let clones = CLONES.take();
        poll(&mut fiber, &one);
        // What remains is that of `yield_now`.
        let of_yield = CLONES.take();
        assert_eq!(clones, of_yield + 1);
        poll(&mut fiber, &two);
        assert_eq!(CLONES.take(), of_yield + 1);
        assert_eq!(woken(), 1 << 1 | 1 << 2);
    }

    /// Whoever has its data next may be somebody else.
    #[test]
    fn a_waker_whose_clone_has_other_data_is_cloned_each_time() {
        let mut fiber = yields_forever();
        let one = waker(1, &MOVED);
        poll(&mut fiber, &one);
        let clones = CLONES.take();
        assert_eq!(woken(), 1 << 11);
        poll(&mut fiber, &one);
        assert_eq!(CLONES.take(), clones);
        assert_eq!(woken(), 1 << 11);
    }
}
