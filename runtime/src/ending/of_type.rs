//! The end of a blocking type, `close = quit`, for generated code.

use super::Ended;
use crate::inner::Leaves;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

/// Whether a blocking type is still to be closed: a field beside the async value.
///
/// Two of them are equal, whatever they say: the traits that a blocking type derives are about the value.
pub struct Open(AtomicBool);

impl Open {
    /// The user's code closes it, so the `Drop` need not.
    #[inline]
    pub fn disarm(&self) {
        self.0.store(false, Relaxed);
    }

    /// Whether the `Drop` has to close what is in `inner`.
    #[inline]
    #[must_use]
    pub fn is_to_be_closed(&self, inner: &impl Leaves) -> bool {
        self.0.load(Relaxed) && !inner.has_left()
    }
}

impl Default for Open {
    fn default() -> Self {
        Open(AtomicBool::new(true))
    }
}

impl Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.load(Relaxed))
    }
}

impl PartialEq for Open {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Open {}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Open {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl std::hash::Hash for Open {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// Closes a `T` in the `Drop` of its blocking type.
#[track_caller]
pub fn end_in_drop<T>(end: impl FnOnce() -> Ended) {
    super::in_drop::<T>(Location::caller(), end);
}

/// How to make a text of what a closing method returns. The compiler makes the choice, as for [`Call`](crate::call::Call):
/// method lookup ends at the first of these whose bounds hold.
pub struct OutcomeOf<R>(InDebug<R>);

/// Where the error is not `Display`.
pub struct InDebug<R>(Untold<R>);

/// Where it is not `Debug` either.
pub struct Untold<R>(Anything<R>);

/// Where there is no `Result`.
pub struct Anything<R>(PhantomData<R>);

/// Makes an error's text.
type Describe<R> = fn(R) -> Result<(), String>;

/// The way to describe `_output`.
pub fn outcome_of<R>(_output: &R) -> OutcomeOf<R> {
    OutcomeOf(InDebug(Untold(Anything(PhantomData))))
}

impl<T, E: Display> OutcomeOf<Result<T, E>> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_describe(&self) -> Describe<Result<T, E>> {
        |output| output.map(drop).map_err(|error| error.to_string())
    }
}

impl<T, E: Debug> InDebug<Result<T, E>> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_describe(&self) -> Describe<Result<T, E>> {
        |output| output.map(drop).map_err(|error| format!("{error:?}"))
    }
}

impl<T, E> Untold<Result<T, E>> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_describe(&self) -> Describe<Result<T, E>> {
        |output| {
            output
                .map(drop)
                .map_err(|_| format!("a `{}`", std::any::type_name::<E>()))
        }
    }
}

impl<R> Anything<R> {
    #[doc(hidden)]
    #[must_use]
    pub fn __sync_twin_describe(&self) -> Describe<R> {
        |_| Ok(())
    }
}

impl<R> Deref for OutcomeOf<R> {
    type Target = InDebug<R>;

    fn deref(&self) -> &InDebug<R> {
        &self.0
    }
}

impl<R> Deref for InDebug<R> {
    type Target = Untold<R>;

    fn deref(&self) -> &Untold<R> {
        &self.0
    }
}

impl<R> Deref for Untold<R> {
    type Target = Anything<R>;

    fn deref(&self) -> &Anything<R> {
        &self.0
    }
}

/// What a `Drop` of the user's own conflicts with: after `into_inner` it would find no value. The name is what rustc says of it.
pub trait WriteTheOptionCloseInPlaceOfDrop {}

#[allow(drop_bounds, reason = "whether there is a `Drop` is the question")]
impl<T: Drop> WriteTheOptionCloseInPlaceOfDrop for T {}

#[cfg(test)]
mod tests {
    use super::{Open, outcome_of};
    use crate::inner::Inner;
    use std::fmt;

    macro_rules! text {
        ($output:expr) => {{
            let output = $output;
            let describe = outcome_of(&output).__sync_twin_describe();
            describe(output)
        }};
    }

    #[test]
    fn an_error_is_described_by_what_it_has() {
        #[derive(Debug)]
        struct Both;
        impl fmt::Display for Both {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("for people")
            }
        }
        #[derive(Debug)]
        #[allow(dead_code, reason = "it is printed")]
        struct Bare(u8);
        struct Mute;

        assert_eq!(text!(Err::<u8, _>(Both)), Err("for people".to_owned()));
        assert_eq!(text!(Err::<u8, _>(Bare(7))), Err("Bare(7)".to_owned()));
        let mute = text!(Err::<u8, _>(Mute)).unwrap_err();
        assert!(mute.ends_with("Mute`"), "{mute}");
        assert_eq!(text!(Ok::<Mute, Mute>(Mute)), Ok(()));
        assert_eq!(text!(Mute as Mute), Ok(()));
        assert_eq!(text!(()), Ok(()));
    }

    #[test]
    fn closed_once() {
        let mut inner = Inner::new(String::new());
        let open = Open::default();
        assert!(open.is_to_be_closed(&inner));
        open.disarm();
        assert!(!open.is_to_be_closed(&inner));
        let _ = inner.take();
        assert!(!Open::default().is_to_be_closed(&inner));
        assert_eq!(open, Open::default());
    }
}
