//! How an argument has a blocking type, and so the async type inside it.

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

    /// The async type inside `this`. `private` is the module of the runtime crate that is there for us.
    pub(crate) fn unwrap(self, this: &Ident, private: &TokenStream) -> TokenStream {
        let site = this.span().resolved_at(Span::mixed_site());
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

    /// Whether a `const fn` can do that: it may look into a blocking type, but not take it apart.
    pub(crate) fn is_const(self) -> bool {
        matches!(self, Holder::Reference | Holder::Mutable)
    }
}

impl InnerType {
    /// Puts `Self` in the place of the async type in an argument's type, and tells how to get from one to the other.
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
