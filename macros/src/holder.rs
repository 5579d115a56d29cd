//! How an argument has a blocking type, and so the async type inside it.

use crate::inner_type::InnerType;
use crate::self_type::is_self;
use crate::{opaque, stream};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Receiver, ReceiverKind, Type};

/// How a method of a blocking type has that type, and so the async type inside it.
pub(crate) enum Holder {
    Value,
    Reference,
    Mutable,
    Boxed,
}

impl Holder {
    /// `None` if what the receiver points to cannot be had from a blocking type: an `Arc<Self>`, for one.
    pub(crate) fn of(receiver: &Receiver) -> Option<Self> {
        let by_reference = |mutable| {
            if mutable {
                Holder::Mutable
            } else {
                Holder::Reference
            }
        };
        match &receiver.kind {
            ReceiverKind::Value => Some(Holder::Value),
            ReceiverKind::Reference(.., mutable) => Some(by_reference(mutable.is_some())),
            ReceiverKind::Typed(_, ty) => match opaque::bare(ty) {
                Type::Reference(ty) if is_self(&ty.elem) => {
                    Some(by_reference(ty.mutability.is_some()))
                }
                ty if is_self(ty) => Some(Holder::Value),
                ty => {
                    let last = opaque::last_of(ty)?;
                    let is_box = last.ident == "Box" && opaque::type_arguments(last).all(is_self);
                    is_box.then_some(Holder::Boxed)
                }
            },
            _ => None,
        }
    }

    pub(crate) fn unwrap(&self, this: &Ident) -> TokenStream {
        let site = this.span().resolved_at(Span::mixed_site());
        match self {
            Holder::Value => quote_spanned!(site=> #this.inner),
            Holder::Reference => quote_spanned!(site=> &#this.inner),
            Holder::Mutable => quote_spanned!(site=> &mut #this.inner),
            Holder::Boxed => quote_spanned!(site=> ::std::boxed::Box::new(#this.inner)),
        }
    }
}

impl InnerType {
    /// Puts `Self` in the place of the async type in an argument's type, and tells how to get from one to the other.
    pub(crate) fn unwrap(&self, value: &Ident, ty: &mut Type) -> Option<TokenStream> {
        let site = value.span();
        if self.is(ty) {
            *ty = self.outer();
            return Some(Holder::Value.unwrap(value));
        }
        if let Type::Reference(reference) = ty {
            if !self.is(&reference.elem) {
                return None;
            }
            *reference.elem = self.outer();
            return Some(match reference.mutability {
                Some(_) => Holder::Mutable.unwrap(value),
                None => Holder::Reference.unwrap(value),
            });
        }
        let is_option = opaque::last_of(ty).is_some_and(|last| last.ident == "Option");
        let carried = stream::carried_mut(ty).filter(|ty| is_option && self.is(ty))?;
        *carried = self.outer();
        Some(quote_spanned!(site=> #value.map(|outer| outer.inner)))
    }
}
