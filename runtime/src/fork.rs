//! What a fork leaves behind.
//!
//! A child has its parent's memory and one of its threads. The runtimes that it inherits have no workers, their locks may
//! be held by threads that do not exist, and the descriptor by which they wait for I/O is the parent's too: what the child
//! registered there, the parent's thread would follow into its own memory. So a child leaves all that as it is, never
//! touches and never drops it, and makes its own state at its next call: [`process`](crate::process) has one for
//! each fork that the process descends from.
//!
//! A call in whose middle the fork happens cannot go on in the child: the next time that it has to wait it panics.
//!
//! What a child inherits besides is not ours to mend: dropped there, a socket of the parent's takes the parent's
//! registration with it, and what a pool has left in a task of the parent's waits for a task that does not run here. Such a
//! call is reported.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// How many forks deep this process is, since sync-twin was first used.
static DEPTH: AtomicUsize = AtomicUsize::new(0);

#[inline]
pub(crate) fn depth() -> usize {
    DEPTH.load(Relaxed)
}

/// From here on forks are noticed. To be called before anything is started.
#[cfg(unix)]
pub(crate) fn register_handler() {
    use std::sync::Once;
    extern "C" fn child() {
        DEPTH.fetch_add(1, Relaxed);
    }
    static REGISTER: Once = Once::new();
    REGISTER.call_once(|| {
        // SAFETY: `pthread_atfork` takes fns that have to live as long as the process, as this one does, and that may do
        // in a child what is safe in a signal handler: to add to an atomic is. If there is no memory for it, it says so,
        // and forks are not noticed.
        unsafe {
            libc::pthread_atfork(None, None, Some(child));
        }
    });
}

#[cfg(not(unix))]
pub(crate) fn register_handler() {}

/// Panics if the process has been forked since it was `depth` deep.
pub(crate) fn check(depth: usize) {
    assert!(
        self::depth() == depth,
        "the process was forked in the middle of this blocking call, which cannot go on in the child"
    );
}
