//! What the original returns, and what the twin makes of it.

use crate::error::{Code, Errors};
use crate::options::{Key, Options, compact_type};
use crate::syntax::block_on;
use crate::syntax::function::{Body, Function};
use crate::syntax::span_range::SpanRange;
use crate::twin::scope::Scope;
use crate::twin::stopping;
use crate::types::conversion::{self, Conversion};
use crate::types::family::{Blocking, Family, OutOfReach};
use crate::types::future;
use crate::types::opaque::{self, bare, bare_mut};
use crate::types::self_type::is_self;
use crate::types::stream::{self, Form, Replaced};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::{Lifetime, Path, ReceiverKind, ReturnType, Signature, Type, parse_quote_spanned};

pub(crate) struct Output {
    pub(crate) returns: Returns,
    /// What the twin returns, without a timeout.
    pub(crate) ty: ReturnType,
    /// What the future outputs, if the original is not known to be an `async fn` and an expression can name the type.
    pub(crate) future: Option<Type>,
    /// What the signature of a foreign method says that it returns, if an expression can name the type, and where.
    pub(crate) declared: Option<(Type, Span)>,
    /// Types in it for which there may be blocking types that nobody has named here.
    pub(crate) unmapped: Vec<Type>,
    /// Traits that a signature names which disappears: so that what imports them is used.
    pub(crate) disappeared: Vec<Path>,
    /// `None` if that is what the call outputs.
    pub(crate) conversion: Option<Conversion<IntoKind>>,
}

/// What the twin makes of a part of what the call outputs.
pub(crate) enum IntoKind {
    Iterator {
        /// In a box of this type, if any.
        boxed: Option<Box<Type>>,
        /// Of a `TryStream`.
        is_try: bool,
        /// What becomes of each item.
        items: Option<Conversion<Blocking>>,
    },
    Blocking(Blocking),
    /// A reference to what the method is called on.
    Receiver,
}

/// What a call of the original returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    Future,
    Stream,
    /// Something else: the sync methods of a blocking type do.
    Value,
}

impl Output {
    /// The output of `function`, unless there is nothing to wait for: a mistake, if none that `is_explained` by another.
    pub(crate) fn check(
        function: &Function,
        signature: &Signature,
        options: &Options,
        scope: &Scope,
        site: Span,
        is_explained: bool,
        errors: &mut Errors,
    ) -> Option<Self> {
        let is_in_trait = scope.inner_type().is_some_and(|inner| inner.is_implementor);
        let form = match scope {
            Scope::Trait(_) => Form::Boxed,
            _ if is_in_trait => Form::Boxed,
            _ => Form::Opaque,
        };
        let returned = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(&**ty),
        };
        let future = match (&options.output, returned) {
            (Some(output), _) => Some(output),
            (None, Some(ty)) => future::output(ty),
            (None, None) => None,
        };
        check_needless_output(function, options, errors);

