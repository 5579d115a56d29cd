//! `runtime = expr` and `flavor = "…"`: the runtime of a call.

use super::raw_option::RawOption;
use super::{check_expression, compact};
use crate::error::{Code, Errors};
use crate::spelling::nearest;
use proc_macro2::TokenStream;
use syn::{Expr, LitStr, Path};

#[derive(Clone, Default)]
pub(crate) enum RuntimeChoice {
    /// The one of sync-twin's runtimes that suits the caller's context.
    #[default]
    Auto,
    /// sync-twin's current-thread runtime.
    CurrentThread,
    /// sync-twin's multi-thread runtime.
    MultiThread,
    /// One that only the calling thread has.
    PerThread,
    /// The one that this expression lends.
    Lent(TokenStream),
}

impl RuntimeChoice {
    pub(super) fn lent(&self) -> Option<&TokenStream> {
        match self {
            RuntimeChoice::Lent(expression) => Some(expression),
            _ => None,
        }
    }
}

const FLAVORS: [&str; 4] = ["auto", "current_thread", "multi_thread", "per_thread"];

/// `runtime` takes an expression. rustc checks that its type lends a runtime. An expression that makes a runtime is
/// reported: the runtime would be dropped after the call, which panics inside another runtime.
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

/// Whether an expression makes a runtime by `Runtime::new()` or a builder, as far as tokens tell.
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

/// `flavor` takes one of tokio's two words, `per_thread`, or `auto`.
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
        "per_thread" => Some(RuntimeChoice::PerThread),
        unknown => {
            let help = match nearest(unknown, &FLAVORS) {
                Some(right) => format!("did you mean `flavor = \"{right}\"`?"),
                None => String::from(
                    "write `\"current_thread\"`, `\"multi_thread\"`, `\"per_thread\"`, or `\"auto\"`, which is the default",
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
