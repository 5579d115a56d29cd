//! What the twin's documentation says before and after that of the async fn.

use crate::options::Options;
use crate::syntax::attribute;
use crate::syntax::function::Function;
use crate::twin::output::{Output, Returns};
use crate::twin::scope::Scope;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta};

/// How the documentation links to the async fn.
enum Link<'a> {
    /// There is no page to link to.
    Hidden,
    /// A free fn.
    Free,
    /// `Self::f`
    Associated,
    /// A method of another type.
    Of(&'a str),
}

impl Link<'_> {
    /// The disambiguator tells the fn from a module, a field or a macro of the same name.
    fn to(&self, original: &Ident) -> String {
        let name = original.unraw();
        match self {
            Link::Hidden => format!("`{name}`"),
            Link::Free => format!("[`{name}`](fn@{name})"),
            Link::Associated => format!("[`{name}`](fn@Self::{name})"),
            Link::Of(ty) => format!("[`{ty}::{name}`](fn@{ty}::{name})"),
        }
    }
}

/// The attributes that the twin shares with the async fn, with documentation that says what it is.
pub(crate) fn attributes(
    function: &Function,
    scope: &Scope,
    is_associated: bool,
    output: &Output,
    options: &Options,
) -> TokenStream {
    let original = &function.signature.ident;
    let kept = attribute::keep(&function.attributes);
    let link = match scope {
        _ if is_hidden(&function.attributes) => Link::Hidden,
        Scope::BlockingType(inner) => Link::Of(&inner.name),
        Scope::Inherent | Scope::Trait(_) => Link::Associated,
        Scope::Alone if is_associated => Link::Associated,
        Scope::Alone | Scope::Module => Link::Free,
    };
    let attributes = match output.returns {
        Returns::Value => return hand_through(&kept, original, &link),
        Returns::Future | Returns::Stream => wrap(&kept, original, &link),
    };
    let left_out = left_out(options);
    quote!(#attributes #left_out)
}

/// What the twins beside this one have, and it has not.
fn left_out(options: &Options) -> TokenStream {
    let lines = options.left_out.iter().map(|option| {
        let line =
            format!(" It has no `{option}`: that of the other twins here depends on `self`.");
        quote!(#[doc = ""] #[doc = #line])
    });
    quote!(#(#lines)*)
}

/// Wraps `attributes`, which hold the async fn's own documentation.
fn wrap(attributes: &[TokenStream], original: &Ident, link: &Link) -> TokenStream {
    let link = link.to(original);
    let first = format!(" The blocking twin of {link}.");
    let last =
        format!(" In async code, `.await` {link} instead: a twin blocks the thread that calls it.");
    quote! {
        #[doc = #first]
        #[doc = ""]
        #(#attributes)*
        #[doc = ""]
        #[doc = #last]
    }
}

/// The documentation of a sync method of a blocking type.
fn hand_through(attributes: &[TokenStream], original: &Ident, link: &Link) -> TokenStream {
    let first = format!(" The same as {}.", link.to(original));
    quote! {
        #[doc = #first]
        #[doc = ""]
        #(#attributes)*
    }
}

/// Whether the async fn is `#[doc(hidden)]`: there is no page to link to then.
fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("doc") => list
            .tokens
            .clone()
            .into_iter()
            .any(|token| token.to_string() == "hidden"),
        _ => false,
    })
}
