//! The tokens of a twin.

use crate::argument::Argument;
use crate::condition::{self, Combination};
use crate::options::Isolation;
use crate::place::Place;
use crate::twin::Twin;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ReturnType;

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
        let parameters = arguments.iter().map(|argument| &argument.parameter);
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
                let future = self.future(&arguments);
                let cfg = combination.cfg();
                let private = self.private(self.site);
                quote_spanned! {self.site=>
                    #cfg
                    #allow
                    let call = #private::call((#(#slots,)*), move || #future);
                }
            });
        quote!(#(#calls)*)
    }

    /// The call of the async fn. If that is `unsafe` then so is the twin, whose caller vouches for the same.
    fn future(&self, arguments: &[&Argument]) -> TokenStream {
        let original = &self.original;
        let values = arguments.iter().map(|argument| &argument.value);
        let future = quote_spanned!(self.site=> #original(#(#values),*));
        match self.unsafety {
            Some(_) => quote_spanned!(self.site=> unsafe { #future }),
            None => future,
        }
    }

    /// The type of one argument. Where it has to be `Send`, the compiler complains about this expression if it
    /// is not: so it stands where the type is written, from its first to its last token.
    fn slot(&self, Argument { value, place, .. }: &Argument) -> TokenStream {
        match self.isolation {
            Isolation::Auto | Isolation::Never => {
                let private = self.private(self.site);
                quote_spanned!(self.site=> #private::slot(&#value))
            }
            Isolation::Always => {
                let first = place.first.resolved_at(Span::mixed_site());
                let private = self.private(first);
                let mut value = value.clone();
                value.set_span(place.last.resolved_at(value.span()));
                quote_spanned!(first=> #private::send_slot(&#value))
            }
        }
    }

    /// The end of the body: what the twin returns.
    fn block_on(&self) -> TokenStream {
        let private = self.private(self.site);
        match self.isolation {
            Isolation::Auto => {
                quote_spanned!(self.site=> call.__sync_twin_isolation().block_on(call))
            }
            Isolation::Never => quote_spanned!(self.site=> #private::InPlace.block_on(call)),
            Isolation::Always => self.block_on_always(),
        }
    }

    /// The same on an isolation thread. A result that is not `Send` is reported where its type is written.
    fn block_on_always(&self) -> TokenStream {
        let (first, last) = match &self.output {
            ReturnType::Type(_, ty) => {
                let place = Place::of(ty);
                (place.first, place.last)
            }
            ReturnType::Default => (self.site, self.site),
        };
        let first = first.resolved_at(Span::mixed_site());
        let private = self.private(first);
        let block_on = Ident::new("block_on", last.resolved_at(Span::mixed_site()));
        quote_spanned!(first=> #private::Always::#block_on(#private::Always, call))
    }

    /// The module of the runtime crate that is there for us.
    fn private(&self, place: Span) -> TokenStream {
        match &self.runtime {
            Some(path) => quote_spanned!(place=> #path::__private),
            None => quote_spanned!(place=> ::sync_twin::__private),
        }
    }
}
