//! The checked model of a twin: from here on nothing can fail.

mod argument;
mod call;
mod call_path;
mod closing;
mod convert;
mod docs;
pub(crate) mod expand;
mod option_expr;
mod origin;
pub(crate) mod output;
pub(crate) mod scope;
mod setting;
mod signature;
mod stopping;

use crate::compat::async_trait;
use crate::error::Errors;
use crate::name;
use crate::options::Options;
use crate::syntax::attribute;
use crate::syntax::function::{Body, Function};
use crate::twin::argument::Argument;
use crate::twin::output::{Output, Returns};
use crate::twin::scope::Scope;
use crate::twin::setting::Settings;
use crate::types::conversion::Conversion;
use crate::types::family::Family;
use crate::types::lifetime::Namer;
use crate::types::self_type::{self, is_self};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use std::borrow::Cow;
use syn::ext::IdentExt as _;
use syn::{
    FnArg, Generics, Receiver, ReceiverKind, ReturnType, Safety, Signature, Token, Visibility,
    parse_quote_spanned,
};

pub(crate) struct Twin {
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: Visibility,
    pub(crate) constness: Option<Token![const]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) name: Ident,
    /// Whether rustc objects to the name that the twin has from the async fn.
    pub(crate) is_misnamed: bool,
    pub(crate) generics: Generics,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) output: Output,
    /// The name of the async fn.
    pub(crate) async_fn: String,
    /// The path of the fn that it calls: `Self::fetch::<T>`.
    pub(crate) original: TokenStream,
    /// If it belongs to a stream or a sink: what it passes on beside its arguments.
    pub(crate) polls: Option<Polls>,
    /// Whether that is known to be an `async fn`, and not a fn that returns a future.
    pub(crate) is_async: bool,
    pub(crate) is_original_const: bool,
    /// Whether it has `#[track_caller]`, which only works for a call in the twin itself.
    pub(crate) is_tracked: bool,
    pub(crate) calls_deprecated: bool,
    /// Whether there are fns in the same block that are not generated.
    pub(crate) is_among_others: bool,
    pub(crate) options: Options,
    pub(crate) settings: Settings,
    /// Whether the method closes the value for good, so that the `Drop` of the blocking type need not.
    pub(crate) closes: bool,
    /// Whether it is what that `Drop` does.
    pub(crate) is_in_drop: bool,
    /// The span of generated code.
    pub(crate) site: Span,
    /// The span of the twin's head: what rustc says about the twin as an item belongs to the fn.
    pub(crate) header: Span,
}

impl Twin {
    /// The twin of `function`, unless it cannot have one.
    pub(crate) fn check(
        function: &Function,
        options: Options,
        scope: &Scope,
        errors: &mut Errors,
    ) -> Option<Self> {
        let signature = &*signature_in(scope, function);
        // Of a foreign fn nothing is left but this, so all mistakes belong to its signature.
        let site = match scope.inner_type() {
            Some(inner) if inner.is_foreign => output::declared_at(function),
            // What is wrong with one of several implementors belongs to its name.
            Some(inner) => inner.place.unwrap_or_else(Span::mixed_site),
            None => Span::mixed_site(),
        };
        let before = errors.len();
        let can_have_one = signature::check(function, signature, &options, scope, errors);
        // These errors are more helpful than that there is nothing to wait for.
        let is_explained = options.are_unclear || errors.len() > before;
        let name = signature::check_name(signature, &options, scope, errors);
        let output = Output::check(
            function,
            signature,
            &options,
            scope,
            site,
            is_explained,
            errors,
        );
        let output = output.filter(|_| can_have_one)?;
        // Whoever writes `self` there is in an impl block.
        let is_associated = options.associated.is_some()
            || options.self_option().is_some()
            || is_associated(function);
        let options = match signature.receiver() {
            Some(_) => options,
            None => options.without_self(),
        };

        let mut namer = Namer::new(signature);
        let family = Family::new(scope.inner_type(), options.map.as_ref());
        let arguments = Argument::all(signature, &family, &mut namer);
        Some(Twin {
            attributes: docs::attributes(function, scope, is_associated, &output, &options),
            visibility: function.visibility.clone(),
            constness: signature
                .constness
                .filter(|_| can_be_const(&arguments, &output)),
            unsafety: match signature.safety {
                Safety::Unsafe(token) => Some(token),
                _ => None,
            },
            is_misnamed: options.name.is_none() && name::has_capitals(&name),
            name,
            generics: generics(function, signature, &output, scope, namer, site),
            async_fn: signature.ident.unraw().to_string(),
            original: call_path::of(signature, scope, is_associated, site),
            polls: Polls::of(signature, scope, site),
            is_async: signature.asyncness.is_some() && output.future.is_none(),
            is_original_const: signature.constness.is_some(),
            is_tracked: signature.asyncness.is_none()
                && attribute::is_tracked(&function.attributes),
            is_among_others: match scope {
                Scope::Trait(_) => true,
                Scope::Alone => is_associated,
                Scope::Inherent | Scope::BlockingType(_) | Scope::Module => false,
            },
            calls_deprecated: attribute::is_deprecated(&function.attributes),
            settings: Settings::of(&options, &arguments, &output, scope, site),
            closes: scope
                .inner_type()
                .is_some_and(|inner| inner.is_closed_by(&signature.ident)),
            is_in_drop: false,
            options,
            arguments,
            output,
            site,
            header: signature.fn_token.span.resolved_at(site),
        })
    }
}

