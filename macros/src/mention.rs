//! What keeps an async fn alive that is used through its twin alone, where the twin runs a copy of its body.
//!
//! The copy does not name the async fn, and rustc would report that as dead code. So the twin *mentions* it, by a path
//! that resolves wherever the two stand. `use f as mentioned` imports what `f` is in every namespace, and a type of
//! that name, which the twin declares itself, makes sure that there is something to import. In the namespace of values
//! that is the async fn if `f` is one here, and else nothing: then `mentioned` is a fn of that name in the block around.
//!
//! It may also be another free fn, if the async fn is associated. So nothing can be called this way, and the mention is
//! an error if the other one has other parameters, or if a glob brings in a second `f`. A `pub` fn is not worth that
//! risk: it is rarely dead, and of fns that share a name, such as `open`, most are `pub`.

use crate::argument::Argument;
use crate::body::can_be_named;
use crate::condition::Condition;
use crate::function::Function;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{FnArg, GenericParam, Generics, Signature, Visibility, parse_quote};

pub(crate) struct Mention {
    /// The async fn, by a name that may lead nowhere.
    ident: Ident,
    /// Its type and const parameters.
    parameters: Vec<GenericParam>,
    /// Whether types of arguments are `impl Trait`, and so cannot be named.
    has_opaque_arguments: bool,
}

impl Mention {
    pub(crate) fn of(function: &Function) -> Option<Self> {
        let signature = &function.signature;
        let is_public = matches!(function.visibility, Visibility::Public(_));
        // Neither a path nor a call can depend on `cfg`s.
        if is_public || !is_unconditional(signature) {
            return None;
        }
        let mut ident = signature.ident.clone();
        ident.set_span(Span::call_site().located_at(ident.span()));
        Some(Mention {
            ident,
            parameters: parameters(&signature.generics),
            has_opaque_arguments: !signature.inputs.iter().all(|argument| match argument {
                FnArg::Typed(typed) => can_be_named(&typed.ty),
                FnArg::Receiver(_) => false,
            }),
        })
    }

    /// Uses the async fn, if it can be found by its bare name, without doing anything.
    pub(crate) fn expand(&self, arguments: &[Argument], site: Span) -> TokenStream {
        let Mention {
            ident, parameters, ..
        } = self;
        let names = parameters.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        });
        let path = quote_spanned!(site=> mentioned::<#(#names),*>);
        // Opaque types are inferred from arguments, so these are needed: in a call that never comes.
        let (types, mention) = if self.has_opaque_arguments {
            let values = arguments.iter().map(|argument| &argument.value);
            let types = arguments
                .iter()
                .map(|_| quote_spanned!(site=> _: impl ::core::marker::Sized))
                .collect();
            let call = quote_spanned!(site=> if false {
                let _ = #path(#(#values),*);
                loop {}
            });
            (types, call)
        } else {
            (Vec::new(), quote_spanned!(site=> let _ = #path;))
        };
        quote_spanned! {site=>
            {
                fn mentioned<#(#parameters),*>(#(#types),*) {}
                {
                    enum #ident {}
                    use #ident as mentioned;
                    #mention
                }
            }
        }
    }
}

fn is_unconditional(signature: &Signature) -> bool {
    let params = signature.generics.params.iter().all(|param| {
        let attributes = match param {
            GenericParam::Type(param) => &param.attrs,
            GenericParam::Const(param) => &param.attrs,
            GenericParam::Lifetime(_) => return true,
        };
        Condition::of(attributes).is_none()
    });
    let arguments = signature.inputs.iter().all(|argument| match argument {
        FnArg::Typed(typed) => Condition::of(&typed.attrs).is_none(),
        FnArg::Receiver(_) => false,
    });
    params && arguments
}

/// Those that a path to the fn names, as bare as a path has them.
fn parameters(generics: &Generics) -> Vec<GenericParam> {
    let named = generics
        .params
        .iter()
        .filter(|param| !matches!(param, GenericParam::Lifetime(_)));
    named
        .cloned()
        .map(|mut param| {
            match &mut param {
                GenericParam::Type(ty) => {
                    let name = &ty.ident;
                    *ty = parse_quote!(#name: ?::core::marker::Sized);
                }
                GenericParam::Const(param) => param.attrs.clear(),
                GenericParam::Lifetime(_) => {}
            }
            param
        })
        .collect()
}
