//! The attribute of [sync-twin](https://docs.rs/sync-twin): [`macro@sync_wrapper`].
//!
//! Use it through that crate. What it generates calls code there, and the two versions belong together.
//!
//! An annotated item passes through three stages: it is parsed (`item`, `options`, and `member` for what stands in a
//! block), checked into a model from which nothing can fail any more (`twin`, `implementation`, `trait_block`, `module`,
//! `blocking_type`), and expanded (`expand`). What a user reads about the attribute is in `docs/`.

#![forbid(unsafe_code)]

mod argument;
mod async_trait;
mod attribute;
mod block;
mod block_on;
mod blocking_type;
mod condition;
mod conversion;
mod docs;
mod error;
mod expand;
mod expression;
mod function;
mod future;
mod holder;
mod implementation;
mod import;
mod inner_type;
mod item;
mod kind;
mod lifetime;
mod member;
mod module;
mod name;
mod opaque;
mod options;
mod outcome;
mod own;
mod path;
mod place;
mod scope;
mod self_type;
mod signature;
mod spelling;
mod stream;
mod trait_block;
mod trait_variant;
mod twin;

use error::Errors;
use item::Item;
use options::Options;
use proc_macro2::TokenStream;
use quote::quote;

#[doc = include_str!("../docs/fns.md")]
#[doc = include_str!("../docs/blocks.md")]
#[doc = include_str!("../docs/futures.md")]
#[doc = include_str!("../docs/options.md")]
#[doc = include_str!("../docs/blocking_type.md")]
#[doc = include_str!("../docs/library.md")]
#[proc_macro_attribute]
pub fn sync_wrapper(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand(options.into(), item.into()).into()
}

/// Parse, check, expand. The item survives every mistake, so that editors and the rest of the crate go on working.
fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = Item::parse(item);
    let checked = errors.under(item.conditions(), |errors| {
        let options = Options::parse(options, errors);
        item.check(options, errors)
    });
    quote!(#checked #errors)
}

#[cfg(test)]
mod tests;
