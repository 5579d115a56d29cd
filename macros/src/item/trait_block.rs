//! A trait: its twins are provided methods, so that every implementor has them.

use crate::compat::async_trait::AsyncTrait;
use crate::compat::trait_variant;
use crate::error::Errors;
use crate::item::block::{self, Block, MemberTwin, Names};
use crate::options::Options;
use crate::twin::scope::{Scope, TraitScope};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, ItemTrait};

/// The twins of every member, in their order.
pub(crate) struct TraitBlock<'a> {
    block: &'a Block,
    twins: Vec<Vec<MemberTwin>>,
}

impl<'a> TraitBlock<'a> {
    pub(crate) fn check(
        block: &'a Block,
        head: &ItemTrait,
        options: &Options,
        errors: &mut Errors,
    ) -> Self {
        let scope = Scope::Trait(TraitScope {
            path: path(head),
            async_trait: AsyncTrait::find(&head.attrs, &head.supertraits),
            is_sized: trait_variant::is_among(&head.attrs),
        });
        let mut names = Names::of(&block.members);
        let twins = block
            .members
            .iter()
            .map(|member| block::twins(member, options, &scope, &mut names, errors))
            .collect();
        TraitBlock { block, twins }
    }

    pub(crate) fn has_twins(&self) -> bool {
        self.twins.iter().any(|twins| !twins.is_empty())
    }
}

/// `Store<'a, T, N>`: a method of this trait, not of another that has one of the same name.
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

impl ToTokens for TraitBlock<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let members = self.block.members.iter().zip(&self.twins);
        let members = members.map(|(member, twins)| {
            let member = member.stream();
            quote!(#member #(#twins)*)
        });
        tokens.extend(self.block.with(quote!(#(#members)*)));
    }
}
