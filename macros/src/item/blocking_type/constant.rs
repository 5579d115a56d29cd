//! An associated constant of the async type, which the blocking type has, too.

use crate::item::member::Member;
use crate::syntax::attribute;
use crate::syntax::span_range::SpanRange;
use crate::types::inner_type::InnerType;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Token, Type, Visibility};

pub(super) struct Constant {
    attributes: Vec<TokenStream>,
    visibility: Visibility,
    name: Ident,
    ty: Type,
    /// `<Client>::LIMIT`
    original: TokenStream,
}

/// One as it is written, with or without a value.
struct Written {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    name: Ident,
    ty: Type,
}

impl Constant {
    /// `None` if it is private, or half-typed.
    pub(super) fn of(member: &Member, inner: &InnerType) -> Option<Self> {
        let written = syn::parse2::<Written>(inner.substitute(member.stream())).ok()?;
        let Written {
            attributes,
            visibility,
            name,
            ty,
        } = written;
        let is_private = matches!(visibility, Visibility::Inherited);
        let async_type = &inner.ty;
        let mut original = name.clone();
        // rustc reports here a type that the constant does not have.
        let place = match inner.is_foreign {
            true => SpanRange::of(&ty).first.resolved_at(Span::mixed_site()),
            false => Span::mixed_site(),
        };
        if !inner.is_foreign {
            original.set_span(Span::call_site());
        }
        (inner.is_foreign || !is_private).then(|| Constant {
            attributes: attribute::keep(&attributes),
            original: quote_spanned!(place=> <#async_type>::#original),
            visibility,
            name,
            ty,
        })
    }
}

impl Parse for Written {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![const]>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(Written {
            attributes,
            visibility,
            name,
            ty,
        })
    }
}

impl ToTokens for Constant {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Constant {
            attributes,
            visibility,
            name,
            ty,
            original,
        } = self;
        tokens.extend(quote!(#(#attributes)* #visibility const #name: #ty = #original;));
    }
}
