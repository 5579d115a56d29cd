//! A trait: its twins are provided methods, so that every implementor has them.

use crate::compat::async_trait::AsyncTrait;
use crate::compat::trait_variant;
use crate::error::Errors;
use crate::item::block::{self, Block, Names};
use crate::item::blocking_trait::BlockingTrait;
use crate::item::blocking_type::BlockingType;
use crate::item::checked::{Added, Fn, Trait};
use crate::options::Options;
use crate::twin::scope::{Scope, TraitScope};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, ItemTrait};

pub(crate) fn check(
    block: Block,
    head: &ItemTrait,
    options: &Options,
    errors: &mut Errors,
) -> Trait {
    let scope = Scope::Trait(TraitScope {
        path: path(head),
        async_trait: AsyncTrait::find(&head.attrs, &head.supertraits),
        is_sized: trait_variant::is_among(&head.attrs),
    });
    let mut names = Names::of(&block.members);
    let members = block.members.iter().map(|member| Fn {
        item: member.stream(),
        twins: block::twins(member, options, &scope, &mut names, errors),
    });
    Trait {
        members: members.collect(),
        shell: block.shell,
    }
}

/// What is made of a trait beside it: a type that contains an implementor, or a trait.
pub(crate) fn check_beside(
    block: &Block,
    head: &ItemTrait,
    options: &Options,
    errors: &mut Errors,
) -> Option<Added> {
    let path = path(head);
    if options.blocking_type().is_some() {
        let ty = BlockingType::of_trait(block, head, path, options, errors)?;
        return Some(Added::BlockingType(Box::new(ty)));
    }
    let one = BlockingTrait::check(block, head, &path, options, errors)?;
    (!one.is_empty()).then(|| Added::BlockingTrait(Box::new(one)))
}

/// `Store<'a, T, N>`, to call the method of this trait, and not of another one with the same name.
fn path(head: &ItemTrait) -> TokenStream {
    let ident = &head.ident;
    let arguments: Vec<_> = head
        .generics
        .params
        .iter()
        .map(|param| match param {
            GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
            GenericParam::Type(param) => param.ident.to_token_stream(),
            GenericParam::Const(param) => param.ident.to_token_stream(),
        })
        .collect();
    if arguments.is_empty() {
        return quote!(#ident);
    }
    quote!(#ident<#(#arguments),*>)
}
