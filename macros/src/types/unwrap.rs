//! How an argument holds a blocking type, and how to get the async value out of it.

use crate::types::inner_type::InnerType;
use crate::types::opaque;
use crate::types::self_type::is_self;
use crate::types::stream;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{Receiver, ReceiverKind, Type};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Value,
    Reference,
    Mutable,
    Boxed,
    /// In an `Option`.
    Optional,
}

impl Holder {
    /// `None` if a blocking type cannot provide what the receiver points to, as in `Arc<Self>`.
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

    /// The async value inside `this`. `private` is the runtime crate's module for generated code.
    pub(crate) fn unwrap(self, this: &Ident, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        match self {
            Holder::Value => quote_spanned!(site=> #private::Inner::into_inner(#this.inner)),
            Holder::Reference => quote_spanned!(site=> #private::Inner::get(&#this.inner)),
            Holder::Mutable => quote_spanned!(site=> #private::Inner::get_mut(&mut #this.inner)),
            Holder::Boxed => {
                let inside = Holder::Value.unwrap(this, private);
                quote_spanned!(site=> ::std::boxed::Box::new(#inside))
            }
            Holder::Optional => {
                let outer = Ident::new("outer", site);
                let inside = Holder::Value.unwrap(&outer, private);
                quote_spanned!(site=> #this.map(|#outer| #inside))
            }
        }
    }

    /// Whether a `const fn` can do that: it can borrow the value, but not move it out.
    pub(crate) fn is_const(self) -> bool {
        matches!(self, Holder::Reference | Holder::Mutable)
    }
}

impl InnerType {
    /// Replaces the async type by `Self` in an argument's type, and says how to get the async value.
    pub(crate) fn replace_argument(&self, ty: &mut Type) -> Option<Holder> {
        if self.is(ty) {
            *ty = self.outer();
            return Some(Holder::Value);
        }
        if let Type::Reference(reference) = ty {
            if !self.is(&reference.elem) {
                return None;
            }
            *reference.elem = self.outer();
            return Some(match reference.mutability {
                Some(_) => Holder::Mutable,
                None => Holder::Reference,
            });
        }
        let is_option = opaque::last_of(ty).is_some_and(|last| last.ident == "Option");
        let carried = stream::carried_mut(ty).filter(|ty| is_option && self.is(ty))?;
        *carried = self.outer();
        Some(Holder::Optional)
    }
}
