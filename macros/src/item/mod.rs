//! What was annotated, and what it becomes.

mod block;
mod blocking_type;
mod impl_block;
mod import;
mod member;
mod member_options;
mod module;
mod trait_block;

use crate::error::{Code, Errors};
use crate::item::block::Block;
use crate::item::impl_block::Implementation;
use crate::item::trait_block::TraitBlock;
use crate::options::{Options, Standing};
use crate::syntax::attribute;
use crate::syntax::function::Function;
use crate::syntax::item_kind::{Kind, Words, ungroup};
use crate::twin::Twin;
use crate::twin::scope::Scope;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{ItemImpl, ItemTrait};

/// An item, of which only its words have been read.
pub(crate) struct Item {
    tokens: TokenStream,
    words: Option<Words>,
}

/// An item with what stands in it or beside it then.
pub(crate) struct Wrapped {
    tokens: TokenStream,
    pub(crate) has_twins: bool,
}

impl ToTokens for Wrapped {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

impl Item {
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let words: Vec<_> = ungroup(tokens.clone()).into_iter().collect();
        Item {
            tokens,
            words: Words::of(&words),
        }
    }

    /// The `#[cfg]`s below our attribute.
    pub(crate) fn conditions(&self) -> Vec<TokenStream> {
        let tokens: Vec<_> = ungroup(self.tokens.clone()).into_iter().collect();
        attribute::conditions_of(&tokens)
    }

    /// The item and its twins: the item alone if there is something wrong with the options.
    pub(crate) fn check(self, options: Options, errors: &mut Errors) -> Wrapped {
        let Some(words) = &self.words else {
            return self.alone();
        };
        let standing = match words.kind {
            Kind::Fn => Standing::Alone,
            Kind::Impl => Standing::Impl,
            Kind::Trait => Standing::Trait,
            Kind::Module => Standing::Module,
            _ => {
                report_kind(words, errors);
                return self.alone();
            }
        };
        options.check_standing(standing, false, errors);
        if words.kind == Kind::Fn {
            return self.check_fn(options, errors);
        }
        if !errors.is_empty() {
            return match Block::split(self.tokens.clone()) {
                Some(block) if block.has_own() => passed(block.cleaned()),
                _ => self.alone(),
            };
        }
        check_block(self.tokens, words, &options, true, errors)
    }

    fn check_fn(self, options: Options, errors: &mut Errors) -> Wrapped {
        let twin = Function::parse(self.tokens.clone())
            .and_then(|function| Twin::check(&function, options, &Scope::Alone, errors))
            .filter(|_| errors.is_empty());
        let tokens = self.tokens;
        Wrapped {
            has_twins: twin.is_some(),
            tokens: quote!(#tokens #twin),
        }
    }

    fn alone(self) -> Wrapped {
        passed(self.tokens)
    }
}

/// An impl block, a trait or a module. If nobody `asked` for twins just there, it need not have any.
pub(crate) fn check_block(
    item: TokenStream,
    words: &Words,
    options: &Options,
    asked: bool,
    errors: &mut Errors,
) -> Wrapped {
    let Some(block) = Block::split(item.clone()) else {
        if words.kind == Kind::Module && ends_with_semicolon(&item) {
            module::report_elsewhere(words, errors);
        }
        return passed(item);
    };
    let before = errors.len();
    let wrapped = match words.kind {
        Kind::Impl => check_impl(&block, item, options, asked, errors),
        Kind::Trait => check_trait(&block, item, options, errors),
        _ => Some(module::check(&block, options, errors)),
    };
    // What is half-typed may yet come to something.
    let Some(wrapped) = wrapped else {
        return passed(block.cleaned());
    };
    if asked && !wrapped.has_twins && errors.len() == before {
        block::report_empty(words, errors);
    }
    wrapped
}

fn check_impl(
    block: &Block,
    item: TokenStream,
    options: &Options,
    asked: bool,
    errors: &mut Errors,
) -> Option<Wrapped> {
    let head = block.read_head::<ItemImpl>()?;
    if head.trait_.is_some() {
        if asked {
            impl_block::report_trait(&head, errors);
        }
        return Some(passed(item));
    }
    let added = Implementation::check(block, head, options, errors);
    let item = if block.has_own() {
        block.cleaned()
    } else {
        item
    };
    Some(Wrapped {
        has_twins: added.is_some(),
        tokens: quote!(#item #added),
    })
}

fn check_trait(
    block: &Block,
    item: TokenStream,
    options: &Options,
    errors: &mut Errors,
) -> Option<Wrapped> {
    let head = block.read_head::<ItemTrait>()?;
    let with_twins = TraitBlock::check(block, &head, options, errors);
    let has_twins = with_twins.has_twins();
    Some(Wrapped {
        tokens: if has_twins || block.has_own() {
            with_twins.to_token_stream()
        } else {
            item
        },
        has_twins,
    })
}

/// An item as it came.
pub(crate) fn passed(tokens: TokenStream) -> Wrapped {
    Wrapped {
        tokens,
        has_twins: false,
    }
}

/// An item with these tokens, twins and all.
pub(crate) fn wrapped(tokens: TokenStream, has_twins: bool) -> Wrapped {
    Wrapped { tokens, has_twins }
}

fn ends_with_semicolon(item: &TokenStream) -> bool {
    let last = ungroup(item.clone()).into_iter().last();
    matches!(last, Some(TokenTree::Punct(punct)) if punct.as_char() == ';')
}

/// Only a fn can have a twin, and only what holds fns can hold twins.
pub(crate) fn report_kind(words: &Words, errors: &mut Errors) {
    let Words {
        kind,
        keyword,
        name,
    } = words;
    let subject = match name {
        Some(name) => format!("`{name}`"),
        None => String::from("this"),
    };
    errors.push(
        Code::NotAFunction,
        quote!(#keyword #name),
        format_args!("{subject} is {kind}, and only an `async fn` can have a twin"),
        "put `#[sync_wrapper]` on an `async fn`, or on an `impl`, a `trait` or a `mod` with some",
    );
}