/// A call that is often ready at once, and so is polled before it is isolated.
pub(crate) struct Polls {
    /// What the call passes on beside its arguments.
    pub(crate) more: Option<TokenStream>,
    pub(crate) is_next: bool,
}

impl Polls {
    fn of(signature: &Signature, scope: &Scope, site: Span) -> Option<Self> {
        let polled = scope.inner_type()?.polled.as_ref()?;
        Some(Polls {
            more: polled.more(&signature.ident, site),
            is_next: polled.is_stream(),
        })
    }
}

impl Twin {
    /// Whether a blocking type with this method has to keep the async value where it is.
    pub(crate) fn pins(&self) -> bool {
        let receiver = self.arguments.first();
        let holder = receiver.and_then(|receiver| receiver.holder.as_ref());
        holder.is_some_and(Conversion::pins)
    }
}

/// The signature from which the twin's is made.
fn signature_in<'a>(scope: &Scope, function: &'a Function) -> Cow<'a, Signature> {
    let mut signature = Cow::Borrowed(&function.signature);
    if async_trait::has_rewritten(&signature) {
        async_trait::restore(signature.to_mut());
    }
    match scope.inner_type() {
        Some(inner) => Cow::Owned(inner.write_out(&signature)),
        None => signature,
    }
}

/// A `const fn` can borrow the value in a blocking type, but neither move it out nor call closures.
fn can_be_const(arguments: &[Argument], output: &Output) -> bool {
    let mut holders = arguments
        .iter()
        .filter_map(|argument| argument.holder.as_ref());
    output.returns == Returns::Value
        && output.conversion.is_none()
        && holders.all(Conversion::is_const)
}

/// The generics of the fn, with the bounds that the twin's call needs.
fn generics(
    function: &Function,
    signature: &Signature,
    output: &Output,
    scope: &Scope,
    namer: Namer,
    site: Span,
) -> Generics {
    let mut generics = signature.generics.clone();
    namer.declare(&mut generics);
    let sized = needs_sized(function, output, scope)
        .then(|| parse_quote_spanned!(site=> Self: ::core::marker::Sized));
    let marked = scope
        .async_trait()
        .and_then(|async_trait| async_trait.bound(function, site));
    for predicate in sized.into_iter().chain(marked) {
        generics.make_where_clause().predicates.push(predicate);
    }
    generics
}

/// Whether the fn's own tokens show that its path is `Self::f`. What `#[async_trait]` has rewritten is in a trait.
fn is_associated(function: &Function) -> bool {
    let signature = &function.signature;
    signature.receiver().is_some()
        || async_trait::has_rewritten(signature)
        || self_type::in_signature(signature.to_token_stream())
        || self_type::in_body(function.body.stream())
}

/// A trait may declare a method that takes or returns `Self` by value without requiring `Self: Sized`, but only if the method
/// has no body. The twin has one. (A `Vec<Self>` it may not even declare without that.)
fn needs_sized(function: &Function, output: &Output, scope: &Scope) -> bool {
    if matches!(scope, Scope::Trait(scope) if scope.is_sized) {
        return true;
    }
    if scope.inner_type().is_some() || matches!(function.body, Body::Written(_)) {
        return false;
    }
    let mut inputs = function.signature.inputs.iter();
    let is_taken = inputs.any(|argument| match argument {
        FnArg::Receiver(Receiver {
            kind: ReceiverKind::Typed(_, ty),
            ..
        }) => is_self(ty),
        FnArg::Receiver(receiver) => matches!(receiver.kind, ReceiverKind::Value),
        FnArg::Typed(typed) => self_type::is_by_value(&typed.ty),
    });
    let is_returned = match &output.ty {
        ReturnType::Type(_, ty) => self_type::is_by_value(ty),
        ReturnType::Default => false,
    };
    is_taken || is_returned
}
