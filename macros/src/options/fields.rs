//! `fields(timeout: Option<Duration> = None)`: what a blocking type has beside the async value.

use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Token, Type, Visibility, parse_quote};

#[derive(Clone)]
pub(crate) struct Field {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    pub(crate) name: Ident,
    ty: Type,
    pub(crate) value: Option<Expr>,
}

impl Field {
    pub(crate) fn declare(&self) -> TokenStream {
        let Field {
            attributes,
            visibility,
            name,
            ty,
            ..
        } = self;
        quote!(#(#attributes)* #visibility #name: #ty)
    }

    /// With its value at the start.
    pub(crate) fn initialize(&self) -> TokenStream {
        let Field {
            name, ty, value, ..
        } = self;
        match value {
            Some(value) => quote!(#name: #value),
            None => {
                quote_spanned!(Span::mixed_site()=> #name: <#ty as ::core::default::Default>::default())
            }
        }
    }
}

impl Parse for Field {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        // As visible as the async value: impl blocks of the type may be in many modules of its crate.
        let visibility = match input.parse()? {
            Visibility::Inherited => parse_quote!(pub(crate)),
            visibility => visibility,
        };
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Field {
            attributes,
            visibility,
            name,
            ty,
            value,
        })
    }
}

/// `fields` takes fields as a struct declares them, each with a value if it is not to start with its type's default.
pub(super) fn check_fields(option: &RawOption, errors: &mut Errors) -> Option<Vec<Field>> {
    let list = option.list(errors)?;
    let parse = Punctuated::<Field, Token![,]>::parse_terminated;
    let Ok(fields) = parse.parse2(list.stream()) else {
        errors.push(
            Code::WrongValue,
            list,
            "`fields` takes fields with their types, and perhaps their values",
            "write `fields(timeout: Option<Duration> = None, retries: u32)`",
        );
        return None;
    };
    if let Some(field) = fields.iter().find(|field| field.name == "inner") {
        errors.push(
            Code::InvalidName,
            &field.name,
            "a blocking type has a field `inner` already: the async value",
            "give the field another name",
        );
        return None;
    }
    Some(fields.into_iter().collect())
}
