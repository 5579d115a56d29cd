//! What a call says of the twin that makes it.

use crate::options::Policy;
use crate::twin::Twin;
use crate::twin::output::Returns;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;

impl Twin {
    /// Who makes the calls of this twin.
    pub(super) fn origin(&self) -> TokenStream {
        if self.polls.as_ref().is_some_and(|polls| polls.is_next) {
            return self.origin_of_items();
        }
        // A program may run for as long as it likes.
        let is_limited = self.output.returns == Returns::Future
            && self.settings.timeout.is_none()
            && self.name != "main";
        self.origin_with((!is_limited).then_some("unlimited"))
    }

    /// Who makes the calls for the items of a stream, each of which may be long in coming.
    pub(super) fn origin_of_items(&self) -> TokenStream {
        self.origin_with(Some("of_items"))
    }

    /// Whether there are debug assertions is a question to the crate that the twin is in.
    fn origin_with(&self, kind: Option<&str>) -> TokenStream {
        let private = self.private(self.site);
        // The `next` of an iterator is the twin of no fn that users know.
        let name = match &self.polls {
            Some(polls) if polls.is_next => "",
            _ => self.async_fn.as_str(),
        };
        let mut async_fn = Literal::string(name);
        async_fn.set_span(self.site);
        let option = |name: &str, policy: Option<Policy>| {
            let name = Ident::new(name, self.site);
            let policy = Ident::new(policy?.variant(), self.site);
            Some(quote_spanned!(self.site=> .#name(#private::Policy::#policy)))
        };
        let on_driver = option("on_driver", self.options.on_driver);
        let on_worker = option("on_worker", self.options.on_worker);
        let kind = kind.map(|kind| {
            let kind = Ident::new(kind, self.site);
            quote_spanned!(self.site=> .#kind())
        });
        quote_spanned! {self.site=>
            const { &#private::Origin::new(#async_fn, ::core::cfg!(debug_assertions)) #on_driver #on_worker #kind }
        }
    }
}
