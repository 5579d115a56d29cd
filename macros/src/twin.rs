//! The checked model of a twin: from here on nothing can fail.

use crate::argument::Argument;
use crate::attribute;
use crate::condition::{self, Condition};
use crate::docs;
use crate::error::{Code, Errors};
use crate::item::Function;
use crate::lifetime::Namer;
use crate::name;
use crate::options::{Isolation, Options};
use crate::self_type;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{
    FnArg, GenericParam, Generics, Path, Receiver, ReceiverKind, ReturnType, Safety, Signature,
    Token, Type, Visibility, parse_quote_spanned,
};

/// Every condition on an argument doubles the number of calls that are written.
const MAX_CONDITIONS: usize = 4;

pub(crate) struct Twin {
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: Visibility,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: ReturnType,
    /// The async fn as the twin calls it: `Self::fetch::<T>`.
    pub(crate) original: TokenStream,
    pub(crate) calls_deprecated: bool,
    pub(crate) isolation: Isolation,
    /// Where the user has the runtime crate, if not at `::sync_twin`.
    pub(crate) runtime: Option<Path>,
    /// Where generated code stands that is no part of the user's: at the name of the async fn.
    pub(crate) site: Span,
}

impl Twin {
    /// The twin of `function`, unless there is a reason why it cannot have one.
    pub(crate) fn check(
        function: &Function,
        options: Options,
        errors: &mut Errors,
    ) -> Option<Self> {
        let signature = &function.signature;
        let name = options
            .name
            .unwrap_or_else(|| name::derive(&signature.ident));

        let before = errors.len();
        check_constness(signature, errors);
        check_abi(signature, errors);
        check_variadic(signature, errors);
        // What rules out an `async fn` altogether says more than that this is none.
        if errors.len() == before {
            check_async(function, errors);
        }
        check_blocking(function, errors);
        check_same_name(signature, &name, errors);
        check_needless_associated(signature, options.associated.as_ref(), errors);
        check_conditions(signature, errors);
        if errors.len() > before {
            return None;
        }

        let site = signature.ident.span().resolved_at(Span::mixed_site());
        let associated = options.associated.is_some() || is_associated(function);
        let kept = attribute::keep(&function.attributes);
        let hidden = docs::is_hidden(&function.attributes);
        let mut namer = Namer::new(signature);
        let arguments = Argument::all(signature, &mut namer);
        let mut generics = signature.generics.clone();
        namer.declare(&mut generics);
        if needs_sized(function) {
            let sized = parse_quote_spanned!(site=> Self: ::core::marker::Sized);
            generics.make_where_clause().predicates.push(sized);
        }

        Some(Twin {
            attributes: docs::wrap(&kept, &signature.ident, associated, hidden),
            visibility: function.visibility.clone(),
            unsafety: match signature.safety {
                Safety::Unsafe(token) => Some(token),
                _ => None,
            },
            name,
            generics,
            arguments,
            output: signature.output.clone(),
            original: original(signature, associated, site),
            calls_deprecated: attribute::is_deprecated(&function.attributes),
            isolation: options.isolation.unwrap_or_default(),
            runtime: options.runtime,
            site,
        })
    }
}

/// Only an `async fn` can have a twin: there is no future to run otherwise. One that calls `block_on` is told
/// apart, since that is what `#[tokio::main]` above the attribute leaves behind.
fn check_async(function: &Function, errors: &mut Errors) {
    let Signature {
        asyncness,
        fn_token,
        ident,
        ..
    } = &function.signature;
    if asyncness.is_some() {
        return;
    }
    let place = quote!(#fn_token #ident);
    if function.body.as_ref().is_some_and(blocks) {
        errors.push(
            Code::AlreadyBlocking,
            place,
            format_args!("`{ident}` blocks already, so it needs no twin"),
            format_args!("move its code to an `async fn`, put `#[sync_wrapper]` there, and call it from `{ident}`"),
        );
    } else {
        errors.push(
            Code::NotAsync,
            place,
            "`#[sync_wrapper]` needs an `async fn`",
            format_args!("write `async fn {ident}`, or remove the attribute"),
        );
    }
}

/// Whether a body calls something's `block_on`.
fn blocks(body: &TokenStream) -> bool {
    body.clone().into_iter().any(|token| match token {
        proc_macro2::TokenTree::Ident(ident) => ident == "block_on",
        proc_macro2::TokenTree::Group(group) => blocks(&group.stream()),
        _ => false,
    })
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

/// A foreign caller knows neither the future that the async fn returns nor how the twin's panics would unwind.
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
        format_args!("`{ident}` has a foreign ABI, which an `async fn` with a twin cannot have"),
        format_args!("write `async fn {ident}`, and an `extern` fn that calls its twin"),
    );
}

