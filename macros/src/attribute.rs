//! Which of the async fn's attributes the twin has too.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

/// Attributes that say something about the fn as such, whether it blocks or not. All others may rewrite the
/// fn that they stand on (`#[tracing::instrument]`) or claim something that only one fn can have
/// (`#[unsafe(no_mangle)]`), so they stay on the async fn alone.
const KEPT: [&str; 12] = [
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "forbid",
    "inline",
    "must_use",
    "target_feature",
    "warn",
    // Where the async fn fulfils an expectation the twin may not, which would be a warning: it gets `allow`.
    "expect",
];

/// The twin's share of `attributes`, in their order.
pub(crate) fn keep(attributes: &[Attribute]) -> Vec<TokenStream> {
    attributes
        .iter()
        .filter_map(|attribute| {
            let kept = keep_meta(&attribute.meta)?;
            Some(quote!(#[#kept]))
        })
        .collect()
}

fn keep_meta(meta: &Meta) -> Option<TokenStream> {
    if let Some(conditional) = Conditional::parse(meta) {
        let kept: Vec<_> = conditional.metas.iter().filter_map(keep_meta).collect();
        let predicate = conditional.predicate;
        return (!kept.is_empty()).then(|| quote!(cfg_attr(#predicate, #(#kept),*)));
    }
    let name = meta.path().get_ident()?;
    match meta {
        Meta::List(list) if name == "expect" => {
            let lints = &list.tokens;
            Some(quote!(allow(#lints)))
        }
        _ => KEPT
            .iter()
            .any(|kept| name == kept)
            .then(|| meta.to_token_stream()),
    }
}

/// Whether the fn is deprecated, at least under some configuration.
pub(crate) fn is_deprecated(attributes: &[Attribute]) -> bool {
    fn check(meta: &Meta) -> bool {
        meta.path().is_ident("deprecated")
            || Conditional::parse(meta)
                .is_some_and(|conditional| conditional.metas.iter().any(check))
    }
    attributes.iter().any(|attribute| check(&attribute.meta))
}

/// A `cfg_attr(predicate, meta, …)`.
pub(crate) struct Conditional {
    pub(crate) predicate: TokenStream,
    pub(crate) metas: Vec<Meta>,
}

impl Conditional {
    /// What cannot be read (`unsafe(…)`, for one) is left out: it is nothing that a twin would keep.
    pub(crate) fn parse(meta: &Meta) -> Option<Self> {
        let Meta::List(list) = meta else {
            return None;
        };
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let mut parts = split_at_commas(list.tokens.clone()).into_iter();
        Some(Conditional {
            predicate: parts.next()?,
            metas: parts.filter_map(|part| syn::parse2(part).ok()).collect(),
        })
    }
}

fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                parts.push(TokenStream::new())
            }
            (_, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    parts
}

/// An attribute that makes a blocking fn of an async one, such as `#[tokio::main]`.
pub(crate) fn find_blocking(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| {
        let segments = &attribute.path().segments;
        let entry = ["main", "test", "launch"];
        segments.len() > 1
            && segments
                .last()
                .is_some_and(|last| entry.iter().any(|name| last.ident == name))
    })
}

#[cfg(test)]
mod tests {
    use super::{find_blocking, is_deprecated, keep};
    use quote::quote;
    use syn::{Attribute, parse_quote};

    #[track_caller]
    fn check(attributes: &[Attribute], kept: &proc_macro2::TokenStream) {
        let twin = keep(attributes);
        assert_eq!(quote!(#(#twin)*).to_string(), kept.to_string());
    }

    #[test]
    fn only_what_matters_for_both_is_kept() {
        check(
            &[
                parse_quote!(#[doc = " text"]),
                parse_quote!(#[inline(always)]),
                parse_quote!(#[tracing::instrument(skip(x))]),
                parse_quote!(#[unsafe(no_mangle)]),
                parse_quote!(#[track_caller]),
                parse_quote!(#[rustfmt::skip]),
                parse_quote!(#[must_use = "reason"]),
            ],
            &quote!(#[doc = " text"] #[inline(always)] #[must_use = "reason"]),
        );
    }

    #[test]
    fn an_expectation_becomes_a_permission() {
        check(
            &[parse_quote!(#[expect(clippy::too_many_arguments, reason = "protocol")])],
            &quote!(#[allow(clippy::too_many_arguments, reason = "protocol")]),
        );
    }

    #[test]
    fn conditional_attributes_are_filtered_inside() {
        check(
            &[
                parse_quote!(#[cfg_attr(all(a, not(b)), doc(hidden), tracing::instrument, expect(dead_code))]),
                parse_quote!(#[cfg_attr(a, cfg_attr(b, must_use, unsafe(no_mangle)))]),
                parse_quote!(#[cfg_attr(a, tracing::instrument)]),
                parse_quote!(#[cfg_attr(true, inline)]),
                parse_quote!(#[cfg_attr(a)]),
            ],
            &quote!(
                #[cfg_attr(all(a, not(b)), doc(hidden), allow(dead_code))]
                #[cfg_attr(a, cfg_attr(b, must_use))]
                #[cfg_attr(true, inline)]
            ),
        );
    }

    #[test]
    fn deprecation_is_found_at_any_depth() {
        assert!(is_deprecated(&[
            parse_quote!(#[cfg_attr(a, cfg_attr(b, deprecated = "x"))])
        ]));
        assert!(!is_deprecated(&[parse_quote!(#[allow(deprecated)])]));
    }

    #[test]
    fn entry_points_of_runtimes_are_recognised() {
        for blocking in [
            parse_quote!(#[tokio::main]),
            parse_quote!(#[::tokio::test(flavor = "multi_thread")]),
            parse_quote!(#[rocket::launch]),
        ] {
            assert!(find_blocking(&[blocking]).is_some());
        }
        assert!(find_blocking(&[parse_quote!(#[test]), parse_quote!(#[main::other])]).is_none());
    }
}