        let (mut returns, mut output) = if signature.asyncness.is_some() {
            (Returns::Future, signature.output.clone())
        } else if let Some(output) = future {
            (Returns::Future, parse_quote_spanned!(site=> -> #output))
        } else {
            (Returns::Value, signature.output.clone())
        };
        let is_of_trait = scope
            .inner_type()
            .is_some_and(|inner| inner.as_trait.is_some());
        if let ReturnType::Type(_, ty) = &mut output {
            if is_of_trait {
                opaque::capture_all(ty, Span::mixed_site());
            }
        }
        let family = Family::new(scope.inner_type(), options.map.as_ref());
        let unmapped = find_unmapped(&output, signature, &family);
        let (conversion, rest) = exchange(&mut output, signature, &family, form, site);
        if !is_explained {
            check_reach(function, rest.as_ref(), &family, errors);
        }
        let is_iterator = |into: &IntoKind| matches!(into, IntoKind::Iterator { .. });
        if conversion.as_ref().is_some_and(|one| one.any(&is_iterator)) {
            check_feature(returned, errors);
            if returns == Returns::Value {
                returns = Returns::Stream;
            }
        }
        if returns == Returns::Value && scope.inner_type().is_none() {
            if !is_explained {
                report_not_async(function, returned, errors);
            }
            return None;
        }
        match returns {
            Returns::Stream => check_timeout(function, options, errors),
            Returns::Future => stopping::check_flatten(function, &output, options, errors),
            Returns::Value => check_around(function, options, errors),
        }
        let of_async = |ty: &Type| match scope.inner_type() {
            Some(inner) => inner.of_async(ty),
            None => ty.clone(),
        };
        let is_foreign = scope.inner_type().is_some_and(|inner| inner.is_foreign);
        let declared = is_foreign
            .then(|| declared(returned, site))
            .filter(opaque::is_nameable)
            .map(|ty| of_async(&ty));
        let mut future = match (signature.asyncness, future) {
            (Some(_), _) => declared.clone(),
            (None, Some(ty)) if opaque::is_nameable(ty) => Some(of_async(ty)),
            (None, _) => None,
        };
        let asks_rustc = options.output.is_none()
            && conversion.is_none()
            && !matches!(scope, Scope::Alone | Scope::BlockingType(_));
        if let Some(ty) = returned.filter(|ty| asks_rustc && is_alias(ty)) {
            future = None;
            output = parse_quote_spanned!(site=> -> <#ty as ::core::future::IntoFuture>::Output);
        }
        Some(Output {
            returns,
            disappeared: match returned {
                Some(ty) if is_foreign || is_in_trait => opaque::streams_and_futures(ty),
                _ => Vec::new(),
            },
            future,
            declared: declared.map(|ty| (ty, declared_at(function))),
            ty: output,
            unmapped,
            conversion,
        })
    }
}

/// What a signature says that the fn returns.
fn declared(returned: Option<&Type>, site: Span) -> Type {
    match returned {
        Some(ty) => ty.clone(),
        None => parse_quote_spanned!(site=> ()),
    }
}

/// Puts iterators in the place of streams, and blocking types in the place of async ones. With what is left, in which a `()` is
/// where something was: in a trait, both types are named `Self`.
fn exchange(
    output: &mut ReturnType,
    signature: &Signature,
    family: &Family<'_>,
    form: Form,
    site: Span,
) -> (Option<Conversion<IntoKind>>, Option<Type>) {
    let ReturnType::Type(_, ty) = output else {
        return (None, None);
    };
    let lends_receiver = lends_receiver(ty, signature, family);
    let replace = |ty: &mut Type| {
        if lends_receiver && matches!(bare(ty), Type::Reference(_)) {
            return replace_receiver(ty, family);
        }
        replace_stream(ty, family, form, site)
            .or_else(|| family.replace(ty).map(IntoKind::Blocking))
    };
    let mut rest = Type::clone(ty);
    let _ = Conversion::of(&mut rest, &mut |ty| {
        let found = replace(ty)?;
        *ty = parse_quote_spanned!(site=> ());
        Some(found)
    });
    let mut replace = replace;
    (Conversion::of(ty, &mut replace), Some(rest))
}

/// Whether only rustc can tell what a future outputs. In a block nobody may have asked for the twin, so its type must not be
/// wrong. A fn with the attribute shows what its user wrote, and can say what it is.
fn is_alias(ty: &Type) -> bool {
    future::is_any_alias(ty) && opaque::is_nameable(ty)
}

/// Whether a result is `&Self` or `&mut Self`, bare or in a `Result`, and borrows from nothing but the receiver: as in a builder.
fn lends_receiver(ty: &Type, signature: &Signature, family: &Family<'_>) -> bool {
    let lifetime = match signature.receiver().map(|receiver| &receiver.kind) {
        Some(ReceiverKind::Reference(_, lifetime, _)) => lifetime,
        Some(ReceiverKind::Typed(_, ty)) => match bare(ty) {
            Type::Reference(reference) if is_self(&reference.elem) => &reference.lifetime,
            _ => return false,
        },
        _ => return false,
    };
    let ty = match opaque::last_of(ty) {
        Some(last) if last.ident == "Result" => opaque::type_arguments(last).next(),
        _ => Some(ty),
    };
    let Some(Type::Reference(reference)) = ty.map(bare) else {
        return false;
    };
    let is_elided = |lifetime: &Option<Lifetime>| {
        lifetime
            .as_ref()
            .is_none_or(|lifetime| lifetime.ident == "_")
    };
    family
        .blocking(&reference.elem)
        .is_some_and(|found| found.is_own)
        && (is_elided(&reference.lifetime) || reference.lifetime == *lifetime)
}

/// Where a signature says what the fn returns.
pub(super) fn declared_at(function: &Function) -> Span {
    let place = match &function.signature.output {
        ReturnType::Type(_, ty) => SpanRange::of(ty).first,
        ReturnType::Default => function.signature.ident.span(),
    };
    place.resolved_at(Span::mixed_site())
}

/// The types that may have a blocking type elsewhere. Those that every program has do not.
fn find_unmapped(output: &ReturnType, signature: &Signature, family: &Family<'_>) -> Vec<Type> {
    const COMMON: [&str; 19] = [
        "Self", "String", "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize",
        "str", "u128", "u16", "u32", "u64", "u8", "usize",
    ];
    let is_common = |ty: &Type| {
        let name = opaque::last_of(ty).map(|last| last.ident.to_string());
        name.is_some_and(|name| COMMON.contains(&name.as_str()))
    };
    let parts = match output {
        // A `const fn` cannot call the fn that tells.
        ReturnType::Type(_, ty) if family.inner.is_some() && signature.constness.is_none() => {
            conversion::parts(ty)
        }
        _ => Vec::new(),
    };
    parts
        .into_iter()
        .filter(|ty| !is_common(ty) && opaque::is_nameable(ty) && family.blocking(ty).is_none())
        .cloned()
        .collect()
}

fn replace_receiver(ty: &mut Type, family: &Family<'_>) -> Option<IntoKind> {
    if let Type::Reference(reference) = bare_mut(ty) {
        family.replace(&mut reference.elem)?;
    }
    Some(IntoKind::Receiver)
}

fn replace_stream(ty: &mut Type, family: &Family<'_>, form: Form, site: Span) -> Option<IntoKind> {
    let Replaced { is_try, items } = stream::replace(ty, family, form, site)?;
    // The box needs its type to coerce to a `dyn`.
    let boxed = matches!(ty, Type::Path(_)).then(|| Box::new(ty.clone()));
    Some(IntoKind::Iterator {
        boxed,
        is_try,
        items,
    })
}

/// An async type must not be left in a result unnoticed, where there should be its blocking type.
fn check_reach(function: &Function, rest: Option<&Type>, family: &Family<'_>, errors: &mut Errors) {
    let found = rest.and_then(|rest| family.out_of_reach(rest));
    let Some((why, Blocking { from, is_own, .. })) = found else {
        return;
    };
    let ident = &function.signature.ident;
    let from = match from {
        Type::Infer(_) => String::from("Self"),
        from => compact_type(&from),
    };
    let ReturnType::Type(_, place) = &function.signature.output else {
        return;
    };
    match why {
        OutOfReach::Borrowed => errors.push(
            Code::BorrowedResult,
            place,
            format_args!("`{ident}` lends a `{from}`, but there is no blocking type to lend in its place"),
            format_args!("return a `{from}` by value, or write `#[sync_wrapper(skip)]` on `{ident}`"),
        ),
        OutOfReach::Held => errors.push(
            Code::HeldResult,
            place,
            format_args!("`{ident}` returns a `{from}` inside a type that cannot be taken apart"),
            format_args!(
                "return it in a `Result`, `Option`, `Vec`, `Box`, array or tuple, or write `#[sync_wrapper({})]` on `{ident}`",
                match is_own {
                    true => "skip",
                    false => "unset(map)",
                }
            ),
        ),
    }
}

/// Only a fn that is `async`, or returns a future or a stream, can have a twin: otherwise there is nothing to wait for. A fn that
/// calls `block_on` gets an error of its own, since that is what `#[tokio::main]` above the attribute produces.
fn report_not_async(function: &Function, returned: Option<&Type>, errors: &mut Errors) {
    // The signature is still being typed, and may go on with a future.
    if matches!(function.body, Body::Missing) {
        return;
    }
    let fn_token = &function.signature.fn_token;
    let ident = &function.signature.ident;
    let place = quote!(#fn_token #ident);
    if block_on::is_in(&function.body.stream()) {
        errors.push(
            Code::AlreadyBlocking,
            place,
            format_args!("`{ident}` already blocks, so it needs no twin"),
            format_args!("move its code to an `async fn`, put `#[sync_wrapper]` there, and call it from `{ident}`"),
        );
        return;
    }
    match returned {
        Some(ty) if future::looks_like_one(ty) => errors.push(
            Code::UnknownFuture,
            ty,
            format_args!(
                "the return type of `{ident}` does not name the output of its future"
            ),
            match future::try_output(ty) {
                // Only that lets rustc see the output, whatever an option says.
                Some((ok, error)) => format!(
                    "write `impl Future<Output = Result<{}, {}>>`",
                    compact_type(ok),
                    compact_type(error)
                ),
                None => String::from(
                    "if it is a future that outputs a `T`, write `#[sync_wrapper(output = T)]`",
                ),
            },
        ),
        Some(_) => errors.push(
            Code::NotAsync,
            place,
            "`#[sync_wrapper]` needs an `async fn`",
            format_args!(
                "write `async fn {ident}`, or `#[sync_wrapper(output = T)]` if it returns a future that outputs a `T`"
            ),
        ),
        None => errors.push(
            Code::NotAsync,
            place,
            "`#[sync_wrapper]` needs an `async fn`",
            format_args!("write `async fn {ident}`, or remove the attribute"),
        ),
    }
}

/// The output of an `async fn` is what it returns.
fn check_needless_output(function: &Function, options: &Options, errors: &mut Errors) {
    let signature = &function.signature;
    if let (Some(key), Some(_)) = (options.key(Key::Output), signature.asyncness) {
        errors.push(
            Code::MisplacedOption,
            key,
            format_args!(
                "`{}` is an `async fn`, so its output is what it returns",
                signature.ident
            ),
            "remove `output`, which is for fns that are not `async`",
        );
    }
}

/// Streams are a feature, so that libraries without them do not pay for them.
fn check_feature(returned: Option<&Type>, errors: &mut Errors) {
    if !cfg!(feature = "stream") {
        errors.push(
            Code::StreamWithoutFeature,
            returned.to_token_stream(),
            "the twin of a fn that returns a stream needs the feature `stream` of sync-twin",
            "add `features = [\"stream\"]` to the dependency `sync-twin` in Cargo.toml",
        );
    }
}

/// A timeout limits one call, and this one returns at once. A block's timeout is for its other fns.
fn check_timeout(function: &Function, options: &Options, errors: &mut Errors) {
    let ident = &function.signature.ident;
    if let Some(key) = options.key(Key::Timeout) {
        errors.push(
            Code::TimeoutOnStream,
            key,
            format_args!(
                "`{ident}` returns its stream at once: `timeout` would limit that call, not the items"
            ),
            "remove `timeout`, or limit the items where the stream is made",
        );
    }
    if let Some(key) = options.key(Key::Cancel) {
        errors.push(
            Code::TimeoutOnStream,
            key,
            format_args!(
                "`{ident}` returns its stream at once: `cancel` would end that call, not the items"
            ),
            "remove `cancel`, or end the stream where it is made",
        );
    }
}

/// A sync fn is passed through. A block's `around` is for its other fns.
fn check_around(function: &Function, options: &Options, errors: &mut Errors) {
    if let Some(key) = options.key(Key::Around) {
        errors.push(
            Code::MisplacedOption,
            key,
            format_args!(
                "`{}` is not `async`: there is nothing to wait for, and `around` is for the waiting",
                function.signature.ident
            ),
            "remove `around`, or call it in the fn itself",
        );
    }
}
