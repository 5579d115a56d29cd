//! The rules for the signature of a fn with a twin.

use crate::error::{Code, Errors};
use crate::name::{self, Affixes};
use crate::options::{Options, compact};
use crate::syntax::attribute;
use crate::syntax::cfg::{self, Condition};
use crate::syntax::function::{Body, Function};
use crate::twin::scope::Scope;
use crate::types::inner_type::InnerType;
use crate::types::unwrap;
use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{FnArg, ReceiverKind, Signature};

/// Every condition on an argument doubles the number of calls that are written.
const MAX_CONDITIONS: usize = 4;

/// Checks a signature: whether there can be a twin, whatever else is wrong. `signature` is the one from which the twin's is made.
pub(crate) fn check(
    function: &Function,
    signature: &Signature,
    options: &Options,
    scope: &Scope,
    errors: &mut Errors,
) -> bool {
    let inner = scope.inner_type();
    if inner.is_none() {
        check_constness(signature, errors);
        check_abi(signature, errors);
    }
    check_body(function, inner, errors);
    check_self_options(signature, options, errors);
    check_needless_associated(signature, options.associated.as_ref(), errors);
    let before = errors.len();
    if inner.is_none() {
        check_variadic(signature, errors);
    }
    check_blocking(function, errors);
    check_changing(function, errors);
    check_conditions(signature, errors);
    check_receiver(signature, inner, errors);
    errors.len() == before
}

/// A `const fn` runs in the compiler, where nothing can wait.
fn check_constness(signature: &Signature, errors: &mut Errors) {
    if let Some(constness) = signature.constness {
        let ident = &signature.ident;
        errors.push(
            Code::ConstFn,
            constness,
            format_args!("`{ident}` is a `const fn`, which can neither be `async` nor block"),
            format_args!("write `async fn {ident}`"),
        );
    }
}

/// A foreign caller can handle neither the future of an async fn nor a twin's panics.
fn check_abi(signature: &Signature, errors: &mut Errors) {
    let Some(abi) = &signature.abi else {
        return;
    };
    if abi.name.as_ref().is_some_and(|name| name.value() == "Rust") {
        return;
    }
    let ident = &signature.ident;
    errors.push(
        Code::ExternFn,
        abi,
        format_args!("`{ident}` has a foreign ABI, but an `async fn` with a twin cannot have one"),
        format_args!("write `async fn {ident}`, and an `extern` fn that calls its twin"),
    );
}

/// Arguments of unknown number and types cannot be passed on.
fn check_variadic(signature: &Signature, errors: &mut Errors) {
    if let Some(variadic) = &signature.variadic {
        errors.push(
            Code::Variadic,
            variadic,
            format_args!(
                "the twin of `{}` cannot pass on a variable number of arguments",
                signature.ident
            ),
            "put `#[sync_wrapper]` on an `async fn` with a fixed number of arguments",
        );
    }
}

/// Attributes such as `#[tokio::main]` make a fn that blocks.
fn check_blocking(function: &Function, errors: &mut Errors) {
    if let Some(attribute) = attribute::find_blocking(&function.attributes, &function.signature) {
        let ident = &function.signature.ident;
        let written = compact(attribute.path());
        errors.push(
            Code::AlreadyBlocking,
            attribute,
            format_args!("`#[{written}]` already makes `{ident}` a blocking fn, so it needs no twin"),
            format_args!("move its code to an `async fn`, put `#[sync_wrapper]` there, and call it from `{ident}`"),
        );
    }
}

/// Attributes such as `#[bon::builder]` leave a fn behind that takes other arguments.
fn check_changing(function: &Function, errors: &mut Errors) {
    if let Some(attribute) = attribute::find_changing(&function.attributes) {
        let ident = &function.signature.ident;
        let written = compact(attribute.path());
        errors.push(
            Code::ChangedFn,
            attribute,
            format_args!("`#[{written}]` changes how `{ident}` is called, so a twin cannot call it"),
            format_args!(
                "move its code to an `async fn` without `#[{written}]`, and put `#[sync_wrapper]` there"
            ),
        );
    }
}

