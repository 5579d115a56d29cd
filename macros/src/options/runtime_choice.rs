//! `runtime = expr` and `flavor = "…"`: the runtime in whose context a call runs.

use super::raw_option::RawOption;
use super::{check_expression, compact};
use crate::error::{Code, Errors};
use crate::spelling::nearest;
use proc_macro2::TokenStream;
use syn::{Expr, LitStr, Path};

#[derive(Clone, Default)]
pub(crate) enum RuntimeChoice {
    /// That of sync-twin's two which suits the caller's context.
    #[default]
    Auto,
    /// sync-twin's current-thread runtime.
    CurrentThread,
    /// sync-twin's multi-thread runtime.
    MultiThread,
    /// The one that this expression lends.
    Lent(TokenStream),
}

const FLAVORS: [&str; 3] = ["auto", "current_thread", "multi_thread"];

/// `runtime` takes an expression, of whose type rustc says whether it lends a runtime. One that makes a runtime drops it
/// with the call, which panics on a thread of another runtime.
pub(super) fn check_runtime(option: &RawOption, errors: &mut Errors) -> Option<RuntimeChoice> {
    let value = option.value(errors)?;
    let value = check_expression(option, value, errors)?;
    if syn::parse2(value.clone()).is_ok_and(|value| makes_runtime(&value)) {
        errors.push(
            Code::TemporaryRuntime,
            &value,
            "this makes a new runtime for every call, and dropping one inside another runtime panics",
            "write `static RT: LazyLock<Runtime> = LazyLock::new(|| …);` and `runtime = RT`",
        );
        return None;
    }
    Some(RuntimeChoice::Lent(value))
}

/// Whether an expression makes a runtime, as far as its words tell: by `Runtime::new()` or a builder.
fn makes_runtime(expression: &Expr) -> bool {
    match expression {
        Expr::Paren(inside) => makes_runtime(&inside.expr),
        Expr::Group(inside) => makes_runtime(&inside.expr),
        Expr::Reference(inside) => makes_runtime(&inside.expr),
        Expr::Try(inside) => makes_runtime(&inside.expr),
        Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "build" | "build_local" => true,
            "unwrap" | "expect" | "handle" | "clone" => makes_runtime(&call.receiver),
            _ => false,
        },
        Expr::Call(call) => matches!(&*call.func, Expr::Path(path) if is_constructor(&path.path)),
        _ => false,
    }
}

fn is_constructor(path: &Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    match (names.next(), names.next()) {
        (Some(last), Some(ty)) => last == "new" && (ty == "Runtime" || ty == "LocalRuntime"),
        _ => false,
    }
}

/// `flavor` takes one of tokio's two words, or that for what is the default.
pub(super) fn check_flavor(option: &RawOption, errors: &mut Errors) -> Option<RuntimeChoice> {
    let value = option.value(errors)?;
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
        "auto" => Some(RuntimeChoice::Auto),
        "current_thread" => Some(RuntimeChoice::CurrentThread),
        "multi_thread" => Some(RuntimeChoice::MultiThread),
        unknown => {
            let help = match nearest(unknown, &FLAVORS) {
                Some(right) => format!("did you mean `flavor = \"{right}\"`?"),
                None => String::from(
                    "write `\"current_thread\"`, `\"multi_thread\"`, or `\"auto\"`, which is the default",
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
