//! The tokens of a twin.

use crate::name;
use crate::options::{Isolation, ide};
use crate::syntax::cfg::{self, Combination};
use crate::syntax::span_range::SpanRange;
use crate::twin::Twin;
use crate::twin::argument::Argument;
use crate::twin::output::{IntoKind, Returns};
use crate::twin::setting::{Runtime, Source, Timeout};
use crate::types::conversion::Conversion;
use crate::types::family::Blocking;
use crate::types::opaque;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ReturnType, Type};

impl ToTokens for Twin {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let attributes = &self.attributes;
        let (visibility, head, body) = (&self.visibility, self.head(), self.body());
        // rustc reports the unused fns of a block in one warning for each lint level, and drops the warning if one of them is
        // generated. So twins get a level of their own. (Not `warn`, which a `forbid` around the block rejects.)
        // It has been said of the async fn, and to rename the twin would not help.
        let misnamed = self
            .is_misnamed
            .then(|| quote_spanned!(self.site=> #[allow(non_snake_case)]));
        let grouped = self
            .is_among_others
            .then(|| quote_spanned!(self.site=> #[deny(dead_code)]));
        let track_caller = self.track_caller();
        tokens.extend(self.values());
        tokens.extend(quote_spanned! {self.site=>
            #grouped
            #misnamed
            #attributes
            #track_caller
        });
        tokens.extend(quote_spanned! {self.header=>
            #visibility #head {
                #body
            }
        });
    }
}

impl Twin {
    /// The twin as a trait declares it.
    pub(crate) fn declare(&self) -> TokenStream {
        let Twin { attributes, .. } = self;
        let (head, track_caller) = (self.head(), self.track_caller());
        quote_spanned!(self.header=> #attributes #track_caller #head;)
    }

    /// The twin in the implementation of that trait.
    pub(crate) fn implement(&self) -> TokenStream {
        let (head, body, track_caller) = (self.head(), self.body(), self.track_caller());
        quote_spanned!(self.header=> #track_caller #head { #body })
    }

    /// rustc does not let the fn have it that a program starts with, which has no caller.
    fn track_caller(&self) -> Option<TokenStream> {
        (self.name != "main").then(|| quote_spanned!(self.site=> #[track_caller]))
    }

    /// All between the visibility and the body.
    fn head(&self) -> TokenStream {
        let Twin {
            constness,
            unsafety,
            name,
            generics,
            arguments,
            ..
        } = self;
        let parameters = arguments.iter().map(|argument| &argument.parameter);
        let output = self.output();
        let clause = &generics.where_clause;
        quote_spanned! {self.header=>
            #constness #unsafety fn #name #generics (#(#parameters),*) #output #clause
        }
    }

    fn output(&self) -> TokenStream {
        if self.settings.timeout.is_none() {
            return self.output.ty.to_token_stream();
        }
        let krate = self.krate(self.site);
        let output = match &self.output.ty {
            ReturnType::Default => quote_spanned!(self.site=> ()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        };
        quote_spanned!(self.site=> -> ::core::result::Result<#output, #krate::Elapsed>)
    }

    fn body(&self) -> TokenStream {
        let unwrapped = self.unwrapped();
        let settings = self.settings();
        let call = self.call();
        let output = match self.output.returns {
            Returns::Value => self.variable("output").into_token_stream(),
            Returns::Future | Returns::Stream => self.block_on(),
        };
        let converted = self.convert(output);
        let unmapped = self.output.unmapped.iter().map(|ty| self.ask_for_type(ty));
        let named = self.output.disappeared.iter().map(|path| {
            // In a block, since there may be several. With an underscore, since nobody calls it.
            quote_spanned!(self.site=> { fn _named<T: #path>() {} })
        });
        quote!(#(#named)* #(#unmapped)* #unwrapped #settings #call #converted)
    }

    /// Lets rustc say that a result could be a blocking type: where the method is deprecated, since the trait is there.
    fn ask_for_type(&self, ty: &Type) -> TokenStream {
        let private = self.private(self.site);
        let place = SpanRange::of(ty).first;
        let stays_async = Ident::new("stays_async", place.resolved_at(Span::call_site()));
        quote_spanned! {self.site=>
            {
                use #private::StaysAsync as _;
                #private::Returned::<#ty>::#stays_async();
            }
        }
    }

    /// The options that are expressions, before the docs of the twin, which quote them: a server that tries a word in one looks for
    /// it at the place where it is now.
    pub(crate) fn values(&self) -> Option<TokenStream> {
        let Timeout { expression, .. } = self.settings.timeout.as_ref()?;
        let Twin {
            generics,
            arguments,
            ..
        } = self;
        let parameters = arguments.iter().map(|argument| &argument.parameter);
        let clause = &generics.where_clause;
        let (unwrapped, private) = (self.unwrapped(), self.private(self.site));
        let value = quote_spanned! {self.site=>
            fn __sync_twin_timeout #generics (#(#parameters),*) #clause {
                #unwrapped
                let _ = #private::time_limit(#expression);
            }
        };
        Some(ide::only_there(&value, self.options.krate.as_ref()))
    }

    /// Takes the async values out of blocking types.
    fn unwrapped(&self) -> TokenStream {
        let unwrapped = self.arguments.iter().filter_map(|argument| {
            let Argument {
                name,
                value,
                condition,
                ..
            } = argument;
            let private = self.private(self.site);
            let unwrapped = argument.holder.as_ref()?.unwrap(name, &private);
            let cfg = condition.as_ref().map(cfg::Condition::cfg);
            Some(quote_spanned!(self.site=> #cfg let #value = #unwrapped;))
        });
        let receiver = self.settings.receiver.as_ref().map(|variable| {
            let value = self.arguments.first().map(|receiver| &receiver.value);
            let private = self.private(self.site);
            quote_spanned!(self.site=> let #variable = #private::address(#value);)
        });
        quote!(#(#unwrapped)* #receiver)
    }

    /// Options that are expressions are evaluated before the arguments are passed on, since they may name them.
    fn settings(&self) -> TokenStream {
        let timeout = self.settings.timeout.as_ref().map(|timeout| {
            let Timeout {
                variable,
                expression,
            } = timeout;
            // rustc reports here what is not a time limit.
            let place = SpanRange::of(expression)
                .first
                .resolved_at(Span::mixed_site());
            let private = self.private(place);
            let limit = quote_spanned!(place=> #private::time_limit(#expression));
            quote_spanned! {self.site=>
                let #variable = #limit.at(::core::panic::Location::caller());
            }
        });
        let runtime = self
            .settings
            .runtime
            .as_ref()
            .map(|runtime| self.choose(runtime));
        quote!(#timeout #runtime)
    }

    /// The chosen runtime, and what replaces it while the items of a stream are read.
    fn choose(&self, runtime: &Runtime) -> TokenStream {
        let Runtime {
            variable,
            items,
            source,
        } = runtime;
        let private = self.private(self.site);
        let chosen = match source {
            Source::Flavor(flavor) => {
                let flavor = Ident::new(flavor, self.site);
                quote_spanned!(self.site=> let #variable = #private::#flavor();)
            }
            Source::Lent(expression) => self.lend("lend", variable, expression),
            Source::LentByHandle(expression) => self.lend("lend_handle", variable, expression),
        };
        let items = items.as_ref().map(
            // Several streams may share it, even those of a `Vec`.
            |items| quote_spanned!(self.site=> let #items = &#private::to_owned_choice(&#variable);),
        );
        quote!(#chosen #items)
    }

    fn lend(&self, lend: &str, variable: &Ident, expression: &TokenStream) -> TokenStream {
        // rustc reports here what does not lend a runtime.
        let place = SpanRange::of(expression)
            .first
            .resolved_at(Span::mixed_site());
        let private = self.private(place);
        let lend = Ident::new(lend, place);
        quote_spanned!(place=> let #variable = #private::#lend(&(#expression));)
    }

    /// `let call = …;`, once for every combination of arguments. The variable comes into scope after the last argument has been
    /// passed on, so it hides none of them.
    fn call(&self) -> TokenStream {
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
        quote!(#(#calls)*)
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
            let arg_types = quote_spanned!(self.site=> (#arg_type(&#future),));
            let call = self.start(&arg_types, future.to_token_stream());
            return quote_spanned!(self.site=> let #variable = match #original { #future => #call };);
        }
        let arg_types = arguments.iter().map(|argument| self.arg_type(argument));
        let arg_types = quote_spanned!(self.site=> (#(#arg_types,)*));
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
        let private = self.private(self.site);
        let future = match self.output.returns {
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
        };
        let mut make = quote_spanned!(self.site=> move || #future);
        if let Some(Timeout { variable, .. }) = &self.settings.timeout {
            make = quote_spanned!(self.site=> move || #private::within(#variable, #make));
        }
        make
    }

    /// The call of the async fn. If that is `unsafe`, so is the twin, and its caller makes the same promise.
    fn original(&self, arguments: &[&Argument]) -> TokenStream {
        let path = &self.original;
        let values = arguments.iter().map(|argument| &argument.value);
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

    /// The blocking itself. A stream stays where its iterator is, and so does the call that makes it.
    fn block_on(&self) -> TokenStream {
        let private = self.private(self.site);
        let call = self.variable("call");
        match (
            self.options.isolation.unwrap_or_default(),
            self.output.returns,
        ) {
            (Isolation::Always, _) => self.block_on_always(),
            (Isolation::Never, _) | (_, Returns::Stream) => {
                quote_spanned!(self.site=> #private::InPlace.block_on(#call))
            }
            (Isolation::Auto, _) => {
                quote_spanned!(self.site=> #call.__sync_twin_isolation().block_on(#call))
            }
        }
    }

    /// The same on an isolation thread. rustc reports a result that is not `Send` at its type.
    fn block_on_always(&self) -> TokenStream {
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
        let block_on = Ident::new("block_on", last.resolved_at(Span::mixed_site()));
        quote_spanned!(first=> #private::IsolateAlways::#block_on(#private::IsolateAlways, #call))
    }

    /// What the twin returns, made of what the call outputs. A timeout wraps everything.
    pub(crate) fn convert(&self, output: TokenStream) -> TokenStream {
        let Some(conversion) = &self.output.conversion else {
            return output;
        };
        let private = self.private(self.site);
        let apply = |output: TokenStream,
                     convert: &dyn Fn(&IntoKind, TokenStream) -> TokenStream| {
            if self.settings.timeout.is_none() {
                return conversion.apply(output, &private, convert);
            }
            let inside = self.variable("output");
            let converted = conversion.apply(inside.to_token_stream(), &private, convert);
            quote_spanned!(self.site=> #output.map(move |#inside| #converted))
        };
        let converted = apply(output, &|into, value| self.convert_one(into, value));
        let receiver = self.arguments.first().map(|receiver| &receiver.name);
        match self.settings.receiver.as_ref().and(receiver) {
            None => converted,
            // Once nothing borrows from it any more.
            Some(receiver) => apply(
                converted,
                &|_, value| quote_spanned!(self.site=> { let () = #value; #receiver }),
            ),
        }
    }

    fn convert_one(&self, into: &IntoKind, value: TokenStream) -> TokenStream {
        match into {
            IntoKind::Blocking(blocking) => self.blocking(blocking, value),
            IntoKind::Receiver => {
                let private = self.private(self.site);
                let address = &self.settings.receiver;
                quote_spanned!(self.site=> #private::is_receiver(#address, #value))
            }
            IntoKind::Iterator {
                boxed,
                is_try,
                items,
            } => self.iterator(boxed.as_deref(), *is_try, items.as_ref(), value),
        }
    }

    /// A blocking type of an async value. To name both types uses the imports of both.
    fn blocking(&self, Blocking { from, to, .. }: &Blocking, value: TokenStream) -> TokenStream {
        let from = match opaque::is_nameable(from) {
            true => from.to_token_stream(),
            false => quote_spanned!(self.site=> _),
        };
        let to = match opaque::is_nameable(to) {
            true => to.to_token_stream(),
            false => quote_spanned!(self.site=> _),
        };
        quote_spanned!(self.site=> <#to as ::core::convert::From<#from>>::from(#value))
    }

    fn iterator(
        &self,
        boxed: Option<&Type>,
        is_try: bool,
        items: Option<&Conversion<Blocking>>,
        stream: TokenStream,
    ) -> TokenStream {
        let private = self.private(self.site);
        let stream = match is_try {
            true => quote_spanned!(self.site=> #private::try_stream(#stream)),
            false => stream,
        };
        let runtime = self.settings.runtime.as_ref();
        let mut iterator = match runtime.and_then(|runtime| runtime.items.as_ref()) {
            None => {
                let krate = self.krate(self.site);
                quote_spanned!(self.site=> #krate::iter(#stream))
            }
            Some(choice) => quote_spanned! {self.site=>
                #private::iter_on(::core::clone::Clone::clone(#choice), #stream)
            },
        };
        if let Some(items) = items {
            let item = self.variable("item");
            let converted = items.apply(item.to_token_stream(), &private, &|blocking, value| {
                self.blocking(blocking, value)
            });
            iterator = quote_spanned! {self.site=>
                ::core::iter::Iterator::map(#iterator, move |#item| #converted)
            };
        }
        match boxed {
            None => iterator,
            Some(ty) => {
                let boxed = self.variable("boxed");
                quote_spanned! {self.site=>
                    {
                        let #boxed: #ty = ::std::boxed::Box::new(#iterator);
                        #boxed
                    }
                }
            }
        }
    }

    fn variable(&self, what: &str) -> Ident {
        name::variable(what, self.site)
    }

    /// The runtime crate's module for generated code.
    pub(crate) fn private(&self, place: Span) -> TokenStream {
        private(self.options.krate.as_ref(), place)
    }

    /// The runtime crate.
    pub(crate) fn krate(&self, place: Span) -> TokenStream {
        krate(self.options.krate.as_ref(), place)
    }
}

pub(crate) fn private(path: Option<&syn::Path>, place: Span) -> TokenStream {
    let krate = krate(path, place);
    quote_spanned!(place=> #krate::__private)
}

/// The runtime crate, where the user has it.
pub(crate) fn krate(path: Option<&syn::Path>, place: Span) -> TokenStream {
    match path {
        Some(path) => path.to_token_stream(),
        None => quote_spanned!(place=> ::sync_twin),
    }
}
