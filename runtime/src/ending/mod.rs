//! Values that say goodbye: by async code, for which their `Drop` waits.
//!
//! Such a `Drop` does not panic. It may run on a thread that unwinds, where a second panic aborts the process, and in the
//! destructor of a thread-local, where the first one does; std tells the one, and nobody the other. So what goes wrong in it,
//! panics included, is reported, each time that it does.

mod closing;
mod of_type;
mod outcome;

pub use closing::{Closing, closing, closing_local};
pub use of_type::{Open, WriteTheOptionCloseInPlaceOfDrop, end_in_drop, outcome_of};
pub use outcome::Outcome;

use crate::dispatch::EndedByShutdown;
use crate::dispatch::in_async::Silence;
use crate::forget_panic::forget_panic;
use crate::process::process;
use crate::timeout::Elapsed;
use std::any::{Any, type_name};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

/// How it ended: well, with an error, or late.
pub(crate) type Ended = Result<Result<(), String>, Elapsed>;

/// Runs `end`, which ends a `T`, in a `Drop`, and reports what goes wrong. `site` is where the user says how it ends.
fn in_drop<T>(site: &'static Location<'static>, end: impl FnOnce() -> Ended) {
    // It is there to call async code, wherever that is.
    let silence = Silence::begin();
    let ended = catch_unwind(AssertUnwindSafe(end));
    drop(silence);
    let what = match ended {
        Ok(Ok(Ok(()))) => return,
        Ok(Ok(Err(error))) => format!("failed: {error}"),
        Ok(Err(late)) => format!("did not complete within {:?}", late.limit()),
        Err(panic) => words_of(panic),
    };
    let text = format!(
        "closing a `{}` in its `Drop`, as {site} says, {what}",
        type_name::<T>()
    );
    // In a process that is too many forks deep there is nobody to report to.
    forget_panic(|| process().reports.report_and_wait(&text));
}

fn words_of(panic: Box<dyn Any + Send>) -> String {
    let words = match panic.downcast_ref::<&str>() {
        Some(message) => format!("panicked: {message}"),
        None => match panic.downcast_ref::<String>() {
            Some(message) => format!("panicked: {message}"),
            None if panic.is::<EndedByShutdown>() => {
                String::from("was ended with the runtime that its task is on")
            }
            #[cfg(feature = "fiber")]
            None if panic.is::<crate::context::fiber::Dropped>() => {
                String::from("was ended with the fiber that it is in")
            }
            None => String::from("panicked"),
        },
    };
    forget_panic(|| drop(panic));
    words
}

#[cfg(test)]
mod tests {
    use super::{in_drop, words_of};
    use std::panic::{Location, panic_any};

    #[test]
    fn nothing_leaves_a_drop() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("the payload is dropped");
            }
        }
        in_drop::<u8>(Location::caller(), || panic!("in the end"));
        in_drop::<u8>(Location::caller(), || panic_any(Bomb));
        in_drop::<u8>(Location::caller(), || Ok(Err(String::from("no luck"))));
    }

    #[test]
    fn words() {
        assert_eq!(words_of(Box::new("a")), "panicked: a");
        assert_eq!(words_of(Box::new(String::from("b"))), "panicked: b");
        assert_eq!(words_of(Box::new(7)), "panicked");
    }
}
