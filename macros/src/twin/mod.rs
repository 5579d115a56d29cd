//! The checked model of a twin: from here on nothing can fail.

mod argument;
mod call_path;
mod conversion;
mod docs;
pub(crate) mod expand;
mod option_expr;
mod output;
pub(crate) mod scope;
mod signature;

use crate::compat::async_trait;
use crate::error::Errors;
use crate::name;
use crate::options::{Isolation, Options, Scene};
use crate::syntax::attribute;
use crate::syntax::function::{Body, Function};
use crate::twin::argument::{Argument, free_name};
use crate::twin::conversion::{Conversion, Into};
use crate::twin::docs::Link;
use crate::twin::output::{Gives, Outcome};
use crate::twin::scope::Scope;
use crate::types::lifetime::Namer;
use crate::types::self_type::{self, is_self};
use crate::types::unwrap::Holder;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use std::borrow::Cow;
use syn::{
    FnArg, Generics, Path, Receiver, ReceiverKind, ReturnType, Safety, Signature, Token,
    Visibility, parse_quote_spanned,
};

pub(crate) struct Twin {
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: Visibility,
    pub(crate) constness: Option<Token![const]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<Argument>,
    /// What it returns, but for a timeout.
    pub(crate) output: ReturnType,
    /// The path of the fn that it calls: `Self::fetch::<T>`.
    pub(crate) original: TokenStream,
    /// Whether that is an `async fn`, as opposed to another fn that returns a future.
    pub(crate) is_async: bool,
    pub(crate) is_original_const: bool,
    pub(crate) gives: Gives,
    pub(crate) conversion: Option<Conversion>,
    pub(crate) calls_deprecated: bool,
    /// Whether it stands in a block together with fns that are not generated.
    pub(crate) is_among_others: bool,
    pub(crate) isolation: Isolation,
    pub(crate) timeout: Option<Setting>,
    /// The runtime, if one was chosen.
    pub(crate) runtime: Option<Runtime>,
    /// Where the user has the runtime crate, if not at `::sync_twin`.
    pub(crate) krate: Option<Path>,
    /// Where generated code stands that is no part of the user's: at the name of the async fn.
    pub(crate) site: Span,
}

/// The runtime of a call, if that was chosen.
pub(crate) struct Runtime {
    pub(crate) variable: Ident,
    /// The variable for what stands for it while the items of a stream are read.
    pub(crate) items: Option<Ident>,
    pub(crate) choice: Choice,
}

