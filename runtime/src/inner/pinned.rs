//! An async value that has to stay where it is once it has been used.

use super::{Leaves, gone};
#[cfg(feature = "stream")]
use crate::dispatch::drop_in_context_on;
use crate::dispatch::{InContext, Sites, drop_in_context};
#[cfg(feature = "stream")]
use crate::runtime_choice::ChosenRuntime;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;
use std::ops::Deref;
use std::panic::Location;
use std::pin::Pin;

/// The field of a blocking type whose methods take the async value as `Pin<&mut Self>`: a stream, a sink.
///
/// The value is in a box, and pinned there by the first use that asks for it. Until then it can be taken out again, whether it
/// is `Unpin` or not. In all else this is what [`Inner`](super::Inner) is: it drops the value in a runtime's context, and
/// compares, hashes and prints as the value does.
pub struct Pinned<T> {
    /// Only what ends the `Pinned` takes it.
    value: Option<Boxed<T>>,
    /// Whether the value is a stream that has had its last item. It is not polled again.
    has_ended: bool,
    /// Where it is used as an iterator.
    sites: Sites,
}

enum Boxed<T> {
    Free(Box<T>),
    Pinned(Pin<Box<T>>),
}

/// A value that a method takes as `&mut self`, though the blocking type has others that take it as `Pin<&mut Self>`.
///
/// rustc says the words below of a type that is not `Unpin` itself. If something *inside* it is not, rustc speaks of that, and
/// then names this trait as what asks for it: hence the name.
#[allow(non_camel_case_types)]
#[diagnostic::on_unimplemented(
    message = "SW508: a `{Self}` is pinned, so no method can take it as `&mut self`",
    label = "is not `Unpin`, but a method with `&mut self` requires that",
    note = "take `self: Pin<&mut Self>`, or write `#[sync_wrapper(skip)]` on the method"
)]
pub trait SW508_UnpinForMutableReferences: Unpin {}

impl<T: Unpin> SW508_UnpinForMutableReferences for T {}

impl<T> Pinned<T> {
    /// Puts `value` into a box.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Pinned {
            value: Some(Boxed::Free(Box::new(value))),
            has_ended: false,
            sites: Sites::new(Location::caller()),
        }
    }

    fn boxed(&self) -> &Boxed<T> {
        match &self.value {
            Some(boxed) => boxed,
            None => gone(),
        }
    }

    /// Takes it out of a blocking type that ends now, and may have a `Drop`.
    fn take(&mut self) -> Boxed<T> {
        match self.value.take() {
            Some(boxed) => boxed,
            None => gone(),
        }
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> &T {
        match self.boxed() {
            Boxed::Free(value) => value,
            Boxed::Pinned(value) => value,
        }
    }

    /// The value, to be changed in its place. From now on it stays there.
    pub fn pinned(&mut self) -> Pin<&mut T> {
        if let Some(Boxed::Free(_)) = self.value {
            self.value = self.value.take().map(|boxed| boxed.pin().into());
        }
        match &mut self.value {
            Some(Boxed::Pinned(value)) => value.as_mut(),
            _ => gone(),
        }
    }

    /// The value. It is then dropped like any other.
    #[must_use]
    pub fn into_inner(self) -> T
    where
        T: Unpin,
    {
        *Pin::into_inner(self.into_pinned())
    }

    /// The value, where it is.
    #[must_use]
    pub fn into_pinned(mut self) -> Pin<Box<T>> {
        self.take().pin()
    }

    /// Takes the value out if nothing has pinned it yet. That ends the `Pinned`.
    pub fn take_free(&mut self) -> Option<T> {
        match self.value.take() {
            Some(Boxed::Free(value)) => Some(*value),
            pinned => {
                self.value = pinned;
                None
            }
        }
    }
}

/// What an iterator needs.
#[cfg(feature = "stream")]
impl<T> Pinned<T> {
    /// Where its next item is asked for, or if that is in an adapter of std's, where this was made.
    #[track_caller]
    pub(crate) fn site_of_next(&mut self) -> &'static Location<'static> {
        self.sites.next()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended
    }

    pub(crate) fn end(&mut self) {
        self.has_ended = true;
    }

    /// Takes all of it out of something that has a `Drop`, and is dropped without it.
    pub(crate) fn leave(&mut self) -> Self {
        Pinned {
            value: self.value.take(),
            has_ended: self.has_ended,
            sites: self.sites,
        }
    }

    /// Drops the value in the context of the runtime that `chosen` names.
    pub(crate) fn drop_on(&mut self, chosen: ChosenRuntime<'_>) {
        if let Some(value) = self.value.take() {
            drop_in_context_on(chosen, value);
        }
    }
}

/// As those of [`Inner`](super::Inner).
impl<T> Pinned<T> {
    #[doc(hidden)]
    #[must_use]
    pub fn __get(&self) -> &T {
        self.get()
    }

    #[doc(hidden)]
    pub fn __get_mut(&mut self) -> &mut T
    where
        T: SW508_UnpinForMutableReferences,
    {
        self.pinned().get_mut()
    }

