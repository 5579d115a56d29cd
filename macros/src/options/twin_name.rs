//! `name = ident`, and `prefix = "…"` and `suffix = "…"`.

use super::raw_option::RawOption;
use super::{compact, identifier};
use crate::error::{Code, Errors};
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
    let help = match identifier(&text) {
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
    None
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
        let right = match identifier(&format!("x{wrong}")) {
            Some(_) => wrong,
            None => String::from(example),
        };
        errors.push(
            Code::WrongValue,
            value,
            format_args!("`{key}` takes a string"),
            format_args!("write `{key} = \"{right}\"`"),
        );
        return None;
    };

    let text = text.value();
    let name = if key == "prefix" {
        format!("{text}x")
    } else {
        format!("x{text}")
    };
    if identifier(&name).is_none() {
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
