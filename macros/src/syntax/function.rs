//! A fn, parsed tolerantly: a half-typed body should not remove the twin.

use crate::syntax::item_kind::ungroup;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Signature, Token, Visibility};

/// A fn with its body as it came.
pub(crate) struct Function {
    /// Those above it, then those in its body.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    /// In braces.
    Written(Group),
    /// A semicolon: a trait leaves the body to its implementors.
    Required,
    /// Nothing at all, since the signature is still being typed.
    Missing,
}

impl Function {
    /// A signature that cannot be parsed is half-typed, or in an experimental syntax. rustc has better errors for both, so
    /// this reports nothing, and there is no twin.
    pub(crate) fn parse(item: TokenStream) -> Option<Self> {
        syn::parse2(ungroup(item)).ok()
    }
}

impl Body {
    pub(crate) fn stream(&self) -> TokenStream {
        match self {
            Body::Written(group) => group.stream(),
            Body::Required | Body::Missing => TokenStream::new(),
        }
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = parse_body(input)?;
        attributes.extend(inner_attributes(&body.stream()));
        Ok(Function {
            attributes,
            visibility,
            signature,
            body,
        })
    }
}

/// The `#![…]` at the start of a body, which are attributes of the fn like those above it.
fn inner_attributes(body: &TokenStream) -> Vec<Attribute> {
    // Few bodies begin with one, and parsing a body takes long.
    if !matches!(body.clone().into_iter().next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#')
    {
        return Vec::new();
    }
    let parse = |input: ParseStream| {
        let attributes = input.call(Attribute::parse_inner);
        input.parse::<TokenStream>()?;
        attributes
    };
    parse.parse2(body.clone()).unwrap_or_default()
}

fn parse_body(input: ParseStream) -> syn::Result<Body> {
    if input.is_empty() {
        return Ok(Body::Missing);
    }
    if input.parse::<Option<Token![;]>>()?.is_some() {
        return Ok(Body::Required);
    }
    match ungroup(input.parse()?).into_iter().next() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
            Ok(Body::Written(body))
        }
        _ => Err(input.error("expected a body in braces")),
    }
}

#[cfg(test)]
mod tests {
    use super::Function;
    use proc_macro2::{Delimiter, Group, TokenTree};
    use quote::quote;

    #[test]
    fn invisible_groups_are_looked_through() {
        let body = quote!({ Self::new(). });
        let body = TokenTree::from(Group::new(Delimiter::None, body));
        let item = quote!(async fn f() #body);
        let item = TokenTree::from(Group::new(Delimiter::None, item));
        let function = Function::parse(item.into()).unwrap();
        let body = function.body.stream().to_string();
        assert_eq!(body, quote!(Self::new().).to_string());
    }
}
