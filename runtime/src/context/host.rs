//! Who polls what a call here waits for.
//!
//! Mostly that is the thread itself, or one that it chooses. But code may run for somebody who awaits it and polls in its place.
//! That comes before all that the [`Place`](super::Place) says. It is read once in a call, so it is one byte without a
//! destructor; who it is, is kept by those who set it.

use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Host {
    /// Nobody else: the call waits as its place says.
    Nobody,
    /// The task that awaits the code here and serves its calls: [`to_thread`](crate::to_thread()).
    Task,
    /// The task that polls the fiber on whose stack the code runs: [`fiber`](super::fiber).
    #[cfg(feature = "fiber")]
    Fiber,
}

thread_local! {
    static HOST: Cell<Host> = const { Cell::new(Host::Nobody) };
}

impl Host {
    #[inline]
    pub(crate) fn here() -> Self {
        HOST.get()
    }

    /// Makes this the host of this thread's calls from here on, and returns the one before. For where no guard can be: a
    /// stack is left in the middle.
    #[cfg(feature = "fiber")]
    #[inline]
    pub(crate) fn replace_here(self) -> Self {
        HOST.replace(self)
    }

    /// Makes this the host of this thread's calls until the guard is dropped.
    #[inline]
    pub(crate) fn set_here(self) -> HostGuard {
        HostGuard {
            enclosing: HOST.replace(self),
        }
    }
}

/// The host of the calls of this thread, until it is dropped.
pub(crate) struct HostGuard {
    enclosing: Host,
}

impl Drop for HostGuard {
    #[inline]
    fn drop(&mut self) {
        HOST.set(self.enclosing);
    }
}

#[cfg(test)]
mod tests {
    use super::Host;
    use crate::context::Driving;

    #[test]
    fn holds_for_the_code_and_not_for_strangers() {
        assert_eq!(Host::here(), Host::Nobody);
        {
            let _served = Host::Task.set_here();
            assert_eq!(Host::here(), Host::Task);
            {
                // Tasks of others run here.
                let _driving = Driving::lent();
                assert_eq!(Host::here(), Host::Nobody);
            }
            assert_eq!(Host::here(), Host::Task);
            std::thread::spawn(|| assert_eq!(Host::here(), Host::Nobody))
                .join()
                .unwrap();
        }
        assert_eq!(Host::here(), Host::Nobody);
    }
}