pub(crate) enum Choice {
    /// That of sync-twin's own which this fn of the runtime crate gives.
    Flavor(&'static str),
    /// The one that this expression lends.
    Lent(TokenStream),
}

/// An expression of the user's, and the variable that holds its value during the call.
pub(crate) struct Setting {
    pub(crate) variable: Ident,
    pub(crate) expression: TokenStream,
}

impl Twin {
    /// The twin of `function`, unless there is a reason why it cannot have one.
    pub(crate) fn check(
        function: &Function,
        options: Options,
        scope: &Scope,
        errors: &mut Errors,
    ) -> Option<Self> {
        let before = errors.len();
        let inner = scope.inner_type();
        let signature = signature_in(scope, function);
        let signature = &*signature;
        let site = signature.ident.span().resolved_at(Span::mixed_site());
        let name = twin_name(signature, &options, scope);

        if inner.is_none() {
            signature::check_kind(signature, errors);
        }
        signature::check_blocking(function, errors);
        signature::check_needless_associated(signature, options.associated.as_ref(), errors);
        signature::check_conditions(signature, errors);
        signature::check_receiver(signature, inner, errors);
        // What rules out an `async fn` altogether says more than that this is none.
        if errors.len() > before {
            return None;
        }
        if inner.is_none() {
            signature::check_same_name(signature, &name, errors);
        }
        let outcome = Outcome::check(function, signature, &options, scope, site, errors);
        let outcome = outcome.filter(|_| errors.len() == before)?;

        let is_associated = options.associated.is_some() || is_associated(function);
        let kept = attribute::keep(&function.attributes);
        let link = match scope {
            _ if docs::is_hidden(&function.attributes) => Link::Hidden,
            Scope::BlockingType(inner) => Link::Of(&inner.name),
            Scope::Inherent | Scope::Trait(_) => Link::Associated,
            Scope::Alone if is_associated => Link::Associated,
            Scope::Alone | Scope::Module => Link::Free,
        };
        let attributes = match outcome.gives {
            Gives::Value => docs::hand_through(&kept, &signature.ident, &link),
            _ => docs::wrap(&kept, &signature.ident, &link),
        };

        let mut namer = Namer::new(signature);
        let arguments = Argument::all(signature, inner, &mut namer);
        let mut generics = signature.generics.clone();
        namer.declare(&mut generics);
        let sized = needs_sized(function, scope)
            .then(|| parse_quote_spanned!(site=> Self: ::core::marker::Sized));
        let marked = scope
            .async_trait()
            .and_then(|async_trait| async_trait.bound(function, site));
        for predicate in sized.into_iter().chain(marked) {
            generics.make_where_clause().predicates.push(predicate);
        }

        let mut taken: Vec<_> = arguments.iter().map(|one| one.value.clone()).collect();
        let mut variable = |name| {
            let variable = free_name(name, &taken, site);
            taken.push(variable.clone());
            variable
        };
        let resolve = |tokens| option_expr::resolve(tokens, &arguments, inner);
        let timeout = options.timeout.filter(|_| outcome.gives == Gives::Future);
        let timeout = timeout.map(|timeout| Setting {
            variable: variable("timeout"),
            expression: resolve(timeout),
        });
        let choice = match options.scene.filter(|_| outcome.gives != Gives::Value) {
            None | Some(Scene::Auto) => None,
            Some(Scene::CurrentThread) => Some(Choice::Flavor("current_thread")),
            Some(Scene::MultiThread) => Some(Choice::Flavor("multi_thread")),
            Some(Scene::Lent(runtime)) => Some(Choice::Lent(resolve(runtime))),
        };
        let is_stream = matches!(
            outcome.conversion,
            Some(Conversion {
                into: Into::Iterator(_),
                ..
            })
        );
        let runtime = choice.map(|choice| Runtime {
            variable: variable("runtime"),
            items: is_stream.then(|| variable("items")),
            choice,
        });

        Some(Twin {
            attributes,
            visibility: function.visibility.clone(),
            constness: signature
                .constness
                .filter(|_| outcome.gives == Gives::Value && can_be_const(&arguments, &outcome)),
            unsafety: match signature.safety {
                Safety::Unsafe(token) => Some(token),
                _ => None,
            },
            name,
            generics,
            original: call_path::of(signature, scope, is_associated, site),
            arguments,
            output: outcome.output,
            is_async: signature.asyncness.is_some(),
            is_original_const: signature.constness.is_some(),
            gives: outcome.gives,
            conversion: outcome.conversion,
            is_among_others: match scope {
                Scope::Trait(_) => true,
                Scope::Alone => is_associated,
                Scope::Inherent | Scope::BlockingType(_) | Scope::Module => false,
            },
            calls_deprecated: attribute::is_deprecated(&function.attributes),
            isolation: options.isolation.unwrap_or_default(),
            timeout,
            runtime,
            krate: options.krate,
            site,
        })
    }
}

/// The signature as the twin's is made of it.
fn signature_in<'a>(scope: &Scope, function: &'a Function) -> Cow<'a, Signature> {
    let signature = &function.signature;
    if let Some(inner) = scope.inner_type() {
        Cow::Owned(inner.write_out(signature))
    } else if async_trait::has_rewritten(signature) {
        let mut restored = signature.clone();
        async_trait::restore(&mut restored);
        Cow::Owned(restored)
    } else {
        Cow::Borrowed(signature)
    }
}

/// The methods of a blocking type are called like those of the async type. A twin stands beside the async fn.
fn twin_name(signature: &Signature, options: &Options, scope: &Scope) -> Ident {
    let original = &signature.ident;
    if let Some(name) = &options.name {
        return name.clone();
    }
    if scope.inner_type().is_some() {
        return original.clone();
    }
    name::derive(original, &options.affixes)
}

/// A constant fn may look into a blocking type, but neither take it apart nor call closures.
fn can_be_const(arguments: &[Argument], outcome: &Outcome) -> bool {
    let holders = arguments.iter().filter_map(|argument| argument.holder);
    outcome.conversion.is_none() && holders.into_iter().all(Holder::is_const)
}

/// Whether the fn is found as `Self::f`, as far as it tells by itself.
fn is_associated(function: &Function) -> bool {
    let signature = &function.signature;
    signature.receiver().is_some()
        || self_type::in_signature(signature.to_token_stream())
        || self_type::in_body(function.body.stream())
}

/// A trait may declare a method that takes `self` by value without saying that `Self` is `Sized`, but only
/// where it has no body. The twin has one.
fn needs_sized(function: &Function, scope: &Scope) -> bool {
    if matches!(scope, Scope::Trait(scope) if scope.is_sized) {
        return true;
    }
    !matches!(function.body, Body::Written(_))
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
