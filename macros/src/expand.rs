//! The tokens of a twin.

use crate::argument::Argument;
use crate::condition::{self, Combination};
use crate::options::Isolation;
use crate::outcome::Gives;
use crate::place::Place;
use crate::twin::{Original, Setting, Twin};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ReturnType;

impl ToTokens for Twin {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Twin {
            attributes,
            visibility,
            constness,
            unsafety,
            name,
            generics,
            arguments,
            ..
        } = self;
        let parameters = arguments.iter().map(|argument| &argument.parameter);
        let output = self.output();
        let where_clause = &generics.where_clause;
        let body = self.body();
        // The box is another type's, and cannot be left off.
        let unboxed = arguments
            .iter()
            .any(|argument| argument.is_boxed)
            .then(|| quote!(#[allow(clippy::boxed_local)]));
        // rustc reports what is unused of one block in one warning for each lint level, and in none if a fn among
        // that is generated. So twins get a level of their own. (Not `warn`, which a `forbid` around it rules out.)
        let grouped = self
            .is_among_others
            .then(|| quote_spanned!(self.site=> #[deny(dead_code)]));
        tokens.extend(quote_spanned! {self.site=>
            #grouped
            #attributes
            #unboxed
            #[track_caller]
            #visibility #constness #unsafety fn #name #generics (#(#parameters),*) #output #where_clause {
                #body
            }
        });
    }
}

impl Twin {
    fn output(&self) -> TokenStream {
        if self.timeout.is_none() {
            return self.output.to_token_stream();
        }
        let krate = self.krate(self.site);
        let output = match &self.output {
            ReturnType::Default => quote_spanned!(self.site=> ()),
            ReturnType::Type(_, ty) => ty.to_token_stream(),
        };
        quote_spanned!(self.site=> -> ::core::result::Result<#output, #krate::Elapsed>)
    }

    fn body(&self) -> TokenStream {
        let unwrapped = self.unwrapped();
        let settings = self.settings();
        let mention = match &self.original {
            Original::Copy(copy) => copy.mention.as_ref(),
            Original::Path(_) => None,
        };
        let mention = mention.map(|mention| {
            let allow = self.calls_deprecated.then(|| quote!(#[allow(deprecated)]));
            let mention = mention.expand(&self.arguments, self.site);
            quote!(#allow #mention)
        });
        let call = self.call();
        let output = match self.gives {
            Gives::Value => quote_spanned!(self.site=> output),
            Gives::Future | Gives::Stream => self.block_on(),
        };
        let converted = self.convert(output);
        quote!(#mention #unwrapped #settings #call #converted)
    }

    /// What a blocking type holds, in the place of the blocking type.
    fn unwrapped(&self) -> TokenStream {
        let unwrapped = self.arguments.iter().filter_map(|argument| {
            let Argument {
                value, condition, ..
            } = argument;
            let unwrapped = argument.unwrapped.as_ref()?;
            let cfg = condition.as_ref().map(condition::Condition::cfg);
            Some(quote_spanned!(self.site=> #cfg let #value = #unwrapped;))
        });
        quote!(#(#unwrapped)*)
    }

    /// The options that are expressions are evaluated before the arguments are handed on: they may name them.
    fn settings(&self) -> TokenStream {
        let timeout = self.timeout.as_ref().map(|timeout| {
            let Setting {
                variable,
                expression,
            } = timeout;
            quote_spanned!(self.site=> let #variable: ::core::time::Duration = #expression;)
        });
        let scene = self.scene.as_ref().map(|scene| {
            let Setting {
                variable,
                expression,
            } = scene;
            if self.is_multi_thread {
                let private = self.private(self.site);
                return quote_spanned!(self.site=> let #variable = #private::multi_thread(););
            }
            // What lends no runtime is reported where it is written.
            let place = Place::of(expression).first.resolved_at(Span::mixed_site());
            let private = self.private(place);
            quote_spanned!(place=> let #variable = #private::lend(&(#expression));)
        });
        let items = self.items.as_ref().zip(self.scene.as_ref());
        let items = items.map(|(items, scene)| {
            let variable = &scene.variable;
            quote_spanned!(self.site=> let #items = ::core::clone::Clone::clone(&#variable);)
        });
        quote!(#timeout #scene #items)
    }

    /// `let call = …;`, once for every combination of arguments that there may be. The variable comes into
    /// scope after the last argument has been handed on, so it can hide none.
    fn call(&self) -> TokenStream {
        let allow = self.calls_deprecated.then(|| quote!(#[allow(deprecated)]));
        // What there is to say about a body has been said where it stands. (Unlike any lint or group that has a
        // name of its own, `warnings` can be allowed whatever is forbidden.)
        let silent = matches!(self.original, Original::Copy(_)).then(|| quote!(#[allow(warnings)]));
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
                let call = self.describe(&arguments);
                let cfg = combination.cfg();
                quote!(#cfg #silent #allow #call)
            });
        quote!(#(#calls)*)
    }

    /// A call with these arguments.
    fn describe(&self, arguments: &[&Argument]) -> TokenStream {
        let original = self.original(arguments);
        if self.gives == Gives::Value {
            return quote_spanned!(self.site=> let output = #original;);
        }
        let slots = arguments.iter().map(|argument| self.slot(argument));
        let make = self.make(original);
        let private = self.private(self.site);
        quote_spanned! {self.site=>
            let call = #private::call((#(#slots,)*), #make);
        }
    }

    /// What builds the future: the call of the original, inside what limits and places it.
    fn make(&self, original: TokenStream) -> TokenStream {
        let private = self.private(self.site);
        let future = match (self.gives, &self.original) {
            (Gives::Stream, _) => quote_spanned!(self.site=> ::core::future::ready(#original)),
            (_, Original::Path(_)) if !self.is_async => {
                quote_spanned!(self.site=> ::core::future::IntoFuture::into_future(#original))
            }
            _ => original,
        };
        let mut make = quote_spanned!(self.site=> move || #future);
        if let Some(Setting { variable, .. }) = &self.scene {
            make = quote_spanned!(self.site=> move || #private::in_runtime(#variable, #make));
        }
        if let Some(Setting { variable, .. }) = &self.timeout {
            make = quote_spanned!(self.site=> move || #private::within(#variable, #make));
        }
        make
    }

    /// The call of the async fn. If that is `unsafe` then so is the twin, whose caller vouches for the same.
    fn original(&self, arguments: &[&Argument]) -> TokenStream {
        let path = match &self.original {
            Original::Path(path) => path,
            Original::Copy(copy) => return copy.expand(&self.arguments, self.site),
        };
        let values = arguments.iter().map(|argument| &argument.value);
        let future = quote_spanned!(self.site=> #path(#(#values),*));
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

    /// The blocking itself. A stream stays where its iterator is, and so does the call that makes it.
    fn block_on(&self) -> TokenStream {
        let private = self.private(self.site);
        match (self.isolation, self.gives) {
            (Isolation::Always, _) => self.block_on_always(),
            (Isolation::Never, _) | (_, Gives::Stream) => {
                quote_spanned!(self.site=> #private::InPlace.block_on(call))
            }
            (Isolation::Auto, _) => {
                quote_spanned!(self.site=> call.__sync_twin_isolation().block_on(call))
            }
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
    pub(crate) fn private(&self, place: Span) -> TokenStream {
        let krate = self.krate(place);
        quote_spanned!(place=> #krate::__private)
    }

    /// The runtime crate.
    pub(crate) fn krate(&self, place: Span) -> TokenStream {
        krate(self.krate.as_ref(), place)
    }
}

/// The runtime crate, where the user has it.
pub(crate) fn krate(path: Option<&syn::Path>, place: Span) -> TokenStream {
    match path {
        Some(path) => path.to_token_stream(),
        None => quote_spanned!(place=> ::sync_twin),
    }
}
