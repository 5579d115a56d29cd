//! How an argument holds a blocking type, and how to get the async value out of it.

use crate::types::conversion::Conversion;
use crate::types::family::{Blocking, Family};
use crate::types::opaque::{self, bare, bare_mut};
use crate::types::self_type::is_self;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Receiver, ReceiverKind, Type};

/// A blocking type in an argument.
pub(crate) struct Lent {
    by: By,
    /// `None` in a receiver: there it is the type itself.
    of: Option<Blocking>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Value,
    Reference,
    Mutable,
}

/// Where in an argument blocking types are.
pub(crate) type Holder = Conversion<Lent>;

impl By {
    fn reference(is_mutable: bool) -> Self {
        match is_mutable {
            true => By::Mutable,
            false => By::Reference,
        }
    }
}

impl Lent {
    fn is_own(&self) -> bool {
        self.of.as_ref().is_none_or(|of| of.is_own)
    }

    /// The async value inside `this`. The type's own field is at hand; others are asked, since a user may have written them.
    fn unwrap(&self, this: &TokenStream, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        match (self.by, &self.of) {
            (By::Value, Some(Blocking { from, to, .. })) if !self.is_own() => {
                quote_spanned!(site=> <#from as ::core::convert::From<#to>>::from(#this))
            }
            (By::Reference, _) if !self.is_own() => quote_spanned!(site=> #this.as_async()),
            (By::Mutable, _) if !self.is_own() => quote_spanned!(site=> #this.as_async_mut()),
            (By::Value, _) => quote_spanned!(site=> #private::Inner::into_inner(#this.inner)),
            (By::Reference, _) => quote_spanned!(site=> #private::Inner::get(&#this.inner)),
            (By::Mutable, _) => quote_spanned!(site=> #private::Inner::get_mut(&mut #this.inner)),
        }
    }
}

/// The holder of a receiver. `None` if a blocking type cannot provide what it points to, as in `Arc<Self>`.
pub(crate) fn holder_of(receiver: &Receiver) -> Option<Holder> {
    let own = |by| Conversion::One(Lent { by, of: None });
    match &receiver.kind {
        ReceiverKind::Value => Some(own(By::Value)),
        ReceiverKind::Reference(.., mutable) => Some(own(By::reference(mutable.is_some()))),
        ReceiverKind::Typed(_, ty) => match bare(ty) {
            Type::Reference(ty) if is_self(&ty.elem) => {
                Some(own(By::reference(ty.mutability.is_some())))
            }
            ty if is_self(ty) => Some(own(By::Value)),
            ty => {
                let last = opaque::last_of(ty)?;
                let is_box = last.ident == "Box" && opaque::type_arguments(last).all(is_self);
                is_box.then(|| Conversion::Box(Box::new(own(By::Value))))
            }
        },
        _ => None,
    }
}

impl Conversion<Lent> {
    /// The async value inside `this`. `private` is the runtime crate's module for generated code.
    pub(crate) fn unwrap(&self, this: &Ident, private: &TokenStream) -> TokenStream {
        self.apply(this.to_token_stream(), private, &|lent, value| {
            lent.unwrap(&value, private)
        })
    }

    /// Whether a `const fn` can do that: it can borrow the value, but not move it out.
    pub(crate) fn is_const(&self) -> bool {
        matches!(self, Conversion::One(lent) if lent.by != By::Value && lent.is_own())
    }
}

impl Family<'_> {
    /// Puts the blocking types in the place of the async ones in an argument's type, and says how to get the async values.
    pub(crate) fn replace_argument(&self, ty: &mut Type) -> Option<Holder> {
        Conversion::of(ty, &mut |ty| {
            let (by, ty) = match bare_mut(ty) {
                Type::Reference(reference) => {
                    let by = By::reference(reference.mutability.is_some());
                    (by, &mut *reference.elem)
                }
                ty => (By::Value, ty),
            };
            let of = Some(self.replace(ty)?);
            Some(Lent { by, of })
        })
    }
}
