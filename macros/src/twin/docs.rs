//! What the twin's documentation says before and after that of the async fn.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta};

/// How the documentation leads to the async fn.
pub(crate) enum Link<'a> {
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
    /// The disambiguator keeps the link apart from a module, a field or a macro of the same name.
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

/// Wraps `attributes`, which hold the async fn's own documentation.
pub(crate) fn wrap(attributes: &[TokenStream], original: &Ident, link: &Link) -> TokenStream {
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

/// The documentation of a method that a blocking type hands through.
pub(crate) fn hand_through(
    attributes: &[TokenStream],
    original: &Ident,
    link: &Link,
) -> TokenStream {
    let first = format!(" The same as {}.", link.to(original));
    quote! {
        #[doc = #first]
        #[doc = ""]
        #(#attributes)*
    }
}

/// Whether the async fn is `#[doc(hidden)]`: there is no page to link to then.
pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("doc") => list
            .tokens
            .clone()
            .into_iter()
            .any(|token| token.to_string() == "hidden"),
        _ => false,
    })
}
