//! Isolation threads: where a call runs when its own thread must not wait.
//!
//! Each owns a current-thread runtime, drives it for ever, and runs one call at a time. An idle one is reused,
//! else a new one starts, so that nesting to any depth never waits for a pool. They do not end: what a call
//! leaves behind (a spawned task, a socket it returns) lives in that thread's runtime.
//!
//! # How a call crosses
//!
//! The caller *lends* a closure from its own stack ([`Lease::run`]). The isolation thread builds the future by
//! calling it, polls it, drops it, and writes the output back into the caller's stack. So only the arguments
//! and the output cross and have to be `Send`, never the future, and arguments may borrow from the caller.
//!
//! ```text
//!          caller: lends a job           thread: takes it           thread: has returned from it
//!   Idle ─────────────────────▶ Lent ───────────────────▶ Running ───────────────────────────▶ Done
//!     ▲                                                                                          │
//!     └───────────────────────────────── caller: has seen it ────────────────────────────────────┘
//! ```
//!
//! The caller does not go on between `Lent` and `Done`: [`Handover`] is polled to its end, and should a panic
//! drop it before, its `Drop` waits. The thread does not touch the job after it has said `Done`. Should the
//! thread die all the same, it says `Dead`, and the call panics.
//!
//! # Why the thread polls outside `block_on`
//!
//! The call's future is polled with only `enter()` held, and `block_on` runs between polls, so that a twin
//! nested in it is not on a Driver: it finds [`own_runtime`] and drives that too. A socket that the outer twin
//! has opened goes on working in the inner one.

use crate::parker::Parker;
use crate::poll::poll_here;
use crate::process::process;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use tokio::runtime::{Builder, Handle, Id, LocalOptions, LocalRuntime};

/// The isolation threads that are idle, the last one used on top: its caches are warm.
pub(crate) struct Pool {
    idle: Mutex<Vec<Arc<Thread>>>,
}

impl Pool {
    pub(crate) const fn new() -> Self {
        Pool {
            idle: Mutex::new(Vec::new()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Thread>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes an idle isolation thread, or starts one.
pub(crate) fn lease() -> io::Result<Lease> {
    let blocked = Blocked::withdraw();
    let idle = process().isolation.lock().pop();
    let thread = match idle {
        Some(thread) => thread,
        None => start()?,
    };
    Ok(Lease {
        thread,
        _blocked: blocked,
    })
}

/// The calling thread, if it is an idle isolation thread; dropped, it is back among the idle ones.
///
/// Such a thread runs tasks that earlier calls have left behind. One that makes a call blocks it, and leased for
/// that very call it would wait for itself.
struct Blocked(Option<Arc<Thread>>);

impl Blocked {
    fn withdraw() -> Self {
        let Some(own) = own() else {
            return Blocked(None);
        };
        let mut idle = process().isolation.lock();
        let place = idle
            .iter()
            .position(|thread| thread.runtime.id() == own.handle().id());
        Blocked(place.map(|place| idle.remove(place)))
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            process().isolation.lock().push(thread);
        }
    }
}

thread_local! {
    /// The runtime that this thread owns, if it is an isolation thread.
    static OWN: Cell<Option<&'static LocalRuntime>> = const { Cell::new(None) };
}

/// This thread's own runtime, if it is an isolation thread's.
fn own() -> Option<&'static LocalRuntime> {
    OWN.try_with(Cell::get).ok().flatten()
}

/// The same, if it has the id `current` and may be driven now.
///
/// It may not when user code has called `Handle::block_on` on it in between. Nothing but trying tells.
pub(crate) fn own_runtime(current: Id) -> Option<&'static LocalRuntime> {
    let own = own()?;
    let may_drive = || catch_unwind(|| own.block_on(async {})).is_ok();
    (own.handle().id() == current && may_drive()).then_some(own)
}

/// Whether this is an isolation thread, and `current` its own runtime's id.
pub(crate) fn owns(current: Id) -> bool {
    own().is_some_and(|own| own.handle().id() == current)
}

/// One call's hold on an isolation thread; dropped, it gives the thread back.
pub(crate) struct Lease {
    thread: Arc<Thread>,
    _blocked: Blocked,
}

impl Lease {
    /// The runtime that the thread is driving while it has no job.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.thread.runtime
    }

    /// Runs a call on the thread. A panic there goes on here, with its payload unchanged.
    ///
    /// The future must be polled to its end or dropped, not leaked.
    pub(crate) async fn run<F, Fut>(&self, make: F) -> Fut::Output
    where
        F: FnOnce() -> Fut + Send,
        Fut: Future,
        Fut::Output: Send,
    {
        let mut make = Some(make);
        let mut output = None;
        let mut job = || {
            output = make
                .take()
                .map(|make| catch_unwind(AssertUnwindSafe(|| poll_isolated(make))));
        };
        self.hand_over(&mut job).await;
        match output {
            Some(Ok(output)) => output,
            Some(Err(panic)) => resume_unwind(panic),
            None => panic!("the isolation thread of a sync-twin call has died"),
        }
    }

