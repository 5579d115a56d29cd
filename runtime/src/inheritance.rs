//! What a thread inherits from the one that starts it, and how a thread of ours is rid of that.
//!
//! A new thread has its starter's signal mask. On Linux it also has the starter's CPU affinity, niceness, scheduling policy,
//! network namespace and filesystem ids. A thread of ours serves all callers, so it takes after a *model*, which is no caller:
//! [the thread that starts all others](crate::starter), and that one takes after the main thread of the process.
//!
//! What the process may not set stays as it was inherited: without privileges, for example, a thread cannot lower its
//! niceness.

#[cfg(unix)]
use std::mem::MaybeUninit;

/// No signal's handler runs on this thread any more, and it consumes no signal that others wait for. Returns whether that was
/// different before.
///
/// The exceptions are those that report a fault of the thread's own. If they were blocked, the kernel would end the process
/// without a word, and Rust's message about a stack overflow comes from such a handler.
#[cfg(unix)]
pub(crate) fn block_signals() -> bool {
    let blocked = all_but_faults();
    let before = set_mask(libc::SIG_BLOCK, &blocked);
    // SAFETY: it reads a set.
    let had = |set: &libc::sigset_t, signal| unsafe { libc::sigismember(set, signal) };
    // The signals that every unix has; and no fault, as in a mask that blocks everything.
    !before
        .is_some_and(|before| (1..32).all(|signal| had(&before, signal) == had(&blocked, signal)))
}

#[cfg(not(unix))]
pub(crate) fn block_signals() -> bool {
    true
}

/// All signals are blocked on this thread until this is dropped. A thread that is started meanwhile begins like that.
pub(crate) struct BlockedSignals {
    #[cfg(unix)]
    before: Option<libc::sigset_t>,
}

impl BlockedSignals {
    pub(crate) fn begin() -> Self {
        BlockedSignals {
            #[cfg(unix)]
            before: set_mask(libc::SIG_BLOCK, &all_but_faults()),
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            let _ = set_mask(libc::SIG_SETMASK, before);
        }
    }
}

#[cfg(unix)]
fn all_but_faults() -> libc::sigset_t {
    const FAULTS: [libc::c_int; 6] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGTRAP,
        libc::SIGSYS,
    ];
    let mut set = MaybeUninit::uninit();
    // SAFETY: `sigfillset` initializes the set that it is given a pointer to, and fails only for a bad pointer.
    // `sigdelset` changes it, and fails only for a number that is no signal.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        for fault in FAULTS {
            libc::sigdelset(set.as_mut_ptr(), fault);
        }
        set.assume_init()
    }
}

/// Which signals a thread does not take.
#[derive(Clone, Copy)]
pub(crate) struct SignalMask {
    #[cfg(unix)]
    mask: Option<libc::sigset_t>,
}

impl SignalMask {
    pub(crate) fn of_this_thread() -> Self {
        SignalMask {
            #[cfg(unix)]
            mask: set_mask(libc::SIG_BLOCK, &no_signals()),
        }
    }

    /// Gives it to the calling thread.
    pub(crate) fn set(self) {
        #[cfg(unix)]
        if let Some(mask) = &self.mask {
            let _ = set_mask(libc::SIG_SETMASK, mask);
        }
    }
}

#[cfg(unix)]
fn no_signals() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: it initializes the set that it is given a pointer to, and fails only for a bad pointer.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        set.assume_init()
    }
}

/// Changes the mask of this thread, and returns the one before.
#[cfg(unix)]
fn set_mask(how: libc::c_int, mask: &libc::sigset_t) -> Option<libc::sigset_t> {
    let mut before = MaybeUninit::uninit();
    // SAFETY: it reads one set and writes the other, and changes this thread alone. When it returns 0, it has written.
    unsafe {
        let outcome = libc::pthread_sigmask(how, mask, before.as_mut_ptr());
        (outcome == 0).then(|| before.assume_init())
    }
}

/// A thread that others take after.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    #[cfg(target_os = "linux")]
    thread: libc::pid_t,
}

#[cfg(not(target_os = "linux"))]
impl Model {
    pub(crate) fn main_thread() -> Self {
        Model {}
    }

    pub(crate) fn this_thread() -> Self {
        Model {}
    }

