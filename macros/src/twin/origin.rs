//! What a call says of the twin that makes it.

use crate::options::Policy;
use crate::twin::Twin;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;

impl Twin {
    /// Who makes the calls of this twin. Whether there are debug assertions is a question to the crate that the twin is in.
    pub(super) fn origin(&self) -> TokenStream {
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
        quote_spanned! {self.site=>
            const { &#private::Origin::new(#async_fn, ::core::cfg!(debug_assertions)) #on_driver #on_worker }
        }
    }
}
