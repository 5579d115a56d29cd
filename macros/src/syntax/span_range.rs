//! The place of some tokens in the source.

use proc_macro2::Span;
use quote::ToTokens;

/// From the first token to the last. On stable Rust the two spans cannot be joined, but rustc joins the spans of an
/// expression's first and last token.
#[derive(Clone, Copy)]
pub(crate) struct SpanRange {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl SpanRange {
    pub(crate) fn of(tokens: &impl ToTokens) -> Self {
        let mut spans = tokens
            .to_token_stream()
            .into_iter()
            .map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let last = spans.last().unwrap_or(first);
        SpanRange { first, last }
    }
}
