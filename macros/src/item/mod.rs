//! An annotated item: parsed, then checked into the model that is expanded.

mod block;
mod blocking_stream;
mod blocking_trait;
mod blocking_type;
mod checked;
mod completion;
mod impl_block;
mod import;
mod member;
mod member_options;
mod module;
mod page;
mod selected;
mod trait_block;

#[cfg(test)]
pub(crate) use impl_block::declares_only;
#[cfg(test)]
pub(crate) use member::Member;

use crate::error::{Code, Errors};
use crate::item::block::{Block, MemberTwin};
use crate::item::blocking_stream::Trait;
use crate::item::checked::{Beside, Checked, Fn};
use crate::item::completion::Completion;
use crate::options::{Key, Options, Target};
use crate::syntax::attribute;
use crate::syntax::function::Function;
use crate::syntax::item_kind::{ItemHead, Kind, ungroup};
use crate::twin::Twin;
use crate::twin::scope::Scope;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{ItemImpl, ItemTrait};

/// An item, of which only the head has been read, and its attribute's options.
pub(crate) struct Item {
    tokens: TokenStream,
    head: Option<ItemHead>,
    options: Options,
    /// The `#[cfg]`s below our attribute.
    conditions: Vec<TokenStream>,
    pub(crate) completion: Option<Completion>,
}

impl Item {
    pub(crate) fn parse(options: TokenStream, tokens: TokenStream, errors: &mut Errors) -> Self {
        let all: Vec<_> = ungroup(tokens.clone()).into_iter().collect();
        let conditions = attribute::conditions_of(&all);
        let words = options;
        let options = errors.under(conditions.clone(), |errors| {
            Options::parse(words.clone(), errors)
        });
        let head = ItemHead::of(&all);
        Item {
            completion: Completion::of(&words, &options, &all, head.as_ref()),
            tokens,
            head,
            options,
            conditions,
        }
    }

    /// The item with its twins, as far as it can have them.
    pub(crate) fn check(self, errors: &mut Errors) -> Checked {
        let Item {
            tokens,
            head,
            options,
            conditions,
            ..
        } = self;
        match head {
            Some(head) => errors.under(conditions, |errors| check(tokens, &head, options, errors)),
            None => Checked::Unchanged(tokens),
        }
    }
}

fn check(item: TokenStream, head: &ItemHead, options: Options, errors: &mut Errors) -> Checked {
    let target = match head.kind {
        Kind::Fn => Target::Alone,
        Kind::Impl => Target::Impl,
        Kind::Trait => Target::Trait,
        Kind::Module => Target::Module,
        _ => {
            report_kind(head, errors);
            return Checked::Unchanged(item);
        }
    };
    options.check_target(target, false, errors);
    if head.kind == Kind::Fn {
        return check_fn(item, options, errors);
    }
    check_block(item, head, &options, true, errors)
}

/// What an editor needs to complete a time limit that does not parse yet.
fn half_typed(function: &Function, options: &Options) -> Option<TokenStream> {
    let mut options = options.clone();
    match options.half_typed.take()? {
        (Key::Cancel, value) => options.cancel = Some(value),
        (_, value) => options.timeout = Some(value),
    }
    let twin = Twin::check(function, options, &Scope::Alone, &mut Errors::default());
    twin?.values()
}

