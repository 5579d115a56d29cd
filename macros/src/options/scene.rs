//! `runtime = expr` and `flavor = "…"`: the runtime in whose context a call runs.

use super::written::Written;
use super::{check_expression, compact};
use crate::error::{Code, Errors};
use crate::spelling::nearest;
use proc_macro2::TokenStream;
use syn::LitStr;

#[derive(Clone)]
pub(crate) enum Scene {
    /// The runtime that is there, or sync-twin's own.
    Found,
    /// sync-twin's multi-thread runtime.
    MultiThread,
    /// The one that this expression lends.
    Lent(TokenStream),
}

const FLAVORS: [&str; 2] = ["current_thread", "multi_thread"];

/// `runtime` takes an expression, of whose type rustc says whether it lends a runtime.
pub(super) fn check_runtime(option: &Written, errors: &mut Errors) -> Option<Scene> {
    let value = option.expression("`runtime = self.handle`", errors)?;
    check_expression(option, value, errors).map(Scene::Lent)
}

/// `flavor` takes one of tokio's two words.
pub(super) fn check_flavor(option: &Written, errors: &mut Errors) -> Option<Scene> {
    let value = option.value("`flavor = \"multi_thread\"`", errors)?;
    let Ok(text) = syn::parse2::<LitStr>(value.clone()) else {
        let right = nearest(&compact(value), &FLAVORS).unwrap_or("multi_thread");
        errors.push(
            Code::WrongValue,
            value,
            "`flavor` takes a string",
            format_args!("write `flavor = \"{right}\"`"),
        );
        return None;
    };
    match text.value().as_str() {
        "multi_thread" => Some(Scene::MultiThread),
        "current_thread" => Some(Scene::Found),
        unknown => {
            let help = match nearest(unknown, &FLAVORS) {
                Some(right) => format!("did you mean `flavor = \"{right}\"`?"),
                None => String::from(
                    "write `\"multi_thread\"`, or `\"current_thread\"`, which is the default",
                ),
            };
            errors.push(
                Code::UnknownFlavor,
                value,
                format_args!("there is no flavor `{unknown}`"),
                help,
            );
            None
        }
    }
}
