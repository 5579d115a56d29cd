//! What the original returns, and what the twin makes of it.

use crate::error::{Code, Errors};
use crate::options::{Key, Options};
use crate::syntax::block_on;
use crate::syntax::function::{Body, Function};
use crate::twin::scope::Scope;
use crate::types::future;
use crate::types::inner_type::InnerType;
use crate::types::opaque;
use crate::types::stream::{self, Form, Replaced, Wrapping};
use proc_macro2::Span;
use quote::{ToTokens, quote};
use syn::{ReturnType, Signature, Type, parse_quote_spanned};

pub(crate) struct Output {
    pub(crate) returns: Returns,
    /// What the twin returns, without a timeout.
    pub(crate) ty: ReturnType,
    /// What the future outputs, if the original is not an `async fn` and an expression can name the type.
    pub(crate) future: Option<Type>,
    /// `None` if that is what the call outputs.
    pub(crate) conversion: Option<Conversion>,
}

/// What the twin makes of what the call outputs.
pub(crate) struct Conversion {
    pub(crate) wrapping: Wrapping,
    pub(crate) into: IntoKind,
}

pub(crate) enum IntoKind {
    Iterator {
        /// In a box of this type, if any.
        boxed: Option<Box<Type>>,
        /// Of a `TryStream`.
        is_try: bool,
    },
    BlockingType,
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
        let form = match scope {
            Scope::Trait(_) => Form::Boxed,
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
        let mut conversion = None;
        if let ReturnType::Type(_, ty) = &mut output {
            if let Some(Replaced { wrapping, is_try }) = stream::replace(ty, form, site) {
                check_feature(returned, errors);
                if returns == Returns::Value {
                    returns = Returns::Stream;
                }
                let converted = match wrapping {
                    Wrapping::Bare => Some(&mut **ty),
                    Wrapping::Carried => stream::carried_mut(ty),
                };
                // The box needs its type to coerce to a `dyn`.
                let boxed = converted.filter(|ty| matches!(ty, Type::Path(_)));
                let boxed = boxed.cloned().map(Box::new);
                conversion = Some((wrapping, IntoKind::Iterator { boxed, is_try }));
            } else if let Some(inner) = scope.inner_type() {
                conversion = inner
                    .replace(ty)
                    .map(|wrapping| (wrapping, IntoKind::BlockingType));
            }
        }
        if returns == Returns::Value && scope.inner_type().is_none() {
            if !is_explained {
                report_not_async(function, returned, errors);
            }
            return None;
        }
        if returns == Returns::Stream {
            check_timeout(function, options, errors);
        }
        Some(Output {
            returns,
            future: future
                .filter(|ty| signature.asyncness.is_none() && opaque::is_nameable(ty))
                .cloned(),
            ty: output,
            conversion: conversion.map(|(wrapping, into)| Conversion { wrapping, into }),
        })
    }
}

impl InnerType {
    /// Replaces the async type by `Self` in a result.
    fn replace(&self, ty: &mut Type) -> Option<Wrapping> {
        if self.is(ty) {
            *ty = self.outer();
            return Some(Wrapping::Bare);
        }
        let carried = stream::carried_mut(ty).filter(|ty| self.is(ty))?;
        *carried = self.outer();
        Some(Wrapping::Carried)
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
            "if it is a future that outputs a `T`, write `#[sync_wrapper(output = T)]`",
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
    if let Some(key) = options.key(Key::Timeout) {
        errors.push(
            Code::TimeoutOnStream,
            key,
            format_args!(
                "`{}` returns its stream at once: `timeout` would limit that call, not the items",
                function.signature.ident
            ),
            "remove `timeout`, or limit the items where the stream is made",
        );
    }
}
