//! An import of the attribute, in a module that has it.
//!
//! `use sync_twin::sync_wrapper;` may exist only for attributes on items in the module. The module's attribute reads those, so
//! rustc never resolves them, and would report the import as unused.

use crate::item::member::Member;
use crate::syntax::attribute;
use crate::syntax::item_kind::Kind;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// A use of every import of the attribute among `members`, if there are attributes that need it.
pub(crate) fn uses(members: &[Member]) -> TokenStream {
    let is_import = |member: &&Member| member.kind() == Some(Kind::Use);
    let is_needed = members
        .iter()
        .filter(|member| !is_import(member))
        .any(|member| !member.own.is_empty() || find(member.stream()).is_some());
    if !is_needed {
        return TokenStream::new();
    }
    let mut uses = TokenStream::new();
    for member in members.iter().filter(is_import) {
        let Some(name) = find(member.stream()) else {
            continue;
        };
        let site = name.span().resolved_at(Span::mixed_site());
        let name = Ident::new(NAME, site);
        let cfgs = attribute::conditions_of(&member.tokens);
        uses.extend([quote_spanned!(site=> #(#cfgs)* use self::#name as _;)]);
    }
    uses
}

const NAME: &str = "sync_wrapper";

/// The attribute's name, unless it is part of a longer path, or renamed.
fn find(tokens: TokenStream) -> Option<Ident> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match token {
            TokenTree::Ident(ident) if ident == NAME => match tokens.peek() {
                Some(TokenTree::Ident(_)) => None,
                Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => None,
                _ => Some(ident),
            },
            TokenTree::Group(group) => find(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