    pub(crate) fn take_after_its_affinity(self) {}

    pub(crate) fn take_after(self) {}
}

#[cfg(target_os = "linux")]
impl Model {
    /// The one that the process began with.
    pub(crate) fn main_thread() -> Self {
        // SAFETY: it has no preconditions.
        let thread = unsafe { libc::getpid() };
        Model { thread }
    }

    pub(crate) fn this_thread() -> Self {
        // SAFETY: it has no preconditions. (The C library's own `gettid` is too young for some systems.)
        let thread = unsafe { libc::syscall(libc::SYS_gettid) };
        Model {
            thread: thread.try_into().unwrap_or_default(),
        }
    }

    /// Gives the calling thread its CPU affinity. A machine with more CPUs than a `cpu_set_t` has refuses.
    pub(crate) fn take_after_its_affinity(self) {
        const SIZE: usize = size_of::<libc::cpu_set_t>();
        // SAFETY: a set is an array of integers, which may all be zero. The calls write or read one of the size that they
        // are told. Thread 0 is the calling one, whose affinity alone is changed.
        unsafe {
            let mut own: libc::cpu_set_t = std::mem::zeroed();
            let mut its: libc::cpu_set_t = std::mem::zeroed();
            let is_known = libc::sched_getaffinity(0, SIZE, &mut own) == 0
                && libc::sched_getaffinity(self.thread, SIZE, &mut its) == 0;
            if is_known && !libc::CPU_EQUAL(&own, &its) {
                libc::sched_setaffinity(0, SIZE, &its);
            }
        }
    }

    /// Gives the calling thread all that it would have inherited from the model.
    pub(crate) fn take_after(self) {
        self.take_after_its_affinity();
        self.take_after_its_policy();
        self.take_after_its_niceness();
        self.take_after_its_network();
        use_filesystem_ids_of_process();
    }

    fn take_after_its_policy(self) {
        // SAFETY: the calls write or read a `sched_param`, which is made of integers. Thread 0 is the calling one, whose
        // policy alone is changed. (By number, since some C libraries refuse these calls.)
        unsafe {
            let own = libc::syscall(libc::SYS_sched_getscheduler, 0);
            let its = libc::syscall(libc::SYS_sched_getscheduler, self.thread);
            let mut parameter: libc::sched_param = std::mem::zeroed();
            if its >= 0
                && own != its
                && libc::syscall(libc::SYS_sched_getparam, self.thread, &mut parameter) == 0
            {
                libc::syscall(libc::SYS_sched_setscheduler, 0, its, &parameter);
            }
        }
    }

    fn take_after_its_niceness(self) {
        // The system call returns 20 less the niceness, so that no niceness looks like an error.
        // SAFETY: both take integers only. Thread 0 is the calling one, whose niceness alone is changed.
        unsafe {
            let own = libc::syscall(libc::SYS_getpriority, libc::PRIO_PROCESS, 0);
            let its = libc::syscall(libc::SYS_getpriority, libc::PRIO_PROCESS, self.thread);
            if its > 0 && own != its {
                libc::syscall(libc::SYS_setpriority, libc::PRIO_PROCESS, 0, 20 - its);
            }
        }
    }

    fn take_after_its_network(self) {
        use std::fs::{File, metadata};
        use std::os::fd::AsRawFd;
        use std::os::unix::fs::MetadataExt;
        let its = format!("/proc/self/task/{}/ns/net", self.thread);
        let identity = |path: &str| {
            let namespace = metadata(path).ok()?;
            Some((namespace.dev(), namespace.ino()))
        };
        let own = identity("/proc/thread-self/ns/net");
        if own.is_none() || identity(&its).is_none_or(|its| Some(its) == own) {
            return;
        }
        if let Ok(namespace) = File::open(its) {
            // SAFETY: the descriptor is open, and the calling thread alone changes its namespace.
            unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) };
        }
    }
}

/// Undoes a `setfsuid` or `setfsgid` of the thread that has started this one.
#[cfg(target_os = "linux")]
fn use_filesystem_ids_of_process() {
    // SAFETY: all take and return integers. What is changed is changed for the calling thread alone.
    unsafe {
        libc::setfsuid(libc::geteuid());
        libc::setfsgid(libc::getegid());
    }
}
