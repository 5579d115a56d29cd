//! `fields(timeout: Option<Duration> = None)`: what a blocking type has beside the async value. A block that extends the type names
//! them, `fields(timeout)`, since an attribute sees its own block only.

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
    /// `None` where another block has declared it.
    ty: Option<Type>,
    pub(crate) value: Option<Expr>,
}

impl Field {
    /// One that lacks a type has been reported.
    fn ty(&self) -> Type {
        self.ty.clone().unwrap_or_else(|| parse_quote!(()))
    }

    pub(crate) fn declare(&self) -> TokenStream {
        let Field {
            attributes,
            visibility,
            name,
            ..
        } = self;
        let ty = self.ty();
        quote!(#(#attributes)* #visibility #name: #ty)
    }

    /// With its value at the start.
    pub(crate) fn initialize(&self) -> TokenStream {
        let Field { name, value, .. } = self;
        match value {
            Some(value) => quote!(#name: #value),
            None => {
                let ty = self.ty();
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
        let ty = match input.parse::<Option<Token![:]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
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

/// The block that declares the type declares its fields, and the others name them.
pub(super) fn check_places(fields: &[Field], declares: bool, errors: &mut Errors) {
    for Field { name, ty, .. } in fields {
        match (declares, ty) {
            (true, None) => errors.push(
                Code::WrongValue,
                name,
                format_args!("the field `{name}` has no type"),
                format_args!("write it, as in `{name}: Option<Duration> = None`"),
            ),
            (false, Some(_)) => errors.push(
                Code::MisplacedOption,
                name,
                format_args!("the block with `type` declares the field `{name}`, and this one can only name it"),
                format_args!("write `fields({name})` here"),
            ),
            _ => {}
        }
    }
}
