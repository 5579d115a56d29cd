//! What the `Drop` of a blocking type does before the value is dropped: `close = quit`.

use crate::error::{Code, Errors};
use crate::item::block::Block;
use crate::item::blocking_type::BlockingType;
use crate::item::member::Member;
use crate::options::{Options, Target};
use crate::syntax::attribute;
use crate::syntax::function::Function;
use crate::syntax::item_kind::Kind;
use crate::twin::Twin;
use crate::twin::output::Returns;
use crate::twin::scope::Scope;
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt as _;
use syn::{GenericParam, Safety, Signature};

pub(super) struct Ending {
    /// The `#[cfg]`s of the closing method.
    conditions: Vec<TokenStream>,
    /// Of the closing method.
    twin: Twin,
}

impl Ending {
    /// `None` if the block does not close anything, or not yet.
    pub(super) fn check(
        block: &Block,
        options: &Options,
        scope: &mut Scope,
        errors: &mut Errors,
    ) -> Option<Self> {
        let close = options.close.as_ref()?;
        if options.declared.is_none() || options.derived_clone().is_some() {
            return None;
        }
        let is_it = |member: &&Member| {
            let head = member.head.as_ref().filter(|head| head.kind == Kind::Fn);
            let name = head.and_then(|head| head.name.as_ref());
            name.is_some_and(|name| name.unraw() == close.unraw())
        };
        let Some(member) = block.members.iter().find(is_it) else {
            // A macro may write it, or the user.
            if block.is_finished() {
                report_missing(close, block.has_macro(), errors);
            }
            return None;
        };
        let function = Function::parse(member.stream())?;
        if let Some((what, help)) = mistake(&function.signature) {
            report(close, what, help, errors);
            return None;
        }
        // What is wrong with the method has been reported there.
        let mut reported = Errors::default();
        let configured = member
            .own
            .configured(options, Target::Member, &mut reported);
        let mut of_method = configured.into_iter().next_back()?.options;
        if let Some(limit) = &options.close_timeout {
            of_method.timeout = Some(limit.clone());
        }
        // What ends other calls is no reason not to end this well, and what becomes of its error is known.
        (of_method.cancel, of_method.flatten) = (None, None);
        // Also where a name that is given to the method is none.
        of_method.name = Some(Ident::new("__sync_twin_close", close.span()));
        if let Scope::BlockingType(inner) = scope {
            inner.place = Some(close.span());
        }
        let before = reported.len();
        let twin = Twin::check(&function, of_method, scope, &mut reported);
        if let Scope::BlockingType(inner) = scope {
            inner.place = None;
        }
        let is_future = |twin: &Twin| twin.output.returns == Returns::Future;
        if twin.as_ref().is_some_and(|twin| !is_future(twin)) {
            report(
                close,
                "is not `async`",
                "write `async fn`, or remove `close`: a `Drop` of the async type does what is not `async`",
                errors,
            );
            return None;
        }
        let twin = twin.filter(|_| reported.len() == before)?;
        Some(Ending {
            conditions: attribute::conditions_of(&member.tokens),
            twin: twin.in_drop(close.span()),
        })
    }

    pub(super) fn drop(&self, whole: &BlockingType) -> TokenStream {
        let BlockingType {
            attributes,
            generics,
            path,
            inner,
            ..
        } = whole;
        let clause = &generics.where_clause;
        let (site, conditions) = (self.twin.site, &self.conditions);
        let Some((body, this)) = self.twin.drop(&inner.ty) else {
            return TokenStream::new();
        };
        quote_spanned! {site=>
            #(#attributes)*
            #(#conditions)*
            impl #generics ::core::ops::Drop for #path #clause {
                fn drop(&mut #this) {
                    #body
                }
            }
        }
    }

    /// What an editor completes in the time limit.
    pub(super) fn values(&self) -> Option<TokenStream> {
        self.twin.values()
    }
}

/// What a `Drop` cannot call, and what to do about it.
fn mistake(signature: &Signature) -> Option<(&'static str, &'static str)> {
    let is_parameter = |param: &GenericParam| !matches!(param, GenericParam::Lifetime(_));
    if signature.receiver().is_none() {
        return Some((
            "does not take `self`",
            "name a method, as in `async fn quit(&mut self)`",
        ));
    }
    if signature.inputs.len() > 1 {
        return Some((
            "has arguments, and a `Drop` has none to give",
            "name a method that takes only `self`, and have that call the other one",
        ));
    }
    if signature.generics.params.iter().any(is_parameter) {
        return Some((
            "is generic, and a `Drop` cannot tell for which type it is meant",
            "name a method without parameters, and have that call the other one",
        ));
    }
    if !matches!(signature.safety, Safety::Default) {
        return Some((
            "is `unsafe`, and nobody could keep its promise in a `Drop`",
            "name a method that is safe, and have that call the other one",
        ));
    }
    None
}

fn report(close: &Ident, what: &str, help: &str, errors: &mut Errors) {
    errors.push(
        Code::NotAClosingMethod,
        close,
        format_args!("`{close}` {what}"),
        help,
    );
}

fn report_missing(close: &Ident, has_macro: bool, errors: &mut Errors) {
    let help = match has_macro {
        true => "write the method into the block itself: a macro inside is expanded after it",
        false => {
            "name an `async fn` of this block, which may be private; one that takes other arguments can be called by it"
        }
    };
    errors.push(
        Code::NotAClosingMethod,
        close,
        format_args!("there is no method `{close}` in this block"),
        help,
    );
}
