//! Where something is written.

use proc_macro2::Span;
use quote::ToTokens;

/// From one token to another. On stable Rust the spans of the two cannot be joined, but rustc joins those of
/// the tokens that are given them.
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
