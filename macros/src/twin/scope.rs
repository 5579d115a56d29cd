//! Where a fn stands, as far as an attribute can see.

use crate::compat::async_trait::AsyncTrait;
use crate::types::inner_type::InnerType;
use proc_macro2::TokenStream;

pub(crate) enum Scope {
    /// It has the attribute on its own: what stands around it is out of sight.
    Alone,
    Module,
    /// In the impl block of a type.
    Inherent,
    Trait(TraitScope),
    /// In the impl block of a type, from which a blocking type is made.
    BlockingType(Box<InnerType>),
}

pub(crate) struct TraitScope {
    /// `Store<T>`
    pub(crate) path: TokenStream,
    /// The attribute that will rewrite the trait after this one.
    pub(crate) async_trait: Option<AsyncTrait>,
    /// Whether another one will, which then needs a `Self` that is sized.
    pub(crate) is_sized: bool,
}

impl Scope {
    pub(crate) fn inner_type(&self) -> Option<&InnerType> {
        match self {
            Scope::BlockingType(inner) => Some(inner),
            _ => None,
        }
    }

    pub(crate) fn async_trait(&self) -> Option<&AsyncTrait> {
        match self {
            Scope::Trait(scope) => scope.async_trait.as_ref(),
            _ => None,
        }
    }
}
