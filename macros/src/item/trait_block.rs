//! A trait: its twins are provided methods, so that every implementor has them.

use crate::compat::async_trait::AsyncTrait;
use crate::compat::trait_variant;
use crate::error::Errors;
use crate::item::block::{self, Block, Names};
use crate::item::checked::{Fn, Trait};
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