/// The twin's name. A twin is beside the async fn, so they need two names. A method of a blocking type is elsewhere, and has the
/// name of the async type's.
pub(crate) fn check_name(
    signature: &Signature,
    options: &Options,
    scope: &Scope,
    errors: &mut Errors,
) -> Ident {
    let original = &signature.ident;
    let stands_beside = scope.inner_type().is_none();
    match &options.name {
        Some(name) if stands_beside && original.unraw() == name.unraw() => {
            let other = name::derive(original, &Affixes::default());
            errors.push(
                Code::SameName,
                name,
                format_args!("the twin of `{name}` cannot be named `{name}` too"),
                format_args!("write `name = {other}`, or remove `name` to get the same"),
            );
            other
        }
        Some(name) => name.clone(),
        None if stands_beside => name::derive(original, &options.affixes()),
        None => original.clone(),
    }
}

/// A receiver already shows that a fn is associated.
fn check_needless_associated(
    signature: &Signature,
    associated: Option<&Ident>,
    errors: &mut Errors,
) {
    if let (Some(option), Some(_)) = (associated, signature.receiver()) {
        errors.push(
            Code::NeedlessAssociated,
            option,
            format_args!(
                "`{}` takes `self`, so it is known to be a method",
                signature.ident
            ),
            "remove `associated`, which is for fns without a receiver",
        );
    }
}

/// An expression is evaluated before the call, so it can use only what the caller passes.
fn check_self_options(signature: &Signature, options: &Options, errors: &mut Errors) {
    if let (Some(option), None) = (options.self_option(), signature.receiver()) {
        let ident = &signature.ident;
        errors.push(
            Code::SelfWithoutReceiver,
            option,
            format_args!("`{option}` names `self`, but `{ident}` is called without a value"),
            format_args!("remove `{option}`, or use a constant or an argument of `{ident}` in it"),
        );
    }
}

/// Each condition doubles the code of the twin, so there is a limit.
fn check_conditions(signature: &Signature, errors: &mut Errors) {
    let conditions: Vec<_> = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Receiver(receiver) => Condition::of(&receiver.attrs),
            FnArg::Typed(typed) => Condition::of(&typed.attrs),
        })
        .collect();
    let count = cfg::distinct(conditions.iter()).len();
    if count > MAX_CONDITIONS {
        errors.push(
            Code::TooManyCfgArguments,
            &signature.inputs,
            format_args!(
                "the arguments of `{}` depend on {count} different `cfg`s, but a twin supports at most {MAX_CONDITIONS}",
                signature.ident,
            ),
            "take one struct, and put the `cfg`s on its fields",
        );
    }
}

/// A block of a foreign type only declares what the type has. It disappears, and a body would disappear with it.
fn check_body(function: &Function, inner: Option<&InnerType>, errors: &mut Errors) {
    let Some(inner) = inner.filter(|inner| inner.is_foreign) else {
        return;
    };
    if let Body::Written(body) = &function.body {
        errors.push(
            Code::ForeignBody,
            body,
            format_args!(
                "`{}` has a body, but a `foreign` block only declares methods that `{}` has",
                function.signature.ident, inner.name,
            ),
            "write `;` in its place; a method of your own belongs in an `impl` of the blocking type",
        );
    }
}

/// A blocking type contains the async value itself, so it has no pointer to pass on.
fn check_receiver(signature: &Signature, inner: Option<&InnerType>, errors: &mut Errors) {
    let (Some(inner), Some(receiver)) = (inner, signature.receiver()) else {
        return;
    };
    if unwrap::holder_of(receiver, inner).is_some() {
        return;
    }
    let place = match &receiver.kind {
        ReceiverKind::Typed(_, ty) => ty.to_token_stream(),
        _ => receiver.to_token_stream(),
    };
    errors.push(
        Code::PointerReceiver,
        place,
        format_args!(
            "`{}` takes a pointer to a `{}`, but a blocking type only has the value itself",
            signature.ident, inner.name,
        ),
        match (inner.is_foreign, &inner.as_trait) {
            (true, _) => format!(
                "remove it here, and write `sync_twin::block_on_with(|| value.{}(…))` where you have the pointer",
                signature.ident
            ),
            (_, Some(_)) => String::from("write `#[sync_wrapper(skip)]` on it, or take `self` by value or by reference"),
            _ => String::from(
                "take `self` by value or by reference, or move it to an `impl` with a plain `#[sync_wrapper]`: a twin takes the same pointer",
            ),
        },
    );
}
