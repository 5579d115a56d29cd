//! What a twin makes of what the call has given, if that is not what it returns.

use crate::twin::Twin;
use crate::types::stream::Wrapping;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Type;

pub(crate) struct Conversion {
    pub(crate) wrapping: Wrapping,
    pub(crate) into: Into,
}

pub(crate) enum Into {
    /// In a box of this type, where there is one.
    Iterator(Option<Box<Type>>),
    BlockingType,
}

impl Twin {
    /// What the twin returns, of what the call has given. A timeout wraps everything.
    pub(crate) fn convert(&self, output: TokenStream) -> TokenStream {
        let Some(conversion) = &self.conversion else {
            return output;
        };
        let convert = |output| {
            let inside = quote_spanned!(self.site=> inside);
            match conversion.wrapping {
                Wrapping::Bare => self.convert_one(&conversion.into, output),
                Wrapping::Carried => {
                    let one = self.convert_one(&conversion.into, inside.clone());
                    quote_spanned!(self.site=> #output.map(move |#inside| #one))
                }
            }
        };
        if self.timeout.is_none() {
            return convert(output);
        }
        let converted = convert(quote_spanned!(self.site=> output));
        quote_spanned!(self.site=> #output.map(move |output| #converted))
    }

    fn convert_one(&self, into: &Into, output: TokenStream) -> TokenStream {
        let boxed = match into {
            Into::BlockingType => {
                let private = self.private(self.site);
                return quote_spanned!(self.site=> Self { inner: #private::Inner::new(#output) });
            }
            Into::Iterator(boxed) => boxed,
        };
        let items = self
            .runtime
            .as_ref()
            .and_then(|runtime| runtime.items.as_ref());
        let iterator = match items {
            None => {
                let krate = self.krate(self.site);
                quote_spanned!(self.site=> #krate::iter(#output))
            }
            Some(items) => {
                let private = self.private(self.site);
                quote_spanned!(self.site=> #private::iter_in(#items, #output))
            }
        };
        match boxed {
            None => iterator,
            Some(ty) => quote_spanned! {self.site=>
                {
                    let boxed: #ty = ::std::boxed::Box::new(#iterator);
                    boxed
                }
            },
        }
    }
}
