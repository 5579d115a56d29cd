#![doc = "The attribute of sync-twin."]
#![forbid(unsafe_code)]

mod argument;
mod attribute;
mod condition;
mod docs;
mod error;
mod expand;
mod item;
mod lifetime;
mod name;
mod options;
mod self_type;
mod twin;

use error::Errors;
use item::Function;
use options::Options;
use proc_macro2::TokenStream;
use quote::quote;
use twin::Twin;

/// Adds a blocking twin beside an async fn.
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
    let options = Options::parse(options, &mut errors);
    let function = Function::parse(item.clone(), &mut errors);
    let twin = function.and_then(|function| Twin::check(&function, options, &mut errors));
    if errors.is_empty() {
        quote!(#item #twin)
    } else {
        quote!(#item #errors)
    }
}
