//! `timeout = expr`, and `close_timeout`

use super::raw_option::RawOption;
use super::{check_expression, compact};
use crate::error::{Code, Errors};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{LitFloat, LitInt};

/// `timeout` takes any expression of type `Duration` or `Option<Duration>`. rustc checks its type, but literals are reported here.
pub(super) fn check_timeout(option: &RawOption, errors: &mut Errors) -> Option<TokenStream> {
    let value = option.value(errors)?;
    let key = &option.key;
    if is_literal(value) {
        let help = match right(value) {
            Some(right) => format!("write `{key} = std::time::Duration::{right}`"),
            None => format!(
                "write an expression of type `Duration`, as in `{key} = std::time::Duration::from_secs(5)`"
            ),
        };
        errors.push(
            Code::NotADuration,
            value,
            format_args!(
                "`{key}` takes a `Duration`, but `{}` is not one",
                compact(value)
            ),
            help,
        );
        // The twin still returns a `Result`, so that its callers are right.
        return Some(quote!(::core::time::Duration::MAX));
    }
    check_expression(option, value, errors)
}

/// Whether a value consists of literals and operators, and so cannot have the type `Duration`.
fn is_literal(value: &TokenStream) -> bool {
    value.clone().into_iter().all(|token| match token {
        TokenTree::Literal(_) | TokenTree::Punct(_) => true,
        TokenTree::Ident(ident) => ident == "true" || ident == "false",
        TokenTree::Group(group) => is_literal(&group.stream()),
    })
}

/// A number probably means seconds.
fn right(value: &TokenStream) -> Option<String> {
    if let Ok(seconds) = syn::parse2::<LitInt>(value.clone()) {
        return Some(format!("from_secs({})", seconds.base10_digits()));
    }
    let seconds = syn::parse2::<LitFloat>(value.clone()).ok()?;
    Some(format!("from_secs_f64({})", seconds.base10_digits()))
}