/// Nothing can hand on arguments whose number and types it does not know.
fn check_variadic(signature: &Signature, errors: &mut Errors) {
    if let Some(variadic) = &signature.variadic {
        errors.push(
            Code::Variadic,
            variadic,
            format_args!(
                "the twin of `{}` cannot hand on a variable number of arguments",
                signature.ident
            ),
            "write the arguments out, or take a slice",
        );
    }
}

/// Attributes such as `#[tokio::main]` leave a fn that blocks by itself.
fn check_blocking(function: &Function, errors: &mut Errors) {
    if let Some(attribute) = attribute::find_blocking(&function.attributes) {
        let ident = &function.signature.ident;
        let written = attribute
            .path()
            .to_token_stream()
            .to_string()
            .replace(' ', "");
        errors.push(
            Code::AlreadyBlocking,
            attribute,
            format_args!("`#[{written}]` makes `{ident}` a fn that blocks already, so it needs no twin"),
            format_args!("move its code to an `async fn`, put `#[sync_wrapper]` there, and call it from `{ident}`"),
        );
    }
}

/// Twin and async fn stand side by side, so they need two names.
fn check_same_name(signature: &Signature, name: &Ident, errors: &mut Errors) {
    if signature.ident.unraw() == name.unraw() {
        let other = name::derive(&signature.ident);
        errors.push(
            Code::SameName,
            name,
            format_args!("the twin of `{name}` cannot be called `{name}` as well"),
            format_args!("write `name = {other}`, or leave `name` off for that"),
        );
    }
}

/// `associated` tells what a receiver tells by itself; beside one it is a misunderstanding.
fn check_needless_associated(
    signature: &Signature,
    associated: Option<&Ident>,
    errors: &mut Errors,
) {
    if let (Some(option), Some(_)) = (associated, signature.receiver()) {
        errors.push(
            Code::NeedlessAssociated,
            option,
            format_args!("`{}` is a method, as its `self` says", signature.ident),
            "remove `associated`, which is for fns without a receiver",
        );
    }
}

/// Each condition doubles the code of the twin, so there is a bound.
fn check_conditions(signature: &Signature, errors: &mut Errors) {
    let conditions: Vec<_> = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Receiver(receiver) => Condition::of(&receiver.attrs),
            FnArg::Typed(typed) => Condition::of(&typed.attrs),
        })
        .collect();
    let count = condition::distinct(conditions.iter()).len();
    if count > MAX_CONDITIONS {
        errors.push(
            Code::TooManyCfgArguments,
            &signature.inputs,
            format_args!(
                "the arguments of `{}` depend on {count} different `cfg`s, and a twin can tell {MAX_CONDITIONS} apart",
                signature.ident,
            ),
            "take one struct, and put the `cfg`s on its fields",
        );
    }
}

/// Whether the fn is found as `Self::f`, as far as it tells by itself.
fn is_associated(function: &Function) -> bool {
    let signature = &function.signature;
    signature.receiver().is_some()
        || self_type::in_signature(signature.to_token_stream())
        || function.body.clone().is_some_and(self_type::in_body)
}

/// A trait may declare a method that takes `self` by value without saying that `Self` is `Sized`, but only
/// where it has no body. The twin has one.
fn needs_sized(function: &Function) -> bool {
    function.body.is_none()
        && function
            .signature
            .inputs
            .iter()
            .any(|argument| match argument {
                FnArg::Receiver(Receiver {
                    kind: ReceiverKind::Typed(_, ty),
                    ..
                }) => is_self(ty),
                FnArg::Receiver(receiver) => matches!(receiver.kind, ReceiverKind::Value),
                FnArg::Typed(typed) => is_self(&typed.ty),
            })
}

fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self"))
}

/// The path by which the twin calls the async fn, with its generic arguments: some cannot be inferred.
fn original(signature: &Signature, associated: bool, site: Span) -> TokenStream {
    let ident = &signature.ident;
    let scope = associated.then(|| quote_spanned!(site=> Self::));
    let turbofish = turbofish(&signature.generics, site);
    quote!(#scope #ident #turbofish)
}

/// `::<T, N>`. Lifetimes are inferred, and most of them could not even be named. A parameter under `#[cfg]`
/// cannot be handed on under one, and then all are left to inference.
fn turbofish(generics: &Generics, site: Span) -> Option<TokenStream> {
    let mut arguments = Vec::new();
    for param in &generics.params {
        let (attributes, ident) = match param {
            GenericParam::Type(param) => (&param.attrs, &param.ident),
            GenericParam::Const(param) => (&param.attrs, &param.ident),
            GenericParam::Lifetime(_) => continue,
        };
        if Condition::of(attributes).is_some() {
            return None;
        }
        arguments.push(ident);
    }
    (!arguments.is_empty()).then(|| quote_spanned!(site=> ::<#(#arguments),*>))
}
