//! The tokens of a twin as an item. Its body calls the original (`call`) and makes of that what the twin returns (`convert`).

use crate::name;
use crate::options::{Attributes, Options, ide};
use crate::syntax::cfg;
use crate::syntax::span_range::SpanRange;
use crate::twin::Twin;
use crate::twin::argument::Argument;
use crate::twin::output::Returns;
use crate::twin::setting::{Runtime, Source};
use crate::types::unwrap::Holder;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

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
        // The method has a box because the user's has one.
        let boxed = self
            .arguments
            .iter()
            .filter(|argument| argument.name == "self")
            .filter_map(|argument| argument.holder.as_ref())
            .any(Holder::takes_field_of_box)
            .then(|| quote_spanned!(self.site=> #[allow(clippy::boxed_local)]));
        let track_caller = self.track_caller();
        let of_others = &self.options.attrs;
        // Those of others see all of ours.
        tokens.extend(quote_spanned! {self.site=>
            #grouped
            #misnamed
            #boxed
            #attributes
            #track_caller
            #of_others
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
        let of_others = &self.options.attrs;
        quote_spanned!(self.header=> #attributes #track_caller #of_others #head;)
    }

    /// The twin in the implementation of that trait.
    pub(crate) fn implement(&self) -> TokenStream {
        let (head, body, track_caller) = (self.head(), self.body(), self.track_caller());
        quote_spanned!(self.header=> #track_caller #head { #body })
    }

    /// rustc does not let the fn have it that a program starts with, which has no caller. And a macro that calls the twin for
    /// another language may copy its attributes to a fn with an `extern` ABI, for which rustc rejects it.
    fn track_caller(&self) -> Option<TokenStream> {
        let Options {
            attrs, impl_attrs, ..
        } = &self.options;
        let is_for_others =
            impl_attrs.is_some() || attrs.as_ref().is_some_and(Attributes::have_macros);
        (self.name != "main" && !is_for_others).then(|| quote_spanned!(self.site=> #[track_caller]))
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
        let output = self.stoppable_type(&self.output.ty);
        let clause = &generics.where_clause;
        quote_spanned! {self.header=>
            #constness #unsafety fn #name #generics (#(#parameters),*) #output #clause
        }
    }

    pub(crate) fn body(&self) -> TokenStream {
        let disarm = self.disarm();
        let unwrapped = self.unwrapped();
        let settings = self.settings();
        let call = self.call();
        let output = match self.output.returns {
            Returns::Value => self.variable("output").into_token_stream(),
            Returns::Future | Returns::Stream => self.block_on(),
        };
        let converted = self.flatten(self.convert(output));
        let unmapped = self.output.unmapped.iter().map(|ty| self.ask_for_type(ty));
        let named = self.output.disappeared.iter().map(|path| {
            // In a block, since there may be several. With an underscore, since nobody calls it.
            quote_spanned!(self.site=> { fn _named<T: #path>() {} })
        });
        quote!(#(#named)* #(#unmapped)* #disarm #unwrapped #settings #call #converted)
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
        let stop_values = self.stop_values()?;
        let Twin {
            generics,
            arguments,
            ..
        } = self;
        let parameters = arguments.iter().map(|argument| &argument.parameter);
        let clause = &generics.where_clause;
        let unwrapped = self.unwrapped();
        let value = quote_spanned! {self.site=>
            fn __sync_twin_timeout #generics (#(#parameters),*) #clause {
                #unwrapped
                #stop_values
            }
        };
        Some(ide::only_there(&value, self.options.krate.as_ref()))
    }

    /// Takes the async values out of blocking types.
    pub(super) fn unwrapped(&self) -> TokenStream {
        let unwrapped = self.arguments.iter().filter_map(|argument| {
            let Argument {
                name,
                value,
                condition,
                ascribed,
                ..
            } = argument;
            let ascribed = ascribed
                .as_ref()
                .map(|ty| quote_spanned!(self.site=> : #ty));
            let private = self.private(self.site);
            let holder = argument.holder.as_ref()?;
            let unwrapped = match name == "self" {
                true => holder.unwrap_receiver(name, &private),
                false => holder.unwrap(name, &private),
            };
            let cfg = condition.as_ref().map(cfg::Condition::cfg);
            Some(quote_spanned!(self.site=> #cfg let #value #ascribed = #unwrapped;))
        });
        let receiver = self.settings.receiver.as_ref().map(|variable| {
            let value = self.arguments.first().map(|receiver| &receiver.value);
            let private = self.private(self.site);
            quote_spanned!(self.site=> let #variable = #private::address(#value);)
        });
        quote!(#(#unwrapped)* #receiver)
    }

    /// Options that are expressions are evaluated before the arguments are passed on, since they may name them.
    pub(super) fn settings(&self) -> TokenStream {
        let stops = self.stops();
        let runtime = self
            .settings
            .runtime
            .as_ref()
            .map(|runtime| self.choose(runtime));
        quote!(#stops #runtime)
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

    pub(super) fn variable(&self, what: &str) -> Ident {
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
