//! `close = quit`: the method that the `Drop` of a blocking type calls.

use super::raw_option::RawOption;
use super::{Key, Options};
use crate::error::{Code, Errors};
use crate::syntax::attribute::split_at_commas;
use proc_macro2::{Ident, TokenStream, TokenTree};

/// `close` takes the name of a method.
pub(super) fn check_close(option: &RawOption, errors: &mut Errors) -> Option<Ident> {
    let value = option.value(errors)?;
    syn::parse2(value.clone()).ok().or_else(|| {
        errors.push(
            Code::WrongValue,
            value,
            "`close` takes the name of a method",
            "write `close = quit`, if the `Drop` is to call `async fn quit(&mut self)`",
        );
        None
    })
}

impl Options {
    /// The `Clone` in `derive(Clone)`.
    pub(crate) fn derived_clone(&self) -> Option<TokenStream> {
        let derived = self.derive.clone().map(split_at_commas)?;
        derived.into_iter().find(is_clone)
    }

    /// What two values share must not be closed with the first of them.
    pub(super) fn check_close(&self, errors: &mut Errors) {
        let Some(close) = self.key(Key::Close) else {
            return;
        };
        if let Some(clone) = self.derived_clone() {
            errors.push(
                Code::CloneWithClose,
                clone,
                format_args!(
                    "two clones would share what `{close}` closes, and the first that is dropped would close it for both"
                ),
                format_args!("remove `Clone`, and put the blocking type into an `Arc` where it is shared, or remove `{close}`"),
            );
        }
    }
}

fn is_clone(derived: &TokenStream) -> bool {
    let last = derived.clone().into_iter().last();
    matches!(last, Some(TokenTree::Ident(last)) if last == "Clone")
}
