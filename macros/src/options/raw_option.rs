//! Options as they were written. They are split first, so that one mistake cannot hide the next.

use super::table::{Key, Takes};
use crate::error::{Code, Errors};
use crate::syntax::attribute::split_at_commas;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{LitStr, Token};

/// One option.
pub(super) struct RawOption {
    pub(super) key: Ident,
    pub(super) value: Option<Value>,
    /// `(Debug, Clone)`
    pub(super) list: Option<Group>,
}

/// What follows an option's name.
pub(super) struct Value {
    pub(super) equals: Token![=],
    /// As it was written: invisible groups keep an expression together.
    pub(super) expression: TokenStream,
    /// Without invisible groups, for everything but expressions.
    pub(super) tokens: TokenStream,
}

impl Parse for RawOption {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = match input.parse()? {
            Some(equals) => {
                let expression: TokenStream = input.parse()?;
                Some(Value {
                    equals,
                    tokens: flatten(expression.clone()),
                    expression,
                })
            }
            None => None,
        };
        let list = if value.is_none() && input.peek(syn::token::Paren) {
            Some(input.parse()?)
        } else {
            None
        };
        Ok(RawOption { key, value, list })
    }
}

impl RawOption {
    /// Every option, or the tokens that are not one.
    pub(super) fn each(tokens: TokenStream) -> Vec<Result<Self, TokenStream>> {
        split(tokens)
            .into_iter()
            .map(|segment| syn::parse2(segment.clone()).map_err(|_| segment))
            .collect()
    }

    /// How it is written, for a help.
    pub(super) fn example(&self) -> &'static str {
        self.takes().example()
    }

    fn takes(&self) -> Takes {
        Key::find(&self.key).map_or(Takes::Nothing, |key| key.row().takes)
    }

    /// The value's tokens, if there is one.
    pub(super) fn value(&self, errors: &mut Errors) -> Option<&TokenStream> {
        match &self.value {
            Some(value) if !value.tokens.is_empty() => Some(match self.takes() {
                Takes::Expression(_) => &value.expression,
                _ => &value.tokens,
            }),
            _ => {
                let RawOption { key, list, .. } = self;
                let equals = self.value.as_ref().map(|value| value.equals);
                errors.push(
                    Code::MissingValue,
                    quote!(#key #equals #list),
                    format_args!("the option `{key}` needs a value"),
                    format_args!("write {}", self.takes().example()),
                );
                None
            }
        }
    }

    /// The list in parentheses.
    pub(super) fn list(&self, errors: &mut Errors) -> Option<&Group> {
        let RawOption { key, value, list } = self;
        match (list, value) {
            (Some(list), _) => return Some(list),
            (None, Some(value)) if !value.tokens.is_empty() => errors.push(
                Code::WrongValue,
                &value.tokens,
                format_args!("`{key}` takes a list in parentheses"),
                format_args!("write `{key}({})`", super::compact(&value.tokens)),
            ),
            (None, _) => {
                self.value(errors);
            }
        }
        None
    }

    /// The names in the list in parentheses: each is that of `what`, "an item".
    pub(super) fn names(&self, what: &str, errors: &mut Errors) -> Option<Vec<Ident>> {
        let written = self.list(errors)?;
        let (key, example) = (&self.key, self.takes().example());
        let parts = split_at_commas(flatten(written.stream()));
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            errors.push(
                Code::MissingValue,
                written,
                format_args!("`{key}` names nothing"),
                format_args!("write {example}, or remove it"),
            );
        }
        let names = parts.into_iter().filter_map(|part| {
            let name = Ident::parse_any.parse2(part.clone());
            if name.is_err() {
                errors.push(
                    Code::WrongValue,
                    part,
                    format_args!("this is not the name of {what}"),
                    format_args!("write names alone, as in {example}"),
                );
            }
            name.ok()
        });
        Some(names.collect())
    }

    /// An option without a value.
    pub(super) fn word(&self, errors: &mut Errors) -> Option<Ident> {
        let RawOption { key, value, list } = self;
        if value.is_some() || list.is_some() {
            let place = match value {
                Some(Value { equals, tokens, .. }) => quote!(#equals #tokens),
                None => list.to_token_stream(),
            };
            errors.push(
                Code::UnexpectedValue,
                place,
                format_args!("the option `{key}` takes no value"),
                format_args!("write just `{key}`, or remove it"),
            );
        }
        Some(key.clone())
    }
}

/// Splits at the commas between options, but not at those inside the angle brackets of a value.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut segments = vec![Vec::new()];
    let mut angles = Angles::default();
    let mut last_was_comma = true;
    for token in tokens {
        let is_comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        let Some(segment) = segments.last_mut() else {
            continue;
        };
        if is_comma && angles.depth == 0 {
            // If there is nothing before a comma, the comma is the mistake.
            if segment.is_empty() {
                segment.push(token);
            }
            segments.push(Vec::new());
            angles = Angles::default();
        } else {
            angles.read(&token, segment);
            segment.push(token);
        }
        last_was_comma = is_comma;
    }
    if last_was_comma && segments.last().is_some_and(Vec::is_empty) {
        segments.pop();
    }
    segments
        .into_iter()
        .map(|segment| segment.into_iter().collect())
        .collect()
}

/// The depth of angle brackets. In an expression, only a `<` after `::` opens one.
#[derive(Default)]
struct Angles {
    depth: usize,
}

impl Angles {
    fn read(&mut self, token: &TokenTree, before: &[TokenTree]) {
        let TokenTree::Punct(punct) = token else {
            return;
        };
        let is_type = matches!(before, [TokenTree::Ident(key), ..]
            if Key::find(key).is_some_and(|key| matches!(key.row().takes, Takes::Type(_))));
        let after = |character: char| matches!(before.last(), Some(TokenTree::Punct(last)) if last.as_char() == character);
        match punct.as_char() {
            '<' if is_type || after(':') || self.depth > 0 => self.depth += 1,
            '>' if !after('-') && !after('=') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// Takes values out of the invisible groups that `macro_rules!` puts around a `$name:ident`, `$path:path` or
/// `$text:literal`.
fn flatten(tokens: TokenStream) -> TokenStream {
    let mut flat = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flat.extend([flatten(group.stream())]);
            }
            token => flat.append(token),
        }
    }
    flat
}

/// An option is given once. Otherwise one of two values would be ignored silently.
pub(super) fn report_repetition(option: &RawOption, errors: &mut Errors) {
    let key = &option.key;
    errors.push(
        Code::RepeatedOption,
        key,
        format_args!("the option `{key}` is given twice"),
        format_args!("remove one `{key}`"),
    );
}

pub(super) fn report_malformed(place: &TokenStream, errors: &mut Errors) {
    let flat = flatten(place.clone());
    let help = match syn::parse2::<LitStr>(flat)
        .ok()
        .and_then(|text| super::identifier(&text.value()))
    {
        Some(name) => format!("write `name = {name}`"),
        None => String::from(
            "write options as in `#[sync_wrapper(name = load_blocking, isolation = \"never\")]`",
        ),
    };
    errors.push(Code::MalformedOption, place, "this is not an option", help);
}
