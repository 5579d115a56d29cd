//! Which of sync-twin's runtimes a call lives on.

/// Which of sync-twin's [runtimes](crate::guide::contexts#where-a-call-lives) a call lives on.
///
/// [`Builder::flavor`](crate::Builder::flavor) sets it for the process. For one twin there is the option `flavor`.
///
/// ```
/// use sync_twin::{Builder, Flavor};
///
/// Builder::new().flavor(Flavor::MultiThread).install()?;
/// # Ok::<(), sync_twin::InstallError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flavor {
    /// Home where the caller may drive it, else the crew.
    Auto,
    /// Home.
    CurrentThread,
    /// The crew.
    MultiThread,
    /// A runtime that the calling thread has for itself, where it may drive that, or an isolation thread drives it for a thread
    /// that is the driver of a current-thread runtime; else the crew. It is for threads that share no client with others.
    PerThread,
}

impl Flavor {
    pub(super) fn parse(value: &str) -> Option<Self> {
        Some(match value {
            "auto" => Flavor::Auto,
            "current_thread" => Flavor::CurrentThread,
            "multi_thread" => Flavor::MultiThread,
            "per_thread" => Flavor::PerThread,
            _ => return None,
        })
    }

    /// This one, or for [`Flavor::Auto`] the one that is set for the process.
    #[inline]
    pub(crate) fn or(self, of_process: Flavor) -> Self {
        match self {
            Flavor::Auto => of_process,
            flavor => flavor,
        }
    }
}