fn check_fn(mut item: TokenStream, options: Options, errors: &mut Errors) -> Checked {
    let twin = Function::parse(item.clone())
        .filter(|_| !options.is_skipped())
        .and_then(|function| {
            // A value that is half-typed can be completed, at the place where it will be.
            let values = half_typed(&function, &options);
            if values.is_some() {
                item = quote!(#item #values);
            }
            Twin::check(&function, options, &Scope::Alone, errors)
        });
    let twins = twin.map(|twin| MemberTwin { cfg: None, twin });
    Checked::Fn(Fn {
        item,
        twins: twins.into_iter().collect(),
    })
}

/// An impl block, a trait or a module. It needs to have twins only if the user `asked` for them there.
pub(crate) fn check_block(
    item: TokenStream,
    head: &ItemHead,
    options: &Options,
    asked: bool,
    errors: &mut Errors,
) -> Checked {
    let Some(block) = Block::split(item.clone()) else {
        if head.kind == Kind::Module && ends_with_semicolon(&item) {
            module::report_elsewhere(head, errors);
        }
        return Checked::Unchanged(item);
    };
    let before = errors.len();
    let is_skipped = options.is_skipped();
    if !blocking_stream::names_methods(&block, options) {
        selected::check(&block, options, &[], errors);
    }
    let written = item.clone();
    let cleaned = if block.has_own() {
        block.cleaned()
    } else {
        item.clone()
    };
    let checked = match head.kind {
        _ if is_skipped => None,
        Kind::Impl => check_impl(&block, item, &cleaned, options, asked, errors),
        Kind::Trait => check_trait(block, &cleaned, options, errors),
        _ => Some(Checked::Module(module::check(block, options, errors))),
    };
    // Half-typed: rustc reports it. Or not to be wrapped.
    let Some(checked) = checked else {
        return Checked::Unchanged(cleaned);
    };
    if checked.has_twins() {
        return checked;
    }
    // Not as a consequence of another mistake, and not before the block is complete.
    if asked && !options.are_unclear && errors.len() == before {
        let block = Block::split(written).filter(Block::is_finished);
        if let Some(block) = block {
            block::report_empty(head, block.has_macro(), errors);
        }
    }
    match checked {
        Checked::Trait(_) => Checked::Unchanged(cleaned),
        checked => checked,
    }
}

fn check_impl(
    block: &Block,
    item: TokenStream,
    cleaned: &TokenStream,
    options: &Options,
    asked: bool,
    errors: &mut Errors,
) -> Option<Checked> {
    let head = block.read_head::<ItemImpl>()?;
    if head.trait_.is_some() {
        if let (Some(of), Some(_)) = (Trait::of(&head), options.blocking_type()) {
            return Some(blocking_stream::check(
                of, block, head, item, options, errors,
            ));
        }
        if asked && !options.are_unclear {
            blocking_stream::report(&head, options, errors);
        }
        // Our attributes inside are left to rustc: SW504.
        return Some(Checked::Unchanged(item));
    }
    let corrected = impl_block::add_foreign(block, &head, options, errors);
    let options = corrected.as_ref().unwrap_or(options);
    // Of a foreign type there is no block here: its signatures are read, and disappear. One that has bodies only is of a type of
    // the user's, and `foreign` a mistake.
    let item = match options.foreign {
        Some(_) if !impl_block::has_bodies_only(block) => TokenStream::new(),
        // It is about the type that is made from the block.
        _ if options.declared.is_some() => block::without_attribute(cleaned.clone(), "must_use"),
        _ => cleaned.clone(),
    };
    Some(match impl_block::check(block, head, options, errors) {
        Some(added) => Checked::Beside(Beside { item, added }),
        None => Checked::Unchanged(item),
    })
}

/// The twins of a trait are in it, unless a blocking type or a blocking trait is made of it.
fn check_trait(
    block: Block,
    cleaned: &TokenStream,
    options: &Options,
    errors: &mut Errors,
) -> Option<Checked> {
    let head = block.read_head::<ItemTrait>()?;
    let item = match options.foreign {
        Some(_) => TokenStream::new(),
        None => cleaned.clone(),
    };
    if !options.names_beside_trait() {
        return Some(Checked::Trait(trait_block::check(
            block, &head, options, errors,
        )));
    }
    Some(
        match trait_block::check_beside(&block, &head, options, errors) {
            Some(added) => Checked::Beside(Beside { item, added }),
            None => Checked::Unchanged(item),
        },
    )
}

fn ends_with_semicolon(item: &TokenStream) -> bool {
    let last = ungroup(item.clone()).into_iter().last();
    matches!(last, Some(TokenTree::Punct(punct)) if punct.as_char() == ';')
}

/// Only a fn can have a twin, and only a block of fns can contain twins.
pub(crate) fn report_kind(head: &ItemHead, errors: &mut Errors) {
    let ItemHead {
        kind,
        keyword,
        name,
    } = head;
    let subject = match name {
        Some(name) => format!("`{name}`"),
        None => String::from("this"),
    };
    errors.push(
        Code::NotAFunction,
        quote!(#keyword #name),
        format_args!("{subject} is {kind}, but only an `async fn` can have a twin"),
        "put `#[sync_wrapper]` on an `async fn`, or on an `impl`, `trait` or `mod` that contains one",
    );
}
