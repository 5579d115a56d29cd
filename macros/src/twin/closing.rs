//! The twin that a `Drop` calls, which closes the value in a blocking type.

use crate::twin::Twin;
use crate::types::unwrap::Holder;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;

impl Twin {
    /// The same for the `Drop` of the blocking type. Mistakes of the closing method's type belong to the option at `place`.
    pub(crate) fn in_drop(mut self, place: Span) -> Self {
        self.is_in_drop = true;
        self.site = place.resolved_at(Span::mixed_site());
        self
    }

    /// The receiver, as the method names it, and how the method takes it.
    fn receiver(&self) -> Option<(&Ident, &Holder)> {
        let receiver = self.arguments.first()?;
        Some((&receiver.name, receiver.holder.as_ref()?))
    }

    /// The body of the `Drop` of what holds a `ty`, and its `self`. It does nothing if the value has left, or has been closed.
    pub(crate) fn drop(&self, ty: &Type) -> Option<(TokenStream, &Ident)> {
        let (this, _) = self.receiver()?;
        let private = self.private(self.site);
        let (unwrapped, settings, call) = (self.unwrapped(), self.settings(), self.call());
        let block_on = self.block_on();
        let ended = match self.settings.timeout {
            Some(_) => block_on,
            None => quote_spanned!(self.site=> ::core::result::Result::Ok(#block_on)),
        };
        let body = quote_spanned! {self.site=>
            if #private::Open::is_to_be_closed(&#this.__open, &#this.inner) {
                #private::end_in_drop::<#ty>(move || {
                    #unwrapped
                    #settings
                    #call
                    #ended
                });
            }
        };
        Some((body, this))
    }

    /// Notes that the user's code closes the value, if that is still in the blocking type after the call.
    pub(super) fn disarm(&self) -> Option<TokenStream> {
        let (this, holder) = self.receiver().filter(|_| self.closes)?;
        let private = self.private(self.site);
        (!holder.takes_field())
            .then(|| quote_spanned!(self.site=> #private::Open::disarm(&#this.__open);))
    }

    /// A future that outputs the text of an error, if `future` outputs one.
    pub(super) fn describe_outcome(&self, future: &TokenStream) -> TokenStream {
        let private = self.private(self.site);
        let output = self.variable("output").into_token_stream();
        quote_spanned! {self.site=>
            async move {
                match #future.await {
                    #output => #private::outcome_of(&#output).__sync_twin_describe()(#output),
                }
            }
        }
    }
}
