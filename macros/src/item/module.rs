//! An inline module: everything in it, at any depth.

use crate::error::{Code, Errors};
use crate::item::block::{self, Block, Names};
use crate::item::import;
use crate::item::member::Member;
use crate::item::member_options::Part;
use crate::item::{self, Wrapped};
use crate::options::{Options, Standing};
use crate::syntax::attribute;
use crate::syntax::item_kind::{Kind, Words};
use crate::twin::scope::Scope;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

pub(crate) fn check(block: &Block, options: &Options, errors: &mut Errors) -> Wrapped {
    let mut names = Names::of(&block.members);
    let mut tokens = TokenStream::new();
    let mut has_twins = false;
    for member in &block.members {
        let wrapped = check_member(member, options, &mut names, errors);
        has_twins |= wrapped.has_twins;
        wrapped.to_tokens(&mut tokens);
    }
    tokens.extend(import::uses(&block.members));
    item::wrapped(block.with(tokens), has_twins)
}

fn check_member(
    member: &Member,
    options: &Options,
    names: &mut Names,
    errors: &mut Errors,
) -> Wrapped {
    let passed = || item::passed(member.stream());
    let Some(words) = &member.words else {
        return passed();
    };
    let standing = match words.kind {
        Kind::Fn => {
            let twins = block::twins(member, options, &Scope::Module, names, errors);
            let tokens = member.stream();
            return item::wrapped(quote!(#tokens #(#twins)*), !twins.is_empty());
        }
        Kind::Impl => Standing::Impl,
        Kind::Trait => Standing::Trait,
        Kind::Module => Standing::Module,
        _ => {
            if !member.own.is_empty() {
                item::report_kind(words, errors);
            }
            return passed();
        }
    };
    let conditions = attribute::conditions_of(&member.tokens);
    errors.under(conditions, |errors| {
        let parts = member.own.parts(options, standing, errors);
        let mut tokens = TokenStream::new();
        let mut has_twins = false;
        for part in parts {
            let wrapped = check_part(member, words, part, errors);
            has_twins |= wrapped.has_twins;
            wrapped.to_tokens(&mut tokens);
        }
        item::wrapped(tokens, has_twins)
    })
}

/// A block inside, in one way of taking part. If there are others, it is written for each of them.
fn check_part(member: &Member, words: &Words, part: Part, errors: &mut Errors) -> Wrapped {
    let cfg = &part.cfg;
    let item = member.stream();
    let item = quote!(#cfg #item);
    if part.is_skipped() {
        return item::passed(item);
    }
    let asked = part.asked.is_some();
    errors.under(cfg.iter().cloned().collect(), |errors| {
        item::check_block(item, words, &part.options, asked, errors)
    })
}

/// The items of a module in another file are out of sight.
pub(crate) fn report_elsewhere(words: &Words, errors: &mut Errors) {
    let Words { keyword, name, .. } = words;
    let shown = name.as_ref().map(ToString::to_string).unwrap_or_default();
    errors.push(
        Code::ModuleElsewhere,
        quote!(#keyword #name),
        format_args!("the items of `{shown}` are in another file, where no attribute can see them"),
        "put `#[sync_wrapper]` on the items there",
    );
}
