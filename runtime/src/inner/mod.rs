//! The async value inside a blocking type.

mod pinned;

pub use pinned::{HoldsStream, Pinned, SW508_UnpinForMutableReferences};

use crate::dispatch::{InContext, drop_in_context};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::needs_drop;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;

/// The one field of a blocking type: it drops the async value in a runtime's context.
///
/// A pool whose `Drop` spawns a task, or a socket that has to deregister, needs a runtime for that, and a plain thread
/// has none. In everything else this behaves as the value: it compares, hashes and prints as the value does. So the traits
/// that a blocking type derives behave as those of its async type.
///
/// As with every field that has a `Drop`, a blocking type is never `Copy`, and what it borrows must outlive it.
pub struct Inner<T> {
    /// Whoever takes it ends the `Inner`, and the blocking type around it, or puts one back.
    value: Option<T>,
}

impl<T> Inner<T> {
    /// Puts `value` inside a blocking type.
    pub const fn new(value: T) -> Self {
        Inner { value: Some(value) }
    }

    /// The value. It is then dropped like any other.
    #[must_use]
    pub fn into_inner(mut self) -> T {
        self.take()
    }

    /// The value, out of a blocking type that ends now. Such a type may have a `Drop`, so the field cannot be moved out of it.
    pub fn take(&mut self) -> T {
        match self.value.take() {
            Some(value) => value,
            None => gone(),
        }
    }

    /// The value. A method of its own, since `const fn`s cannot dereference.
    #[must_use]
    pub const fn get(&self) -> &T {
        match &self.value {
            Some(value) => value,
            None => gone(),
        }
    }

    /// The value, mutably.
    pub const fn get_mut(&mut self) -> &mut T {
        match &mut self.value {
            Some(value) => value,
            None => gone(),
        }
    }
}

/// What may have left a blocking type.
pub trait Leaves {
    /// Whether the value has been taken out.
    fn has_left(&self) -> bool;
}

impl<T> Leaves for Inner<T> {
    fn has_left(&self) -> bool {
        self.value.is_none()
    }
}

/// What a method of a blocking type takes out of the field, whether that is this or a [`Pinned`]: a block that extends the type
/// does not know. These are methods, since a path would name one of the two, and have names that no trait of the user's has.
impl<T> Inner<T> {
    #[doc(hidden)]
    #[must_use]
    pub const fn __get(&self) -> &T {
        self.get()
    }

    #[doc(hidden)]
    pub const fn __get_mut(&mut self) -> &mut T {
        self.get_mut()
    }

    #[doc(hidden)]
    pub fn __take(&mut self) -> T {
        self.take()
    }

    /// Puts back what a method has taken out and returned.
    #[doc(hidden)]
    pub fn __put(&mut self, value: T) {
        self.value = Some(value);
    }

    #[doc(hidden)]
    pub fn __pinned(&mut self) -> Pin<&mut T>
    where
        T: SW508_UnpinForMutableReferences,
    {
        Pin::new(self.get_mut())
    }

    #[doc(hidden)]
    pub fn __take_pinned(&mut self) -> Pin<Box<T>> {
        Box::pin(self.take())
    }
}

const fn gone() -> ! {
    panic!("the value leaves with the `Inner` around it")
}

impl<T> Drop for Inner<T> {
    fn drop(&mut self) {
        if !needs_drop::<T>() {
            return;
        }
        if let Some(value) = self.value.take() {
            drop_in_context(value);
        }
    }
}

impl<T> Deref for Inner<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.get()
    }
}

impl<T> DerefMut for Inner<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.get_mut()
    }
}

impl<T: Clone> Clone for Inner<T> {
    fn clone(&self) -> Self {
        Inner::new(self.get().clone())
    }

    fn clone_from(&mut self, source: &Self) {
        self.get_mut().clone_from(source);
    }
}

impl<T: Default> Default for Inner<T> {
    fn default() -> Self {
        // As with any other constructor.
        let _context = InContext::enter();
        Inner::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Inner<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Inner<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for Inner<T> {}

impl<T: PartialOrd> PartialOrd for Inner<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.get().partial_cmp(other.get())
    }
}

impl<T: Ord> Ord for Inner<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.get().cmp(other.get())
    }
}

impl<T: Hash> Hash for Inner<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::Inner;
    use std::cell::Cell;
    use std::panic::{RefUnwindSafe, UnwindSafe};
    use tokio::runtime::Handle;

    /// Counts its drops, in a runtime's context and outside.
    struct Counted<'a>(&'a Cell<(u8, u8)>);

    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            let (inside, outside) = self.0.get();
            self.0.set(match Handle::try_current() {
                Ok(_) => (inside + 1, outside),
                Err(_) => (inside, outside + 1),
            });
        }
    }

    #[test]
    fn dropped_once_in_a_context() {
        let drops = Cell::new((0, 0));
        drop(Inner::new(Counted(&drops)));
        assert_eq!(drops.get(), (1, 0));
        // Inside one another.
        drop(Inner::new(Some(Inner::new(Counted(&drops)))));
        assert_eq!(drops.get(), (2, 0));
        assert!(Handle::try_current().is_err());
    }

    #[test]
    fn taken_out_and_dropped_once() {
        let drops = Cell::new((0, 0));
        let value = Inner::new(Counted(&drops)).into_inner();
        assert_eq!(drops.get(), (0, 0));
        drop(value);
        assert_eq!(drops.get(), (0, 1));
    }

    #[test]
    fn in_all_else_the_value() {
        static STATIC: Inner<u8> = Inner::new(3);
        assert_eq!(*STATIC, 3);
        let mut text = Inner::new(String::from("a"));
        text.push('b');
        assert_eq!(format!("{text:?}"), "\"ab\"");
        assert!(text == text.clone() && text < Inner::new(String::from("b")));
        assert_eq!(Inner::<String>::default().len(), 0);
    }

    /// The markers are those of the value.
    #[test]
    fn markers() {
        fn check<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
        check::<Inner<Vec<u8>>>();
    }
}
