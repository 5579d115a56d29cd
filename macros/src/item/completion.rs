//! What an editor needs to complete the words between the attribute's parentheses; see `options::ide`.

use crate::item::member_options;
use crate::options::{Options, ide};
use crate::syntax::item_kind::{ItemHead, Kind};
use crate::types::self_type;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::iter;
use syn::Path;

/// The words of an attribute, and of those inside its block.
pub(crate) struct Completion {
    uses: TokenStream,
    /// Whether the item is an associated fn: beside it can be only what an impl block and a trait can contain.
    is_associated: bool,
    krate: Option<Path>,
}

impl Completion {
    /// `None` if there is nothing between any parentheses.
    pub(crate) fn of(
        words: &TokenStream,
        options: &Options,
        item: &[TokenTree],
        head: Option<&ItemHead>,
    ) -> Option<Self> {
        // One that is relative has been reported.
        let krate = options.krate.as_ref().filter(|path| {
            let first = path.segments.first().map(|first| first.ident.to_string());
            path.leading_colon.is_some() || !matches!(first.as_deref(), Some("self" | "super"))
        });
        let is_fn = head.is_none_or(|head| head.kind == Kind::Fn);
        let inside = match item.last() {
            Some(TokenTree::Group(block)) if !is_fn && block.delimiter() == Delimiter::Brace => {
                member_options::words(block.stream())
            }
            _ => Vec::new(),
        };
        let all = iter::once(words).chain(&inside);
        let uses = all.filter_map(|words| ide::uses(words, krate));
        let uses = quote!(#(#uses)*);
        (!uses.is_empty()).then(|| Completion {
            uses,
            krate: krate.cloned(),
            is_associated: is_fn && (options.associated.is_some() || names_self(item)),
        })
    }
}

fn names_self(item: &[TokenTree]) -> bool {
    item.iter().any(|token| match token {
        TokenTree::Group(group) => {
            let inside: Vec<_> = group.stream().into_iter().collect();
            match group.delimiter() {
                Delimiter::Brace => self_type::in_body(group.stream()),
                _ => names_self(&inside),
            }
        }
        TokenTree::Ident(word) => word == "self" || word == "Self",
        _ => false,
    })
}

impl ToTokens for Completion {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let uses = &self.uses;
        let item = match self.is_associated {
            false => quote!(const _: () = { #uses };),
            true => quote!(fn __sync_twin_options() { #uses }),
        };
        tokens.extend(ide::only_there(&item, self.krate.as_ref()));
    }
}
