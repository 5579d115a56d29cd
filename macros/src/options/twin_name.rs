//! `name = ident`, and `prefix = "…"` and `suffix = "…"`.

use super::raw_option::RawOption;
use super::{compact, identifier};
use crate::error::{Code, Errors};
use crate::syntax::span_range::SpanRange;
use proc_macro2::Ident;
use syn::LitStr;

/// `name` takes an identifier without quotes, so that editors can find and rename it.
pub(super) fn check_name(option: &RawOption, errors: &mut Errors) -> Option<Ident> {
    let value = option.value(errors)?;
    if let Ok(name) = syn::parse2::<Ident>(value.clone()) {
        return Some(name);
    }

    let string = syn::parse2::<LitStr>(value.clone()).ok();
    let text = match &string {
        Some(string) => string.value(),
        None => compact(value),
    };
    let right = identifier(&text);
    let help = match &right {
        Some(name) => format!("write `name = {name}`"),
        None => String::from("write a plain identifier, as in `name = load_blocking`"),
    };
    if string.is_some() {
        let what = "`name` takes an identifier, not a string";
        errors.push(Code::WrongValue, value, what, help);
    } else {
        let what = format!("`{text}` is not an identifier");
        errors.push(Code::InvalidName, value, what, help);
    }
    right.map(|mut name| {
        name.set_span(SpanRange::of(value).first);
        name
    })
}

/// `prefix` and `suffix` take a string, since neither need be an identifier alone. An empty one cancels the block's.
pub(super) fn check_affix(option: &RawOption, errors: &mut Errors) -> Option<String> {
    let key = &option.key;
    let example = if key == "prefix" {
        "blocking_"
    } else {
        "_blocking"
    };
    let value = option.value(errors)?;
    let Ok(text) = syn::parse2::<LitStr>(value.clone()) else {
        let wrong = compact(value);
        let is_affix = identifier(&example_with(key, &wrong)).is_some();
        let right = is_affix.then(|| with_underscore(key, wrong));
        errors.push(
            Code::WrongValue,
            value,
            format_args!("`{key}` takes a string"),
            format_args!(
                "write `{key} = \"{}\"`",
                right.as_deref().unwrap_or(example)
            ),
        );
        return right;
    };

    let text = text.value();
    if identifier(&example_with(key, &text)).is_none() {
        errors.push(
            Code::InvalidName,
            value,
            format_args!("`{text}` cannot be part of a name"),
            format_args!("write a {key} such as `{key} = \"{example}\"`"),
        );
        return None;
    }
    Some(text)
}

/// Without quotes, people write the word alone: `blocking` for `"blocking_"`.
fn with_underscore(key: &Ident, word: String) -> String {
    match key == "prefix" {
        true if !word.ends_with('_') => format!("{word}_"),
        false if !word.starts_with('_') => format!("_{word}"),
        _ => word,
    }
}

/// A name with this prefix or suffix.
fn example_with(key: &Ident, affix: &str) -> String {
    if key == "prefix" {
        format!("{affix}x")
    } else {
        format!("x{affix}")
    }
}
