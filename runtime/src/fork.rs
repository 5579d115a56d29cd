//! What a fork leaves behind.
//!
//! A child has its parent's memory and one of its threads. The runtimes that it inherits have no workers, and threads that do
//! not exist may hold their locks. They also share the parent's epoll instance: if the child registered a socket there, the
//! parent's thread would follow the child's pointer in its own memory. So a child never touches and never drops that state.
//! It makes its own at its next call: [`process`](crate::process) has one for
//! each fork that the process descends from.
//!
//! If the fork happens in the middle of a call, that call cannot go on in the child. It panics the next time it has to wait.
//!
//! Other things that a child inherits we cannot mend. If it drops a socket of the parent's, the parent's registration goes
//! with it. And a connection of a pool waits for a task of the parent's that does not run here; a call that waits for one is
//! reported.

use std::cell::Cell;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// How many forks deep a process can be.
pub(crate) const MAX_DEPTH: usize = 64;

/// How many forks deep this process is, since sync-twin was first used.
static DEPTH: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether this is the thread that has forked, in the child.
    static IS_INHERITED: Cell<bool> = const { Cell::new(false) };
    /// Whether what runs here may borrow from the stack of another thread.
    static BORROWS: Cell<bool> = const { Cell::new(false) };
}

#[inline]
pub(crate) fn depth() -> usize {
    DEPTH.load(Relaxed)
}

/// From here on forks are noticed. Must be called before anything is started.
#[cfg(unix)]
pub(crate) fn register_handler() {
    use std::sync::Once;
    extern "C" fn child() {
        DEPTH.fetch_add(1, Relaxed);
        IS_INHERITED.set(true);
    }
    static REGISTER: Once = Once::new();
    REGISTER.call_once(|| {
        // SAFETY: `pthread_atfork` takes fns that have to live as long as the process, as this one does, and that may do
        // in a child what is safe in a signal handler: to add to an atomic is, and so is to set a thread-local that has
        // neither a lazy value nor a destructor. If there is no memory for it, it says so, and forks are not noticed.
        unsafe {
            libc::pthread_atfork(None, None, Some(child));
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn register_handler() {}

/// Whether this thread came into this process by a fork. The runtime that it is in then, if any, is the parent's: the
/// child has no other thread to hand it over to, and nobody there will shut it down.
pub(crate) fn is_inherited_thread() -> bool {
    depth() > 0 && IS_INHERITED.get()
}

/// From here on the calling thread runs what may borrow from the stack of another one.
pub(crate) fn borrow_from_other_stacks() {
    BORROWS.set(true);
}

/// The calling thread runs what borrows from the stack of another one, until this is dropped.
pub(crate) struct Borrowing {
    borrowed_before: bool,
}

impl Borrowing {
    pub(crate) fn begin() -> Self {
        Borrowing {
            borrowed_before: BORROWS.replace(true),
        }
    }
}

impl Drop for Borrowing {
    fn drop(&mut self) {
        BORROWS.set(self.borrowed_before);
    }
}

/// Whether this thread may start others. In a child, a new thread is given the stack of one that is not there, from which
/// an isolated or a served call may have borrowed.
pub(crate) fn may_start_threads() -> io::Result<()> {
    if is_inherited_thread() && BORROWS.get() {
        return Err(io::Error::other(
            "the process was forked inside an isolated or served call, in whose child no blocking call can be made",
        ));
    }
    Ok(())
}

/// Panics if the process has been forked since it was `depth` deep.
#[inline]
pub(crate) fn check(depth: usize) {
    assert!(
        self::depth() == depth,
        "the process was forked in the middle of this blocking call, which cannot go on in the child"
    );
}
