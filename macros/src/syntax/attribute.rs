//! Which of the async fn's attributes its twin shares.

use crate::syntax::item_kind;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser as _;
use syn::{Attribute, Meta, Signature};

/// Attributes that hold for a fn whether it blocks or not. All others may rewrite the fn (`#[tracing::instrument]`), or claim
/// something that only one fn can have (`#[unsafe(no_mangle)]`), so only the async fn has them.
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
    // The twin may not fulfil what the async fn does, which would be a warning. So it gets an `allow`.
    "expect",
];

/// Those of `attributes` that the twin shares, in their order.
pub(crate) fn keep(attributes: &[Attribute]) -> Vec<TokenStream> {
    filter(attributes, &KEPT)
}

fn filter(attributes: &[Attribute], names: &[&str]) -> Vec<TokenStream> {
    attributes
        .iter()
        .filter_map(|attribute| {
            let kept = filter_meta(&attribute.meta, names)?;
            Some(quote!(#[#kept]))
        })
        .collect()
}

fn filter_meta(meta: &Meta, names: &[&str]) -> Option<TokenStream> {
    if let Some(conditional) = Conditional::parse(meta) {
        let kept: Vec<_> = conditional
            .metas
            .iter()
            .filter_map(|meta| filter_meta(meta, names))
            .collect();
        let predicate = conditional.predicate;
        return (!kept.is_empty()).then(|| quote!(cfg_attr(#predicate, #(#kept),*)));
    }
    let name = meta.path().get_ident()?;
    if !names.iter().any(|kept| name == kept) {
        return None;
    }
    match meta {
        Meta::List(list) if name == "expect" => permission(&list.tokens),
        _ => Some(meta.to_token_stream()),
    }
}

/// The `allow` for an `expect`. Not for dead code: the `allow` would count as a use of the async fn, which would then not be
/// dead as expected.
fn permission(lints: &TokenStream) -> Option<TokenStream> {
    let lints: Vec<_> = split_at_commas(lints.clone())
        .into_iter()
        .filter(|lint| !lint.is_empty() && lint.to_string() != "dead_code")
        .collect();
    let is_reason = |lint: &TokenStream| lint.to_string().starts_with("reason");
    (!lints.iter().all(is_reason)).then(|| quote!(allow(#(#lints),*)))
}

/// The `#[cfg]`s among `attributes`, and those that a `#[cfg_attr]` adds.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<TokenStream> {
    filter(attributes, &["cfg"])
}

/// The same for an item that has not been parsed.
pub(crate) fn conditions_of(item: &[TokenTree]) -> Vec<TokenStream> {
    let attributes = &item[..item_kind::attributes(item)];
    let mentions_cfg = |token: &TokenTree| {
        matches!(token, TokenTree::Group(group) if matches!(
            group.stream().into_iter().next(),
            Some(TokenTree::Ident(name)) if name == "cfg" || name == "cfg_attr"
        ))
    };
    if !attributes.iter().any(mentions_cfg) {
        return Vec::new();
    }
    let parsed = Attribute::parse_outer.parse2(quote!(#(#attributes)*));
    conditions(&parsed.unwrap_or_default())
}

/// Those that a second block beside the first one shares, without the documentation.
pub(crate) fn keep_for_block(attributes: &[Attribute]) -> Vec<TokenStream> {
    let is_text = |meta: &Meta| meta.path().is_ident("doc") && matches!(meta, Meta::NameValue(_));
    let attributes: Vec<_> = attributes
        .iter()
        .filter(|attribute| !is_text(&attribute.meta))
        .cloned()
        .collect();
    filter(
        &attributes,
        &["allow", "cfg", "deny", "doc", "expect", "forbid", "warn"],
    )
}

/// Those of an impl block that are about the type, if one is made from it: `#[must_use]`, and the documentation if that is wanted.
pub(crate) fn about_the_type(attributes: &[Attribute], with_docs: bool) -> Vec<TokenStream> {
    let is_about = |attribute: &&Attribute| match &attribute.meta {
        Meta::NameValue(_) => with_docs,
        Meta::List(list) => !list.path.is_ident("doc"),
        Meta::Path(_) => true,
    };
    let attributes: Vec<_> = attributes.iter().filter(is_about).cloned().collect();
    filter(&attributes, &["doc", "must_use"])
}

/// Whether an attribute is documentation, perhaps under a condition.
pub(crate) fn is_doc(attribute: &TokenStream) -> bool {
    let parsed = Attribute::parse_outer.parse2(attribute.clone());
    parsed.unwrap_or_default().iter().any(
        |attribute| matches!(&attribute.meta, Meta::NameValue(doc) if doc.path.is_ident("doc")),
    )
}

/// Whether a fn learns where it is called.
pub(crate) fn is_tracked(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("track_caller"))
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
    /// Leaves out what cannot be parsed, such as `unsafe(…)`: a twin would not keep that.
    pub(crate) fn parse(meta: &Meta) -> Option<Self> {
        let Meta::List(list) = meta else {
            return None;
        };
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let mut parts = split_at_commas(list.tokens.clone()).into_iter();
        let predicate = parts.next()?;
        Some(Conditional {
            predicate,
            metas: parts.flat_map(syn::parse2).collect(),
        })
    }
}

pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
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

/// An attribute that makes an async fn block, such as `#[tokio::main]`, also where that is imported: rustc has no such attribute
/// for an async fn.
pub(crate) fn find_blocking<'a>(
    attributes: &'a [Attribute],
    signature: &Signature,
) -> Option<&'a Attribute> {
    let is_async = signature.asyncness.is_some();
    attributes.iter().find(|attribute| {
        let is_path = attribute.path().segments.len() > 1;
        (is_path || is_async) && is_last(attribute, &["main", "test", "launch"])
    })
}

/// An attribute that changes how the fn is called, such as `#[bon::builder]`.
pub(crate) fn find_changing(attributes: &[Attribute]) -> Option<&Attribute> {
    let mut attributes = attributes.iter();
    attributes.find(|attribute| is_last(attribute, &["builder"]))
}

fn is_last(attribute: &Attribute, names: &[&str]) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| names.iter().any(|name| last.ident == name))
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
    fn dead_code_is_expected_of_the_async_fn_alone() {
        check(
            &[
                parse_quote!(#[expect(dead_code, reason = "later")]),
                parse_quote!(#[expect(dead_code, unused_mut)]),
            ],
            &quote!(#[allow(unused_mut)]),
        );
    }

    #[test]
    fn conditional_attributes_are_filtered_inside() {
        check(
            &[
                parse_quote!(#[cfg_attr(all(a, not(b)), doc(hidden), tracing::instrument, expect(unused_mut))]),
                parse_quote!(#[cfg_attr(a, cfg_attr(b, must_use, unsafe(no_mangle)))]),
                parse_quote!(#[cfg_attr(a, tracing::instrument)]),
                parse_quote!(#[cfg_attr(true, inline)]),
                parse_quote!(#[cfg_attr(a)]),
            ],
            &quote!(
                #[cfg_attr(all(a, not(b)), doc(hidden), allow(unused_mut))]
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
        let sync = parse_quote!(fn f());
        for blocking in [
            parse_quote!(#[tokio::main]),
            parse_quote!(#[::tokio::test(flavor = "multi_thread")]),
            parse_quote!(#[rocket::launch]),
        ] {
            assert!(find_blocking(&[blocking], &sync).is_some());
        }
        let plain = [parse_quote!(#[test]), parse_quote!(#[main::other])];
        assert!(find_blocking(&plain, &sync).is_none());
        // An imported one: an async fn cannot have the other.
        assert!(find_blocking(&plain, &parse_quote!(async fn f())).is_some());
    }
}
