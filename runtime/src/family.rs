//! What tells a user that a method of a blocking type returns an async type, where there is a blocking one.
//!
//! No trait tells by itself whether a type has another. But an inherent fn goes before one of a trait, if the bounds of its impl
//! hold. So the fn that is called is a deprecated one where the type has a blocking type, and rustc reports that.

use std::marker::PhantomData;

/// A type with a blocking type, which is declared by `type = …` on *one* impl block of it. A second block adds its methods with
/// `extend = …`. The name is what rustc says of two declarations.
pub trait OneBlockDeclaresAndTheOthersExtend {}

/// What a method of a blocking type returns.
pub struct Returned<T: ?Sized>(PhantomData<T>);

impl<T: OneBlockDeclaresAndTheOthersExtend + ?Sized> Returned<T> {
    /// Does nothing.
    #[deprecated(
        note = "this type has a blocking type, which the method could return: name both in `map(Transaction = BlockingTransaction)` \
                on the block, or write `#[sync_wrapper(skip)]` on the method"
    )]
    pub fn stays_async() {}
}

/// All other types.
pub trait StaysAsync {
    /// Does nothing.
    fn stays_async() {}
}

impl<T: ?Sized> StaysAsync for Returned<T> {}