    fn hand_over<'job>(&'job self, job: &'job mut (dyn FnMut() + Send)) -> Handover<'job> {
        // SAFETY: only the lifetime is erased. The job is used by the isolation thread alone, and by that only
        // between `Lent` and `Done`. Whoever holds the `Handover` (which borrows for `'job`) sees `Done` or
        // `Dead` before the borrow ends: either `poll` has returned `Ready`, or `drop` waits. It is not leaked,
        // which is the contract of `run`.
        let job = unsafe {
            mem::transmute::<&'job mut (dyn FnMut() + Send), &'static mut (dyn FnMut() + Send)>(job)
        };
        Handover {
            thread: &self.thread,
            progress: Progress::Ready(job),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !matches!(self.thread.desk().state, State::Dead) {
            process().isolation.lock().push(Arc::clone(&self.thread));
        }
    }
}

/// Completes when the isolation thread has run the job; dropped before that, waits for it.
struct Handover<'job> {
    thread: &'job Thread,
    progress: Progress,
}

enum Progress {
    Ready(Job),
    Lent,
    Over,
}

impl Handover<'_> {
    /// Lends the job if that has not happened yet, and asks to be woken when the thread is done with it.
    fn advance(&mut self, waker: &Waker) -> Poll<()> {
        let mut desk = self.thread.desk();
        let over = match (
            mem::replace(&mut self.progress, Progress::Lent),
            &desk.state,
        ) {
            (Progress::Over, _) | (_, State::Dead) => true,
            (Progress::Ready(job), _) => {
                desk.state = State::Lent(job);
                false
            }
            (Progress::Lent, State::Done) => {
                desk.state = State::Idle;
                true
            }
            (Progress::Lent, _) => false,
        };
        if over {
            self.progress = Progress::Over;
            return Poll::Ready(());
        }
        desk.caller = Some(waker.clone());
        let thread = desk.thread.take();
        // Woken with the desk still locked, the thread would only run into the lock.
        drop(desk);
        if let Some(thread) = thread {
            thread.wake();
        }
        Poll::Pending
    }
}

impl Future for Handover<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.advance(cx.waker())
    }
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        if let Progress::Lent = self.progress {
            let parker = Parker::lend();
            while self.advance(parker.waker()).is_pending() {
                parker.park();
            }
        }
    }
}

/// A call's closure, its lifetime erased; see [`Lease::hand_over`].
type Job = &'static mut (dyn FnMut() + Send);

/// An isolation thread as others see it.
struct Thread {
    runtime: Handle,
    desk: Mutex<Desk>,
}

/// Where a job changes hands.
struct Desk {
    state: State,
    /// Wakes the thread while it waits for a job.
    thread: Option<Waker>,
    /// Wakes the caller while it waits for the end of its job.
    caller: Option<Waker>,
}

enum State {
    Idle,
    Lent(Job),
    Running,
    Done,
    Dead,
}

impl Thread {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread's side: takes the job, if one has been lent.
    fn poll_job(&self, cx: &mut Context<'_>) -> Poll<Job> {
        let mut desk = self.desk();
        match mem::replace(&mut desk.state, State::Running) {
            State::Lent(job) => Poll::Ready(job),
            other => {
                desk.state = other;
                desk.thread = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// The thread's side: says how the job ended. From here on the job is the caller's again.
    fn report(&self, state: State) {
        let mut desk = self.desk();
        desk.state = state;
        let caller = desk.caller.take();
        drop(desk);
        if let Some(caller) = caller {
            caller.wake();
        }
    }

    /// Serves callers for ever, and drives the runtime all the while.
    fn serve(&self, runtime: &'static LocalRuntime) {
        OWN.set(Some(runtime));
        loop {
            let job = runtime.block_on(poll_fn(|cx| self.poll_job(cx)));
            {
                let _context = runtime.enter();
                job();
            }
            self.report(State::Done);
        }
    }
}

/// What the thread does with a call: polls it in the context of its own runtime, which it drives in between.
fn poll_isolated<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let own = OWN.get().expect("jobs run on isolation threads only");
    poll_here(make, |parker| parker.drive(|woken| own.block_on(woken)))
}

/// Tells a waiting caller when the thread ends, which only a panic in its runtime's driver can bring about.
struct ReportDeath<'a>(&'a Thread);

impl Drop for ReportDeath<'_> {
    fn drop(&mut self) {
        self.0.report(State::Dead);
    }
}

/// Starts an isolation thread. Its runtime is made there, since a `LocalRuntime` stays on its thread.
fn start() -> io::Result<Arc<Thread>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("sync-twin-isolated".to_owned())
        .spawn(move || {
            let runtime = Builder::new_current_thread()
                .thread_name("sync-twin-isolated-blocking")
                .enable_all()
                .build_local(LocalOptions::default());
            match runtime {
                Ok(runtime) => {
                    let runtime: &'static LocalRuntime = Box::leak(Box::new(runtime));
                    let thread = Arc::new(Thread {
                        runtime: runtime.handle().clone(),
                        desk: Mutex::new(Desk {
                            state: State::Idle,
                            thread: None,
                            caller: None,
                        }),
                    });
                    let _report = ReportDeath(&thread);
                    // The caller that waits for this cannot be gone.
                    let _ = sender.send(Ok(Arc::clone(&thread)));
                    thread.serve(runtime);
                }
                Err(error) => {
                    let _ = sender.send(Err(error));
                }
            }
        })?;
    receiver
        .recv()
        .unwrap_or_else(|_| Err(io::Error::other("an isolation thread died as it started")))
}
