//! What the page of a blocking type or a blocking trait says.

use crate::syntax::attribute;
use proc_macro2::TokenStream;
use quote::quote;

/// The documentation of the twin of `name`, with the user's `own`. The first paragraph is what lists show: the user's, if there is
/// one. A type that does not block, as a builder may not, has nothing to wait for.
///
/// If another attribute hands it on to people who do not see the async type, it `is_text`.
pub(super) fn docs(name: &str, own: &[TokenStream], blocks: bool, is_text: bool) -> TokenStream {
    let (same, why) = match blocks {
        true => (
            "the same methods, which block",
            ": these methods block the thread that calls them",
        ),
        false => ("the same methods", ""),
    };
    let first = |name| format!(" The blocking twin of {name}: {same}.");
    written(&first, name, why, own, is_text)
}

/// That of the blocking type of a stream.
pub(super) fn docs_of_iterator(name: &str, own: &[TokenStream], is_text: bool) -> TokenStream {
    let first = |name| format!(" A blocking iterator over the items of a {name}.");
    let why = ": `next` blocks the thread that calls it";
    written(&first, name, why, own, is_text)
}

fn written(
    first: &dyn Fn(String) -> String,
    name: &str,
    why: &str,
    own: &[TokenStream],
    is_text: bool,
) -> TokenStream {
    let has_own = own.iter().any(attribute::is_doc);
    let last = format!(" In async code, use [`{name}`] instead{why}.");
    match (has_own, is_text) {
        (true, true) => quote!(#(#own)*),
        (true, false) => quote!(#(#own)* #[doc = ""] #[doc = #last]),
        (false, true) => {
            let first = first(format!("`{name}`"));
            quote!(#[doc = #first] #(#own)*)
        }
        (false, false) => {
            let first = first(format!("[`{name}`]"));
            quote!(#[doc = #first] #[doc = ""] #[doc = #last] #(#own)*)
        }
    }
}
