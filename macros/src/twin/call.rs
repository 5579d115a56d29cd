//! The call that a twin makes, and how it blocks on what comes of it.

use crate::name;
use crate::options::Isolation;
use crate::syntax::cfg::{self, Combination};
use crate::syntax::span_range::SpanRange;
use crate::twin::argument::Argument;
use crate::twin::output::Returns;
use crate::twin::setting::{Around, Runtime};
use crate::twin::{Polls, Twin};
use crate::types::opaque;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ReturnType, Type};

impl Twin {
    /// `let call = …;`, once for every combination of arguments. The variable comes into scope after the last argument has been
    /// passed on, so it hides none of them.
    pub(super) fn call(&self) -> TokenStream {
        let allow = self.calls_deprecated.then(|| quote!(#[allow(deprecated)]));
        let conditions = self
            .arguments
            .iter()
            .filter_map(|argument| argument.condition.as_ref());
        let calls = Combination::all(&cfg::distinct(conditions))
            .into_iter()
            .map(|combination| {
                let arguments: Vec<_> = self
                    .arguments
                    .iter()
                    .filter(|argument| combination.includes(argument.condition.as_ref()))
                    .collect();
                let call = self.describe(&arguments);
                let cfg = combination.cfg();
                quote!(#cfg #allow #call)
            });
        let site = self.site_of_next();
        quote!(#site #(#calls)*)
    }

    /// `let site = …;`: where a call is made, if that may be in an adapter of std's. To be asked before the stream is passed on.
    fn site_of_next(&self) -> Option<TokenStream> {
        let stream = &self.arguments.first()?.value;
        self.polls.as_ref().filter(|polls| polls.is_next)?;
        let (private, variable) = (self.private(self.site), self.variable("site"));
        Some(quote_spanned!(self.site=> let #variable = #private::site_of_next(&mut *#stream);))
    }

    /// A call with these arguments.
    fn describe(&self, arguments: &[&Argument]) -> TokenStream {
        let original = self.original(arguments);
        let private = self.private(self.site);
        match self.output.returns {
            Returns::Value if self.is_original_const => {
                let output = self.variable("output");
                return quote_spanned!(self.site=> let #output = #original;);
            }
            // What it spawns needs a runtime on a plain thread, too.
            Returns::Value => {
                let is_never = matches!(&self.output.ty, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)));
                let allow = is_never
                    .then(|| quote!(#[allow(clippy::diverging_sub_expression, unreachable_code)]));
                let output = self.variable("output");
                let declared = self.output.declared.as_ref().filter(|_| !is_never);
                // rustc reports here what the foreign method does not return.
                let place = declared.map_or(self.site, |(_, place)| *place);
                let value = self.in_context(&original, place);
                let declared = declared.map(|(ty, _)| quote_spanned!(self.site=> : #ty));
                return quote_spanned! {self.site=>
                    #allow
                    let #output #declared = #value;
                };
            }
            Returns::Future | Returns::Stream => {}
        }
        let variable = self.variable("call");
        if self.is_tracked {
            // It is to learn who calls the twin, so the twin itself has to call it, and what crosses is the future.
            let original = self.in_context(&original, self.site);
            let arg_type = match self.options.isolation {
                Some(Isolation::Always) => quote_spanned!(self.site=> #private::send_arg_type),
                _ => quote_spanned!(self.site=> #private::arg_type),
            };
            let future = self.variable("future");
            let cancel = self.cancel_type();
            let arg_types = quote_spanned!(self.site=> (#arg_type(&#future), #cancel));
            let call = self.start(&arg_types, future.to_token_stream());
            return quote_spanned!(self.site=> let #variable = match #original { #future => #call };);
        }
        let arg_types = arguments.iter().map(|argument| self.arg_type(argument));
        let cancel = self.cancel_type();
        let arg_types = quote_spanned!(self.site=> (#(#arg_types,)* #cancel));
        let call = self.start(&arg_types, original);
        quote_spanned!(self.site=> let #variable = #call;)
    }

    /// What describes the call to the runtime crate.
    fn start(&self, arg_types: &TokenStream, original: TokenStream) -> TokenStream {
        let private = self.private(self.site);
        let make = self.make(original);
        match &self.settings.runtime {
            None => quote_spanned!(self.site=> #private::call(#arg_types, #make)),
            Some(Runtime { variable, .. }) => {
                quote_spanned!(self.site=> #private::call_on(#variable, #arg_types, #make))
            }
        }
    }

    /// Code that runs in the context of one of our runtimes, here and not in a closure: so it sees the twin's caller. Both
    /// values of the tuple are there until it has run, and need no name that could hide an argument.
    fn in_context(&self, code: &TokenStream, place: Span) -> TokenStream {
        let private = self.private(place);
        quote_spanned!(place=> (#private::InContext::enter(), #code).1)
    }

    /// What builds the future: the call of the original, inside what limits it.
    fn make(&self, original: TokenStream) -> TokenStream {
        let future = self.future(original);
        let future = match self.is_in_drop {
            true => self.describe_outcome(&future),
            false => future,
        };
        self.stoppable(&future)
    }

    /// The future of the original.
    fn future(&self, original: TokenStream) -> TokenStream {
        let private = self.private(self.site);
        match self.output.returns {
            Returns::Stream => quote_spanned!(self.site=> ::core::future::ready(#original)),
            Returns::Future if self.is_async => original,
            _ => match &self.output.future {
                Some(ty) => match self.output.declared {
                    Some((_, place)) => {
                        let private = self.private(place);
                        // The second has its own words for a mistake, but does not tell rustc what the method's parameters are.
                        let has_parameters = self.generics.type_params().next().is_some();
                        let outputs = match has_parameters {
                            true => quote_spanned!(place=> outputs),
                            false => quote_spanned!(place=> foreign_outputs),
                        };
                        quote_spanned!(place=> #private::#outputs::<#ty, _>(#original))
                    }
                    None => {
                        quote_spanned!(self.site=> #private::outputs::<#ty, _>(#original))
                    }
                },
                None => {
                    quote_spanned!(self.site=> ::core::future::IntoFuture::into_future(#original))
                }
            },
        }
    }

    /// The call of the async fn. If that is `unsafe`, so is the twin, and its caller makes the same promise.
    fn original(&self, arguments: &[&Argument]) -> TokenStream {
        let path = &self.original;
        let values = arguments
            .iter()
            .map(|argument| argument.value.to_token_stream())
            .chain(self.polls.as_ref().and_then(|polls| polls.more.clone()));
        let future = match self.output.future {
            None => quote_spanned!(self.site=> #path(#(#values),*)),
            // rustc reports a wrong type once if the call has the place of what is around it. The parentheses give it that,
            // wherever the path is.
            Some(_) => {
                let declared = self.output.declared.as_ref();
                let place = declared.map_or(self.site, |(_, place)| *place);
                quote_spanned!(place=> (#path)(#(#values),*))
            }
        };
        match self.unsafety {
            Some(_) => quote_spanned!(self.site=> unsafe { #future }),
            None => future,
        }
    }

    /// The type of one argument. If it has to be `Send` but is not, rustc points at this expression. So the expression gets the
    /// span of the type, from its first to its last token.
    fn arg_type(&self, Argument { value, place, .. }: &Argument) -> TokenStream {
        match self.options.isolation.unwrap_or_default() {
            Isolation::Auto | Isolation::Never => {
                let private = self.private(self.site);
                let reference = quote_spanned!(value.span().resolved_at(self.site)=> &);
                quote_spanned!(self.site=> #private::arg_type(#reference #value))
            }
            Isolation::Always => {
                let first = place.first.resolved_at(Span::mixed_site());
                let private = self.private(first);
                let mut value = value.clone();
                value.set_span(place.last.resolved_at(value.span()));
                quote_spanned!(first=> #private::send_arg_type(&#value))
            }
        }
    }

    /// The blocking itself, inside what the user has put around it. A stream is made at once: there is nothing to wait for yet.
    pub(super) fn block_on(&self) -> TokenStream {
        match &self.settings.around {
            Some(around) if self.output.returns == Returns::Future => {
                let block_on = self.block_on_as("block_on_at", Some(&around.site));
                let (site, around) = (&around.site, around.run(&block_on));
                let here = self.here();
                quote_spanned! {self.site=>
                    {
                        let #site = #here;
                        #around
                    }
                }
            }
            _ => self.block_on_as("block_on", None),
        }
    }

    /// Where the call is made.
    fn here(&self) -> TokenStream {
        match &self.polls {
            Some(Polls { is_next: true, .. }) => self.variable("site").into_token_stream(),
            _ => quote_spanned!(self.site=> ::core::panic::Location::caller()),
        }
    }

    /// A stream stays where its iterator is, and so does the call that makes it.
    fn block_on_as(&self, block_on: &str, site: Option<&Ident>) -> TokenStream {
        let private = self.private(self.site);
        let call = self.variable("call");
        if self.polls.is_some() {
            let here = self.here();
            let site = site.map_or(here, ToTokens::to_token_stream);
            return self.poll_on(&site, &call);
        }
        let origin = self.origin();
        let name = Ident::new(block_on, self.site);
        let site = site.map(|site| quote_spanned!(self.site=> #site,));
        match (
            self.options.isolation.unwrap_or_default(),
            self.output.returns,
        ) {
            (Isolation::Always, _) => self.block_on_always(block_on, site.as_ref()),
            (Isolation::Never, _) | (_, Returns::Stream) => {
                quote_spanned!(self.site=> #private::InPlace.#name(#site #call, #origin))
            }
            (Isolation::Auto, _) => {
                let isolation = self.isolation();
                quote_spanned!(self.site=> #call.#isolation().#name(#site #call, #origin))
            }
        }
    }

    /// The same of a call that is often ready at once.
    fn poll_on(&self, site: &TokenStream, call: &Ident) -> TokenStream {
        let private = self.private(self.site);
        let origin = self.origin();
        match self.options.isolation.unwrap_or_default() {
            Isolation::Always => {
                let site = quote_spanned!(self.site=> #site,);
                self.block_on_always("block_on_at", Some(&site))
            }
            Isolation::Never => {
                quote_spanned!(self.site=> #private::InPlace.poll_on(#site, #call, #origin))
            }
            Isolation::Auto => {
                // Polled where a scheduler defers wake-ups, it has no budget, and nothing ends one that is always ready.
                let may_be_stopped =
                    self.settings.timeout.is_some() || self.settings.cancel.is_some();
                let poll_on = match may_be_stopped {
                    true => Ident::new("block_on_at", self.site),
                    false => Ident::new("poll_on", self.site),
                };
                let isolation = self.isolation();
                quote_spanned!(self.site=> #call.#isolation().#poll_on(#site, #call, #origin))
            }
        }
    }

    /// The same on an isolation thread. rustc reports a result that is not `Send` at its type.
    fn block_on_always(&self, block_on: &str, site: Option<&TokenStream>) -> TokenStream {
        let (first, last) = match &self.output.ty {
            ReturnType::Type(_, ty) => {
                let place = SpanRange::of(ty);
                (place.first, place.last)
            }
            ReturnType::Default => (self.site, self.site),
        };
        let first = first.resolved_at(Span::mixed_site());
        let private = self.private(first);
        let call = name::variable("call", first);
        let origin = self.origin();
        let block_on = Ident::new(block_on, last.resolved_at(Span::mixed_site()));
        let future = match self.may_ask() {
            true => quote_spanned!(first=> #call.__sync_twin_future()),
            false => quote_spanned!(first=> #private::MayStay),
        };
        quote_spanned!(first=> #private::IsolateAlways::#block_on(#private::IsolateAlways(#future), #site #call, #origin))
    }

    /// The method that says where the call may run.
    fn isolation(&self) -> Ident {
        let name = match self.may_ask() {
            true => "__sync_twin_isolation",
            false => "__sync_twin_isolation_unasked",
        };
        Ident::new(name, self.site)
    }

    /// Whether rustc can say of the future whether it is `Send`. That of an `async` block of ours it cannot, which is part of the
    /// twin's own body. And if the twin's type is opaque, rustc may need the twin's body to know that of the async fn.
    fn may_ask(&self) -> bool {
        !self.is_in_drop
            && match &self.output.ty {
                ReturnType::Type(_, ty) => opaque::is_nameable(ty),
                ReturnType::Default => true,
            }
    }
}

impl Around {
    /// `code` as a closure that runs inside. rustc reports at the option what the fn does not take: the closure is there, up to
    /// its last brace.
    pub(super) fn run(&self, code: &TokenStream) -> TokenStream {
        let path = &self.path;
        let place = SpanRange::of(path).first;
        quote_spanned!(place.resolved_at(Span::mixed_site())=> #path(move || { #code }))
    }
}
