//! What the page of a blocking type or a blocking trait says.

use crate::syntax::attribute;
use proc_macro2::TokenStream;
use quote::quote;

/// The documentation of the twin of `name`, with the user's `own`. The first paragraph is what lists show: the user's, if there is
/// one. A type that does not block, as a builder may not, has nothing to wait for.
pub(super) fn docs(name: &str, own: &[TokenStream], blocks: bool) -> TokenStream {
    let (same, why) = match blocks {
        true => (
            "the same methods, which block",
            ": these methods block the thread that calls them",
        ),
        false => ("the same methods", ""),
    };
    let first = format!(" The blocking twin of [`{name}`]: {same}.");
    written(&first, name, why, own)
}

/// That of the blocking type of a stream.
pub(super) fn docs_of_iterator(name: &str, own: &[TokenStream]) -> TokenStream {
    let first = format!(" A blocking iterator over the items of a [`{name}`].");
    written(
        &first,
        name,
        ": `next` blocks the thread that calls it",
        own,
    )
}

fn written(first: &str, name: &str, why: &str, own: &[TokenStream]) -> TokenStream {
    let last = format!(" In async code, use [`{name}`] instead{why}.");
    match own.iter().any(attribute::is_doc) {
        false => quote!(#[doc = #first] #[doc = ""] #[doc = #last] #(#own)*),
        true => quote!(#(#own)* #[doc = ""] #[doc = #last]),
    }
}
