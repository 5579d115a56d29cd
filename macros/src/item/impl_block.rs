//! The impl block of a type: its twins are in a second one.
//!
//! So the block stays as it is, token for token. And rustc reports dead code per block: it does not report unused twins, since
//! they are generated, and still reports the unused members of the user's block.

use crate::error::{Code, Errors};
use crate::item::block::{self, Block, MemberTwin, Names};
#[cfg(test)]
use crate::item::blocking_stream;
use crate::item::blocking_type::BlockingType;
use crate::item::checked::Added;
use crate::item::member::Member;
use crate::options::{Attributes, Options, compact_type};
use crate::syntax::attribute;
use crate::syntax::item_kind::Kind;
use crate::twin::scope::Scope;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Generics, ItemImpl, Type};

/// The second block.
pub(crate) struct TwinBlock {
    attributes: Vec<TokenStream>,
    /// Those of others, for the block.
    of_others: Option<Attributes>,
    generics: Generics,
    ty: Type,
    members: Vec<MemberTwin>,
    site: Span,
}

/// `None` if there is nothing to add.
pub(crate) fn check(
    block: &Block,
    head: ItemImpl,
    options: &Options,
    errors: &mut Errors,
) -> Option<Added> {
    if options.blocking_type().is_some() {
        let ty = BlockingType::check(block, head, options, errors)?;
        return Some(Added::BlockingType(Box::new(ty)));
    }
    // Which name the type was to have is unknown.
    if options.names_type() {
        return None;
    }
    let mut names = Names::of(&block.members);
    let mut members = Vec::new();
    for member in &block.members {
        members.extend(block::twins(
            member,
            options,
            &Scope::Inherent,
            &mut names,
            errors,
        ));
    }
    (!members.is_empty()).then(|| {
        Added::Twins(Box::new(TwinBlock {
            attributes: attribute::keep_for_block(&head.attrs),
            of_others: options.impl_attrs.clone(),
            site: Span::mixed_site(),
            generics: head.generics,
            ty: *head.self_ty,
            members,
        }))
    })
}

/// A block without a single body cannot be that of a type of one's own. The options that its user means, so that the block
/// disappears: rustc would say of each fn that it has no body, and nothing of `foreign`.
pub(crate) fn add_foreign(
    block: &Block,
    head: &ItemImpl,
    options: &Options,
    errors: &mut Errors,
) -> Option<Options> {
    let first = fns(block).next()?;
    let is_facade = options.foreign.is_none() && options.blocking_type().is_some();
    if !is_facade || !has_signatures_only(block) {
        return None;
    }
    let name = first.name()?;
    let ty = compact_type(&head.self_ty);
    errors.push(
        Code::MissingForeign,
        &name,
        format_args!("`{name}` has no body, and neither has anything else in this block"),
        format_args!("add the option `foreign`, if these are methods of another crate's `{ty}`"),
    );
    let mut meant = options.clone();
    meant.foreign = Some(name);
    Some(meant)
}

fn has_signatures_only(block: &Block) -> bool {
    fns(block).next().is_some()
        && block.is_finished()
        && fns(block).all(Member::ends_with_semicolon)
}

/// Whether an item is a block of signatures.
#[cfg(test)]
pub(crate) fn declares_only(item: &Member) -> bool {
    let block = Block::split(item.stream());
    item.kind() == Some(Kind::Impl)
        && block.is_some_and(|block| {
            has_signatures_only(&block) || blocking_stream::declares_only(&block)
        })
}

pub(crate) fn has_bodies_only(block: &Block) -> bool {
    fns(block).next().is_some() && !fns(block).any(Member::ends_with_semicolon)
}

fn fns(block: &Block) -> impl Iterator<Item = &Member> {
    let members = block.members.iter();
    members.filter(|member| member.kind() == Some(Kind::Fn))
}

impl ToTokens for TwinBlock {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let TwinBlock {
            attributes,
            of_others,
            generics,
            ty,
            members,
            site,
        } = self;
        let clause = &generics.where_clause;
        let block = |of_others: Option<&Attributes>, members: TokenStream| {
            (!members.is_empty()).then(|| {
                quote_spanned! {*site=>
                    #(#attributes)*
                    #of_others
                    impl #generics #ty #clause {
                        #members
                    }
                }
            })
        };
        let (theirs, ours): (Vec<_>, Vec<_>) =
            members.iter().partition(|member| member.is_for_others());
        let values = theirs.iter().filter_map(|member| member.values());
        tokens.extend(block(of_others.as_ref(), quote!(#(#theirs)*)));
        tokens.extend(block(None, quote!(#(#values)* #(#ours)*)));
    }
}
