//! What a call says of the twin that makes it.

use crate::options::Policy;
use crate::twin::Twin;
use crate::twin::output::Returns;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;

impl Twin {
    /// Who makes the calls of this twin.
    pub(super) fn origin(&self) -> TokenStream {
        // A program may run for as long as it likes, and an item be as long in coming.
        let is_item = self.polls.as_ref().is_some_and(|polls| polls.is_next);
        let is_limited = self.output.returns == Returns::Future
            && !is_item
            && self.settings.timeout.is_none()
            && self.name != "main";
        self.origin_with(is_limited)
    }

    /// Who makes the calls for the items of a stream, each of which may be long in coming.
    pub(super) fn origin_of_items(&self) -> TokenStream {
        self.origin_with(false)
    }

    /// Whether there are debug assertions is a question to the crate that the twin is in.
    fn origin_with(&self, is_limited: bool) -> TokenStream {
        let private = self.private(self.site);
        let mut async_fn = Literal::string(&self.async_fn);
        async_fn.set_span(self.site);
        let option = |name: &str, policy: Option<Policy>| {
            let name = Ident::new(name, self.site);
            let policy = Ident::new(policy?.variant(), self.site);
            Some(quote_spanned!(self.site=> .#name(#private::Policy::#policy)))
        };
        let on_driver = option("on_driver", self.options.on_driver);
        let on_worker = option("on_worker", self.options.on_worker);
        let unlimited = (!is_limited).then(|| quote_spanned!(self.site=> .unlimited()));
        quote_spanned! {self.site=>
            const { &#private::Origin::new(#async_fn, ::core::cfg!(debug_assertions)) #on_driver #on_worker #unlimited }
        }
    }
}