    #[doc(hidden)]
    pub fn __take(&mut self) -> T
    where
        T: Unpin,
    {
        *Pin::into_inner(self.__take_pinned())
    }

    #[doc(hidden)]
    pub fn __put(&mut self, value: T) {
        self.value = Some(Boxed::Free(Box::new(value)));
        self.has_ended = false;
    }

    #[doc(hidden)]
    pub fn __pinned(&mut self) -> Pin<&mut T> {
        self.pinned()
    }

    #[doc(hidden)]
    pub fn __take_pinned(&mut self) -> Pin<Box<T>> {
        self.take().pin()
    }
}

impl<T> Deref for Pinned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.get()
    }
}

impl<T> Leaves for Pinned<T> {
    fn has_left(&self) -> bool {
        self.value.is_none()
    }
}

/// What a blocking type has to contain to become an iterator as well.
#[diagnostic::on_unimplemented(
    message = "another block has declared the blocking type, and it cannot become an iterator any more",
    label = "the block of the stream has to declare the type",
    note = "write `type = …` on `impl Stream`, and `extend = …` on the other blocks"
)]
pub trait HoldsStream {
    #[doc(hidden)]
    type Stream;

    #[doc(hidden)]
    fn __stream(&self) -> &Pinned<Self::Stream>;

    #[doc(hidden)]
    fn __stream_mut(&mut self) -> &mut Pinned<Self::Stream>;
}

impl<S> HoldsStream for Pinned<S> {
    type Stream = S;

    fn __stream(&self) -> &Pinned<S> {
        self
    }

    fn __stream_mut(&mut self) -> &mut Pinned<S> {
        self
    }
}

impl<T> Boxed<T> {
    fn pin(self) -> Pin<Box<T>> {
        match self {
            Boxed::Free(value) => Box::into_pin(value),
            Boxed::Pinned(value) => value,
        }
    }
}

impl<T> From<Pin<Box<T>>> for Boxed<T> {
    fn from(value: Pin<Box<T>>) -> Self {
        Boxed::Pinned(value)
    }
}

impl<T> Drop for Pinned<T> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            match mem::needs_drop::<T>() {
                true => drop_in_context(value),
                false => drop(value),
            }
        }
    }
}

impl<T: Clone> Clone for Pinned<T> {
    fn clone(&self) -> Self {
        Pinned {
            value: Some(Boxed::Free(Box::new(self.get().clone()))),
            has_ended: self.has_ended,
            sites: self.sites,
        }
    }
}

impl<T: Default> Default for Pinned<T> {
    #[track_caller]
    fn default() -> Self {
        // As with any other constructor.
        let _context = InContext::enter();
        Pinned::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Pinned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Pinned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for Pinned<T> {}

impl<T: PartialOrd> PartialOrd for Pinned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.get().partial_cmp(other.get())
    }
}

impl<T: Ord> Ord for Pinned<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.get().cmp(other.get())
    }
}

impl<T: Hash> Hash for Pinned<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::Pinned;
    use std::cell::Cell;
    use std::marker::PhantomPinned;
    use std::ptr;
    use tokio::runtime::Handle;

    /// Says whether a runtime was there when it was dropped.
    struct Fixed<'a>(&'a Cell<Option<bool>>, PhantomPinned);

    impl Drop for Fixed<'_> {
        fn drop(&mut self) {
            self.0.set(Some(Handle::try_current().is_ok()));
        }
    }

    #[test]
    fn free_until_it_is_pinned() {
        let dropped = Cell::new(None);
        let mut fresh = Pinned::new(Fixed(&dropped, PhantomPinned));
        let value = fresh.take_free().unwrap();
        drop(fresh);
        assert_eq!(dropped.get(), None);

        let mut used = Pinned::new(value);
        let address = ptr::from_ref(&*used.pinned());
        let mut moved = used;
        assert_eq!(ptr::from_ref(moved.get()), address);
        assert!(moved.take_free().is_none());
        assert_eq!(ptr::from_ref(moved.get()), address);
        assert_eq!(dropped.get(), None);
        drop(moved);
        assert_eq!(dropped.get(), Some(true));
    }

    #[test]
    fn taken_out_and_dropped_outside() {
        let dropped = Cell::new(None);
        let value = Pinned::new(Fixed(&dropped, PhantomPinned)).into_pinned();
        assert_eq!(dropped.get(), None);
        drop(value);
        assert_eq!(dropped.get(), Some(false));
    }

    #[test]
    fn one_that_may_move_comes_back() {
        let mut text = Pinned::new(String::from("a"));
        text.pinned().push('b');
        assert_eq!(format!("{text:?}"), "\"ab\"");
        assert!(text == text.clone() && text < Pinned::new(String::from("b")));
        assert_eq!(text.into_inner(), "ab");
        assert_eq!(Pinned::<String>::default().get(), "");
    }

    /// The box lets it move, whatever is inside.
    #[test]
    fn markers() {
        fn check<T: Send + Sync + Unpin>() {}
        check::<Pinned<PhantomPinned>>();
    }
}
