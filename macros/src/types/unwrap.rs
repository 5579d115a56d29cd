//! How an argument holds a blocking type, and how to get the async value out of it.

use crate::name;
use crate::types::conversion::Conversion;
use crate::types::family::{Blocking, Family};
use crate::types::inner_type::InnerType;
use crate::types::opaque::{self, bare, bare_mut};
use crate::types::polled::Polled;
use crate::types::self_type::is_self;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Lifetime, PathArguments, Receiver, ReceiverKind, Type, parse_quote};

/// A blocking type in an argument.
pub(crate) struct Lent {
    by: By,
    access: Access,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Value,
    Reference,
    Mutable,
    /// `Pin<&mut Self>`
    Pinned,
    /// `Pin<Box<Self>>`
    PinnedBox,
    /// With what is known of it as a stream.
    Stream,
}

/// How to get at the async value.
enum Access {
    /// By the field: it is the type whose method this is.
    Field,
    /// By its methods: a user may have written the type, which is named here.
    Methods(Span),
    /// The same, but as a value by `From`.
    From(Box<Blocking>),
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
    /// The async value inside `this`.
    fn unwrap(&self, this: &TokenStream, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        match (self.by, &self.access) {
            (By::Value, Access::Field) => take(this, site),
            // By methods, since only the block that declares the type knows of which kind the field is.
            (By::Reference, Access::Field) => quote_spanned!(site=> #this.inner.__get()),
            (By::Mutable, Access::Field) => {
                // rustc reports at the receiver what is pinned and must not be borrowed so.
                let place = this.clone().into_iter().next();
                let place = place.map_or(site, |this| this.span().resolved_at(site));
                let get_mut = Ident::new("__get_mut", place);
                quote_spanned!(site=> #this.inner.#get_mut())
            }
            (By::PinnedBox, _) => quote_spanned!(site=> #this.inner.__take_pinned()),
            (By::Pinned, _) => quote_spanned!(site=> #this.inner.__pinned()),
            (By::Stream, _) => {
                quote_spanned!(site=> #private::HoldsStream::__stream_mut(&mut #this.inner))
            }
            (By::Value, Access::Methods(_)) => {
                let into_inner = self.method("into_inner");
                quote_spanned!(site=> #this.#into_inner())
            }
            (By::Value, Access::From(blocking)) => {
                let Blocking { from, to, .. } = &**blocking;
                quote_spanned!(site=> <#from as ::core::convert::From<#to>>::from(#this))
            }
            (By::Reference, _) => {
                let as_async = self.method("as_async");
                quote_spanned!(site=> #this.#as_async())
            }
            (By::Mutable, _) => {
                let as_async_mut = self.method("as_async_mut");
                quote_spanned!(site=> #this.#as_async_mut())
            }
        }
    }

    /// A method of the blocking type. rustc reports where the user names a type that has no such method.
    fn method(&self, name: &str) -> Ident {
        let place = match &self.access {
            Access::Field => Span::mixed_site(),
            Access::Methods(place) => *place,
            Access::From(blocking) => {
                let name = opaque::last_of(&blocking.to);
                name.map_or_else(Span::mixed_site, |name| name.ident.span())
            }
        };
        Ident::new(name, place.resolved_at(Span::mixed_site()))
    }
}

/// Takes the async value out of a blocking type, which ends here. Its field cannot be moved out, as the type may have a `Drop`.
pub(crate) fn take(this: &TokenStream, site: Span) -> TokenStream {
    let holder = name::variable("holder", site);
    quote_spanned!(site=> { let mut #holder = #this; #holder.inner.__take() })
}

impl Access {
    fn to_own(inner: &InnerType) -> Self {
        match inner.is_implementor {
            true => Access::Methods(inner.place.unwrap_or_else(Span::mixed_site)),
            false => Access::Field,
        }
    }
}

/// The holder of a receiver. `None` if a blocking type cannot provide what it points to, as in `Arc<Self>`.
pub(crate) fn holder_of(receiver: &Receiver, inner: &InnerType) -> Option<Holder> {
    let own = |by| {
        let access = Access::to_own(inner);
        Conversion::One(Lent { by, access })
    };
    if inner.polled.as_ref().is_some_and(Polled::is_stream) {
        return Some(own(By::Stream));
    }
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
                is_box
                    .then(|| Conversion::Box(Box::new(own(By::Value))))
                    .or_else(|| {
                        Pointer::of(ty)
                            .filter(|_| !inner.is_implementor)
                            .map(|pointer| own(pointer.by()))
                    })
            }
        },
        _ => None,
    }
}

/// What a pinned receiver points by.
enum Pointer {
    Reference(Option<Lifetime>),
    Box,
}

impl Pointer {
    /// That in a `Pin<&mut Self>` or a `Pin<Box<Self>>`.
    fn of(ty: &Type) -> Option<Self> {
        let pin = opaque::last_of(ty).filter(|last| last.ident == "Pin")?;
        match bare(opaque::only(pin)?) {
            Type::Reference(ty) if ty.mutability.is_some() && is_self(&ty.elem) => {
                Some(Pointer::Reference(ty.lifetime.clone()))
            }
            ty => {
                let last = opaque::last_of(ty).filter(|last| last.ident == "Box")?;
                is_self(opaque::only(last)?).then_some(Pointer::Box)
            }
        }
    }

    fn by(&self) -> By {
        match self {
            Pointer::Reference(_) => By::Pinned,
            Pointer::Box => By::PinnedBox,
        }
    }
}

/// What the method of a blocking type takes in the place of a pinned receiver: the type itself need not be pinned, since it
/// contains a box.
pub(crate) fn unpinned(receiver: &Receiver) -> Option<TokenStream> {
    let this = &receiver.self_token;
    let ReceiverKind::Typed(_, ty) = &receiver.kind else {
        return None;
    };
    let place = this.span.resolved_at(Span::mixed_site());
    Some(match Pointer::of(bare(ty))? {
        Pointer::Reference(lifetime) => quote_spanned!(place=> & #lifetime mut #this),
        Pointer::Box => quote_spanned!(place=> mut #this),
    })
}

/// The type of a pinned receiver, as far as it has to be named: a foreign signature disappears, and what imports `Pin` is to be
/// used.
pub(crate) fn pinned_type(receiver: &Receiver) -> Option<Type> {
    let ReceiverKind::Typed(_, ty) = &receiver.kind else {
        return None;
    };
    let Type::Path(path) = bare(ty) else {
        return None;
    };
    let mut path = path.clone();
    path.path.segments.last_mut()?.arguments = PathArguments::None;
    Some(parse_quote!(#path<_>))
}

impl Conversion<Lent> {
    /// The async value inside the receiver `this`, which keeps its other fields.
    pub(crate) fn unwrap_receiver(&self, this: &Ident, private: &TokenStream) -> TokenStream {
        let site = Span::mixed_site();
        let taken = || quote_spanned!(site=> #this.inner.__take());
        match self {
            _ if self.pins() || !self.takes_field() => self.unwrap(this, private),
            Conversion::Box(_) => {
                let taken = taken();
                quote_spanned!(site=> ::std::boxed::Box::new(#taken))
            }
            _ => taken(),
        }
    }

    /// Whether the value is taken out of a field, and what is around it ends.
    pub(crate) fn takes_field(&self) -> bool {
        self.any(&|lent| match lent.by {
            By::Value => matches!(lent.access, Access::Field),
            by => by == By::PinnedBox,
        })
    }

    /// The same in a box.
    pub(crate) fn takes_field_of_box(&self) -> bool {
        matches!(self, Conversion::Box(_)) && self.takes_field()
    }

    /// Whether this is the blocking type itself, which is still there without its value.
    pub(crate) fn is_emptied(&self) -> bool {
        matches!(self, Conversion::One(_)) && self.takes_field()
    }

    /// The async value inside `this`. `private` is the runtime crate's module for generated code.
    pub(crate) fn unwrap(&self, this: &Ident, private: &TokenStream) -> TokenStream {
        self.apply(this.to_token_stream(), private, &|lent, value| {
            lent.unwrap(&value, private)
        })
    }

    /// Whether that pins the value.
    pub(crate) fn pins(&self) -> bool {
        self.any(&|lent| matches!(lent.by, By::Pinned | By::PinnedBox | By::Stream))
    }

    /// Whether a `const fn` can do that: it can borrow the value, but not move it out.
    pub(crate) fn is_const(&self) -> bool {
        matches!(self, Conversion::One(lent)
            if matches!(lent.by, By::Reference | By::Mutable) && matches!(lent.access, Access::Field))
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
            let blocking = self.replace(ty)?;
            let access = match self.inner {
                Some(inner) if blocking.is_own => Access::to_own(inner),
                _ => Access::From(Box::new(blocking)),
            };
            Some(Lent { by, access })
        })
    }
}
