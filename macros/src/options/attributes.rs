//! `attrs(pyfunction)` and `impl_attrs(pymethods)`: attributes of other macros, for what is generated.

use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use crate::syntax::attribute::split_at_commas;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Meta;
use syn::parse::Parser as _;

/// What rustc knows of that makes sense on a twin. What `unsafe(…)` is around is rustc's, too.
const OF_RUSTC: [&str; 17] = [
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "target_feature",
    "track_caller",
    "unsafe",
    "warn",
];

/// Attributes, each without its brackets.
#[derive(Clone, Debug)]
pub(crate) struct Attributes(Vec<TokenStream>);

impl Attributes {
    /// Whether one may be a macro, and not rustc's.
    pub(crate) fn have_macros(&self) -> bool {
        let is_known = |attribute: &TokenStream| {
            let mut tokens = attribute.clone().into_iter();
            let (first, second) = (tokens.next(), tokens.next());
            let is_path = matches!(second, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
            let name = first.map(|first| first.to_string());
            !is_path && name.is_some_and(|name| OF_RUSTC.contains(&name.as_str()))
        };
        !self.0.iter().all(is_known)
    }

    /// What a block passes on comes first: it is the attribute that those of the item belong to.
    pub(super) fn after(&mut self, of_block: &Attributes) {
        self.0.splice(0..0, of_block.0.iter().cloned());
    }
}

impl ToTokens for Attributes {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let site = proc_macro2::Span::mixed_site();
        for attribute in &self.0 {
            tokens.extend(quote_spanned!(site=> #[#attribute]));
        }
    }
}

/// Both take attributes, as they are between the brackets. Those that are not wrong are good.
pub(super) fn check_attributes(option: &RawOption, errors: &mut Errors) -> Option<Attributes> {
    let key = &option.key;
    let written = option.list(errors)?;
    let parts = split_at_commas(written.stream()).into_iter();
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        errors.push(
            Code::MissingValue,
            written,
            format_args!("`{key}` contains no attribute"),
            format_args!("write {}, or remove it", option.example()),
        );
    }
    let good = parts.into_iter().filter_map(|part| {
        if is_attribute(&part) {
            return Some(part);
        }
        let inside = between_brackets(&part).filter(is_attribute);
        let help = match &inside {
            Some(inside) => format!("write `{key}({})`", super::compact(inside)),
            None => format!(
                "write attributes as they are between `#[` and `]`, as in {}",
                option.example()
            ),
        };
        errors.push(
            Code::WrongValue,
            part,
            match inside {
                Some(_) => format!("`{key}` takes attributes without `#[…]`"),
                None => format!("`{key}` takes attributes, and this is none"),
            },
            help,
        );
        inside
    });
    Some(Attributes(good.collect()))
}

/// `pyfunction`, `pyo3(signature = (x, y = 1))`, `unsafe(no_mangle)`
fn is_attribute(tokens: &TokenStream) -> bool {
    let mut all = tokens.clone().into_iter();
    match (all.next(), all.next(), all.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(inside)), None)
            if word == "unsafe" =>
        {
            inside.delimiter() == Delimiter::Parenthesis && is_attribute(&inside.stream())
        }
        _ => syn::parse2::<Meta>(tokens.clone()).is_ok(),
    }
}

/// `pyfunction` of `#[pyfunction]`
fn between_brackets(tokens: &TokenStream) -> Option<TokenStream> {
    let parse = |input: syn::parse::ParseStream| {
        input.parse::<syn::Token![#]>()?;
        let group: Group = input.parse()?;
        Ok(group)
    };
    let group = parse.parse2(tokens.clone()).ok()?;
    let stream = group.stream();
    (group.delimiter() == Delimiter::Bracket).then(|| quote!(#stream))
}
