//! What a twin returns, made of what its call outputs.

use crate::twin::Twin;
use crate::twin::output::IntoKind;
use crate::types::conversion::Conversion;
use crate::types::family::Blocking;
use crate::types::opaque;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;

impl Twin {
    /// What the twin returns, made of what the call outputs. A timeout and a `cancel` wrap everything.
    pub(super) fn convert(&self, output: TokenStream) -> TokenStream {
        let Some(conversion) = &self.output.conversion else {
            return output;
        };
        let private = self.private(self.site);
        let apply = |output: TokenStream,
                     convert: &dyn Fn(&IntoKind, TokenStream) -> TokenStream| {
            if !self.settings.can_stop() {
                return conversion.apply(output, &private, convert);
            }
            let inside = self.variable("output");
            let converted = conversion.apply(inside.to_token_stream(), &private, convert);
            quote_spanned!(self.site=> #output.map(move |#inside| #converted))
        };
        let kept = self.kept_receiver(conversion);
        let converted = apply(output, &|into, value| match (into, kept) {
            (IntoKind::Blocking(blocking), Some(kept)) if blocking.is_own => {
                quote_spanned!(self.site=> { #kept.inner.__put(#value); #kept })
            }
            _ => self.convert_one(into, value),
        });
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

    /// The receiver, if the method takes it and gives it back: it has more than the async value, such as fields of the user's and
    /// what has been received and not yet read.
    fn kept_receiver(&self, conversion: &Conversion<IntoKind>) -> Option<&Ident> {
        let receiver = self
            .arguments
            .first()
            .filter(|first| first.name == "self")?;
        let is_own =
            |into: &IntoKind| matches!(into, IntoKind::Blocking(blocking) if blocking.is_own);
        let is_kept =
            receiver.holder.as_ref()?.is_emptied() && conversion.count(&is_own) == Some(1);
        is_kept.then_some(&receiver.name)
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
        let origin = self.origin_of_items();
        let choice = runtime.and_then(|runtime| runtime.items.as_ref());
        let mut iterator = match (choice, &self.settings.around) {
            (None, None) => quote_spanned!(self.site=> #private::iter_of(#stream, #origin)),
            (None, Some(_)) => {
                quote_spanned!(self.site=> #private::iter_on(#private::auto(), #stream, #origin))
            }
            (Some(choice), _) => quote_spanned! {self.site=>
                #private::iter_on(::core::clone::Clone::clone(#choice), #stream, #origin)
            },
        };
        if let Some(around) = &self.settings.around {
            let (items, site) = (self.variable("items"), &around.site);
            let next = around.run(&quote_spanned!(self.site=> #items.next_at(#site)));
            iterator =
                quote_spanned!(self.site=> #private::iter_around(#iterator, |#items, #site| #next));
        }
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
}
