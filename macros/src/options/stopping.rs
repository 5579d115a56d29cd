//! `cancel = expr` and `flatten`: what stops a call beside its time limit, and which error it returns then.

use super::raw_option::RawOption;
use super::{Key, Options, check_expression};
use crate::error::{Code, Errors};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// `cancel` takes any expression that lends a `sync_twin::Cancel`, or something like it. rustc checks its type.
pub(super) fn check_cancel(option: &RawOption, errors: &mut Errors) -> Option<TokenStream> {
    let value = option.value(errors)?;
    check_expression(option, value, errors)
}

/// `flatten` takes a fn from what has stopped the call to the error that is returned. Without one, that is `From::from`.
pub(super) fn check_flatten(option: &RawOption, errors: &mut Errors) -> Option<TokenStream> {
    let RawOption { key, value, list } = option;
    match (value, list) {
        (None, None) => {
            let place = key.span().resolved_at(Span::mixed_site());
            Some(quote_spanned!(place=> ::core::convert::From::from))
        }
        (None, Some(list)) => {
            errors.push(
                Code::WrongValue,
                list,
                "`flatten` takes a fn that makes the error",
                "write `flatten = Error::Stopped`, or just `flatten` if the error is `From` it",
            );
            None
        }
        (Some(_), _) => check_expression(option, option.value(errors)?, errors),
    }
}

impl Options {
    /// Whether a call may be stopped before it has completed.
    pub(crate) fn can_stop(&self) -> bool {
        self.timeout.is_some() || self.cancel.is_some()
    }

    /// What an item says of being stopped, if nothing stops it.
    pub(crate) fn check_flatten(&self, errors: &mut Errors) {
        let is_half_typed = self.half_typed.is_some()
            || [Key::Timeout, Key::Cancel]
                .iter()
                .any(|key| self.key(*key).is_some());
        if let Some(flatten) = self
            .key(Key::Flatten)
            .filter(|_| !self.can_stop() && !is_half_typed)
        {
            errors.push(
                Code::MisplacedOption,
                flatten,
                format_args!(
                    "`{flatten}` is about a call that is stopped, but nothing stops this one"
                ),
                format_args!("add `timeout = …` or `cancel = …`, or remove `{flatten}`"),
            );
        }
    }
}
