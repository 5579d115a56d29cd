//! An inline module: everything in it, at any depth.

use crate::error::{Code, Errors};
use crate::item;
use crate::item::block::{self, Block, Names};
use crate::item::checked::{Checked, Fn, Module};
use crate::item::import;
use crate::item::member::Member;
use crate::item::member_options::Configured;
use crate::options::{Options, Selection, Target};
use crate::syntax::attribute;
use crate::syntax::item_kind::{ItemHead, Kind};
use crate::twin::scope::Scope;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn check(block: Block, options: &Options, errors: &mut Errors) -> Module {
    let mut names = Names::of(&block.members);
    let mut members = Vec::new();
    for member in &block.members {
        members.extend(check_member(member, options, &mut names, errors));
    }
    Module {
        members,
        imports: import::uses(&block.members),
        shell: block.shell,
    }
}

/// Checks a member. A block is repeated for each configuration in which it takes part.
fn check_member(
    member: &Member,
    options: &Options,
    names: &mut Names,
    errors: &mut Errors,
) -> Vec<Checked> {
    let item = member.stream();
    let Some(head) = &member.head else {
        return vec![Checked::Unchanged(item)];
    };
    let target = match head.kind {
        Kind::Fn => {
            let twins = block::twins(member, options, &Scope::Module, names, errors);
            return vec![Checked::Fn(Fn { item, twins })];
        }
        Kind::Impl => Target::Impl,
        Kind::Trait => Target::Trait,
        Kind::Module => Target::Module,
        _ => {
            if !member.own.is_empty() {
                item::report_kind(head, errors);
            }
            return vec![Checked::Unchanged(item)];
        }
    };
    // Most modules name none of their items, so that the heads of impl blocks need not be read for it.
    let selection = match options.selects() {
        true => options.selection(member.name().as_ref()),
        false => Selection::Usual,
    };
    if selection == Selection::Skipped && member.own.is_empty() {
        return vec![Checked::Unchanged(item)];
    }
    let is_named = selection == Selection::Asked;
    let conditions = attribute::conditions_of(&member.tokens);
    errors.under(conditions, |errors| {
        let configured = member.own.configured(options, target, errors);
        configured
            .into_iter()
            .map(|configured| check_block(&item, head, configured, is_named, errors))
            .collect()
    })
}

fn check_block(
    item: &TokenStream,
    head: &ItemHead,
    configured: Configured,
    is_named: bool,
    errors: &mut Errors,
) -> Checked {
    let cfg = &configured.cfg;
    let item = quote!(#cfg #item);
    if configured.is_skipped() {
        return Checked::Unchanged(item);
    }
    let asked = is_named || configured.asked.is_some();
    errors.under(cfg.iter().cloned().collect(), |errors| {
        item::check_block(item, head, &configured.options, asked, errors)
    })
}

/// An attribute cannot see the items of a module in another file.
pub(crate) fn report_elsewhere(head: &ItemHead, errors: &mut Errors) {
    let ItemHead { keyword, name, .. } = head;
    let shown = name.as_ref().map(ToString::to_string).unwrap_or_default();
    errors.push(
        Code::ModuleElsewhere,
        quote!(#keyword #name),
        format_args!("the items of `{shown}` are in another file, which the attribute cannot see"),
        "put `#[sync_wrapper]` on the items there",
    );
}
