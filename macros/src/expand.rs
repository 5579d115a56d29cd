//! The tokens of a twin.

use crate::argument::Argument;
use crate::condition::{self, Combination};
use crate::options::Isolation;
use crate::twin::Twin;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

impl ToTokens for Twin {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Twin {
            attributes,
            visibility,
            unsafety,
            name,
            generics,
            arguments,
            output,
            ..
        } = self;
        let parameters = arguments.iter().map(|argument| {
            let parameter = &argument.parameter;
            let cfg = argument.condition.as_ref().map(|condition| {
                let predicate = condition.predicate();
                quote!(#[cfg(#predicate)])
            });
            quote!(#cfg #parameter)
        });
        let where_clause = &generics.where_clause;
        let call = self.call();
        let block_on = self.block_on();
        tokens.extend(quote_spanned! {self.site=>
            #attributes
            #[track_caller]
            #visibility #unsafety fn #name #generics (#(#parameters),*) #output #where_clause {
                #call
                #block_on
            }
        });
    }
}

impl Twin {
    /// `let call = …;`, once for every combination of arguments that there may be. The variable comes into
    /// scope after the last argument has been handed on, so it can hide none.
    fn call(&self) -> TokenStream {
        let Twin {
            runtime, original, ..
        } = self;
        let allow = self.calls_deprecated.then(|| quote!(#[allow(deprecated)]));
        let conditions = self
            .arguments
            .iter()
            .filter_map(|argument| argument.condition.as_ref());
        let calls = Combination::all(&condition::distinct(conditions))
            .into_iter()
            .map(|combination| {
                let arguments: Vec<_> = self
                    .arguments
                    .iter()
                    .filter(|argument| combination.includes(argument.condition.as_ref()))
                    .collect();
                let slots = arguments.iter().map(|argument| self.slot(argument));
                let values = arguments.iter().map(|argument| &argument.value);
                let mut future = quote_spanned!(self.site=> #original(#(#values),*));
                if self.unsafety.is_some() {
                    // SAFETY of the call: the twin is `unsafe` for the same reasons, so its caller vouches for them.
                    future = quote_spanned!(self.site=> unsafe { #future });
                }
                let cfg = combination.cfg();
                quote_spanned! {self.site=>
                    #cfg
                    #allow
                    let call = #runtime::call((#(#slots,)*), move || #future);
                }
            });
        quote!(#(#calls)*)
    }

    /// The type of one argument. Where it has to be `Send`, a type that is not is reported where it is written.
    fn slot(&self, argument: &Argument) -> TokenStream {
        let Twin { runtime, site, .. } = self;
        let Argument {
            value,
            place: (first, last),
            ..
        } = argument;
        match self.isolation {
            Isolation::Auto | Isolation::Never => quote_spanned!(*site=> #runtime::slot(&#value)),
            Isolation::Always => {
                let first = first.resolved_at(Span::mixed_site());
                let mut value = value.clone();
                value.set_span(last.resolved_at(value.span()));
                let argument = quote_spanned!(first=> &#value);
                quote_spanned!(first=> #runtime::send_slot(#argument))
            }
        }
    }

    /// The tail of the body: what the twin returns.
    fn block_on(&self) -> TokenStream {
        let Twin { runtime, site, .. } = self;
        match self.isolation {
            Isolation::Auto => quote_spanned!(*site=> call.__sync_twin_isolation().block_on(call)),
            Isolation::Never => quote_spanned!(*site=> #runtime::InPlace.block_on(call)),
            Isolation::Always => quote_spanned!(*site=> #runtime::Always.block_on(call)),
        }
    }
}
