//! Streams and sinks as async types: what the methods of their blocking types call, in the place of `poll_…`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// Of which trait the block is.
pub(crate) enum Polled {
    Stream {
        /// The runtime crate's module for generated code.
        private: TokenStream,
    },
    Sink {
        private: TokenStream,
        /// `<CopyInSink as Sink<Bytes>>`, by the path that the user has for the trait.
        as_sink: TokenStream,
    },
}

impl Polled {
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self, Polled::Stream { .. })
    }

    /// The fn of the runtime crate that `method` calls.
    pub(crate) fn path(&self, method: &Ident, site: Span) -> TokenStream {
        let (Polled::Stream { private } | Polled::Sink { private, .. }) = self;
        let name = match method.to_string().as_str() {
            "next" => "next_item",
            "next_timeout" => "next_item_within",
            "try_next" => "try_next_item",
            "feed" => "feed_item",
            "send" => "send_item",
            _ => "poll_sink",
        };
        let name = Ident::new(name, site);
        quote_spanned!(site=> #private::#name)
    }

    /// What that takes beside the arguments of the method: how the sink is polled.
    pub(crate) fn more(&self, method: &Ident, site: Span) -> Option<TokenStream> {
        let Polled::Sink { as_sink, .. } = self else {
            return None;
        };
        let names: &[&str] = match method.to_string().as_str() {
            "feed" => &["poll_ready", "start_send"],
            "send" => &["poll_ready", "start_send", "poll_flush"],
            "flush" => &["poll_flush"],
            _ => &["poll_close"],
        };
        let names = names.iter().map(|name| Ident::new(name, site));
        Some(quote_spanned!(site=> #(#as_sink::#names),*))
    }
}
