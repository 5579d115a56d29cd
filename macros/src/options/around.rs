//! `around = path`: a fn in which the blocking part of a twin runs.

use super::compact;
use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use syn::{LitStr, Path};

/// `around` takes the path of a fn.
pub(super) fn check_around(option: &RawOption, errors: &mut Errors) -> Option<Path> {
    let value = option.value(errors)?;
    if let Ok(path) = syn::parse2::<Path>(value.clone()) {
        return Some(path);
    }
    let meant = match syn::parse2::<LitStr>(value.clone()) {
        Ok(text) => syn::parse_str::<Path>(&text.value()).ok(),
        Err(_) => None,
    };
    let help = match &meant {
        Some(path) => format!("write `around = {}`", compact(path)),
        None => String::from(
            "write a `fn around<T>(block: impl FnOnce() -> T) -> T` beside it, and `around = around` here",
        ),
    };
    errors.push(
        Code::WrongValue,
        value,
        "`around` takes the path of a fn",
        help,
    );
    meant
}
