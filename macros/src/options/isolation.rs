//! `isolation = "…"`

use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use crate::spelling::nearest;
use syn::LitStr;

/// Where a call may run. The runtime crate describes what each does in which context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Isolation {
    #[default]
    Auto,
    Always,
    Never,
}

/// `isolation` takes one of three strings.
pub(super) fn check_isolation(option: &RawOption, errors: &mut Errors) -> Option<Isolation> {
    let value = option.value(errors)?;
    let Ok(text) = syn::parse2::<LitStr>(value.clone()) else {
        let wrong = super::compact(value);
        let right = nearest(&wrong, Isolation::NAMES).unwrap_or("always");
        errors.push(
            Code::WrongValue,
            value,
            "`isolation` takes a string",
            format_args!("write `isolation = \"{right}\"`"),
        );
        return None;
    };

    let isolation = Isolation::parse(&text.value());
    if isolation.is_none() {
        let help = match nearest(&text.value(), Isolation::NAMES) {
            Some(right) => format!("did you mean `isolation = \"{right}\"`?"),
            None => String::from("write `\"auto\"`, `\"always\"` or `\"never\"`"),
        };
        errors.push(
            Code::UnknownIsolation,
            text.token(),
            format_args!("there is no isolation `{}`", text.value()),
            help,
        );
    }
    isolation
}

impl Isolation {
    const NAMES: &[&str] = &["auto", "always", "never"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Isolation::Auto),
            "always" => Some(Isolation::Always),
            "never" => Some(Isolation::Never),
            _ => None,
        }
    }
}
