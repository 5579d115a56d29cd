//! What is around a fn, as far as an attribute can see.

use crate::compat::async_trait::AsyncTrait;
use crate::types::inner_type::InnerType;
use proc_macro2::TokenStream;

pub(crate) enum Scope {
    /// Unknown: the fn has the attribute on its own.
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
    /// The `#[async_trait]` that will rewrite the trait after us.
    pub(crate) async_trait: Option<AsyncTrait>,
    /// Whether `#[trait_variant::make]` will rewrite it, which needs a `Self` that is sized.
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
