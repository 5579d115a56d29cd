//! What a context is asked to run.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use sync_twin::Context;

/// A piece of code that a context runs wherever it finds itself: in a task, in a `drop`, at thread exit.
///
/// It keeps its outcome to itself, since a panic has no way out of many of these places (a task swallows it, a
/// `drop` during unwinding or at thread exit aborts the process).
#[derive(Clone)]
pub struct Call {
    shared: Arc<Shared>,
}

struct Shared {
    code: Box<dyn Fn() + Send + Sync>,
    runs: Mutex<Vec<Run>>,
}

struct Run {
    context: Context,
    outcome: Result<(), Box<dyn Any + Send>>,
}

impl Call {
    /// A call that runs `code`.
    pub fn new(code: impl Fn() + Send + Sync + 'static) -> Self {
        Call {
            shared: Arc::new(Shared {
                code: Box::new(code),
                runs: Mutex::new(Vec::new()),
            }),
        }
    }

    /// Runs the code here and now, and remembers where that was and how it ended.
    pub fn run(&self) {
        let context = Context::current();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.shared.code)()));
        self.runs().push(Run { context, outcome });
    }

    /// Panics as the code did, if it did.
    ///
    /// # Panics
    ///
    /// When the code was not run at all, or panicked.
    pub fn check(&self) {
        let mut runs = self.runs();
        assert!(!runs.is_empty(), "the context has not run the call");
        for run in runs.drain(..) {
            if let Err(panic) = run.outcome {
                resume_unwind(panic);
            }
        }
    }

    /// Checks that every run was made in the context `expected`.
    ///
    /// # Panics
    ///
    /// When one was not.
    pub fn check_context(&self, expected: Context) {
        for run in self.runs().iter() {
            assert_eq!(run.context, expected, "the call was made somewhere else");
        }
    }

    /// The messages of the panics that the runs ended with.
    ///
    /// # Panics
    ///
    /// When the code was not run at all, or did not panic, or with something else than a message.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        let mut runs = self.runs();
        assert!(!runs.is_empty(), "the context has not run the call");
        runs.drain(..)
            .map(|run| {
                let panic = run.outcome.expect_err("the call has not panicked");
                match panic.downcast::<String>() {
                    Ok(message) => *message,
                    Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
                }
            })
            .collect()
    }

    fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        self.shared
            .runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a call when dropped.
pub struct CallOnDrop(pub Call);

impl Drop for CallOnDrop {
    fn drop(&mut self) {
        self.0.run();
    }
}
