//! `crate = path`

use super::raw_option::RawOption;
use super::{compact, identifier};
use crate::error::{Code, Errors};
use proc_macro2::TokenStream;
use syn::{LitStr, Path, PathArguments};

/// `crate` takes a path that means the same in every module, since a macro may write the twin into any of them.
pub(super) fn check_crate(option: &RawOption, errors: &mut Errors) -> Option<Path> {
    let value = option.value(errors)?;

    if let Ok(text) = syn::parse2::<LitStr>(value.clone()) {
        let right = from_root(&text.value());
        let help = match &right {
            Some(path) => format!("write `crate = {path}`"),
            None => String::from("write a path without quotes, as in `crate = ::sync_twin`"),
        };
        errors.push(
            Code::WrongValue,
            value,
            "`crate` takes a path, not a string",
            help,
        );
        return right.and_then(|path| syn::parse_str(&path).ok());
    }

    let path = syn::parse2::<Path>(value.clone()).ok().filter(|path| {
        path.segments
            .iter()
            .all(|segment| matches!(segment.arguments, PathArguments::None))
    });
    let Some(path) = path else {
        errors.push(
            Code::WrongValue,
            value,
            "`crate` takes the path of sync-twin",
            "write a path, as in `crate = ::sync_twin`",
        );
        return None;
    };

    if path.leading_colon.is_some() || STARTS.iter().any(|start| path.segments[0].ident == start) {
        return Some(path);
    }
    report_relative(&path, value, errors);
    Some(path)
}

/// The first segments that a path without a leading `::` may have.
const STARTS: [&str; 2] = ["crate", "$crate"];

fn report_relative(path: &Path, value: &TokenStream, errors: &mut Errors) {
    let written = compact(value);
    let Path { segments, .. } = path;
    let (first, last) = (&segments[0].ident, &segments[segments.len() - 1].ident);
    let help = if first == "self" || first == "super" || first == "Self" {
        format!("write it from the root of this crate, as in `crate = crate::path::to::{last}`")
    } else {
        format!(
            "write `crate = ::{written}`, or `crate = crate::{written}` if it is re-exported in this crate"
        )
    };
    errors.push(
        Code::RelativeCrate,
        value,
        format_args!("the path `{written}` is relative: what it means depends on the module"),
        help,
    );
}

/// The text as a path from the root of a crate, if possible.
fn from_root(text: &str) -> Option<String> {
    let path = text.strip_prefix("::").unwrap_or(text);
    let (start, rest) = match path.split_once("::") {
        Some((start, rest)) => (start, Some(rest)),
        None => (path, None),
    };
    let is_path = |names: &str| names.split("::").all(|name| identifier(name).is_some());
    if !rest.is_none_or(is_path) {
        None
    } else if start == "crate" {
        Some(String::from(path))
    } else {
        identifier(start).map(|_| format!("::{path}"))
    }
}
