//! Fns that already block.

use proc_macro2::{TokenStream, TokenTree};

/// Whether a body calls a `block_on`.
pub(crate) fn is_in(body: &TokenStream) -> bool {
    body.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "block_on",
        TokenTree::Group(group) => is_in(&group.stream()),
        _ => false,
    })
}
