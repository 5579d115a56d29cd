//! What the twin's documentation says before and after that of the async fn.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Meta};

/// Wraps `attributes`, which hold the async fn's own documentation.
pub(crate) fn wrap(
    attributes: &[TokenStream],
    original: &Ident,
    associated: bool,
    hidden: bool,
) -> TokenStream {
    let link = link(original, associated, hidden);
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

/// The disambiguator keeps the link apart from a module, a field or a macro of the same name.
fn link(original: &Ident, associated: bool, hidden: bool) -> String {
    let name = original.unraw();
    match (hidden, associated) {
        (true, _) => format!("`{name}`"),
        (false, true) => format!("[`{name}`](fn@Self::{name})"),
        (false, false) => format!("[`{name}`](fn@{name})"),
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
