//! `on_driver = "…"` and `on_worker = "…"`: what happens to a call that async code makes.

use super::compact;
use super::raw_option::RawOption;
use crate::error::{Code, Errors};
use crate::spelling::nearest;
use syn::LitStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    Allow,
    Warn,
    Deny,
}

/// Both options take one of three strings.
pub(super) fn check_policy(option: &RawOption, errors: &mut Errors) -> Option<Policy> {
    let value = option.value(errors)?;
    let name = &option.key;
    let Ok(text) = syn::parse2::<LitStr>(value.clone()) else {
        let right = nearest(&compact(value), Policy::NAMES).unwrap_or("allow");
        errors.push(
            Code::WrongValue,
            value,
            format_args!("`{name}` takes a string"),
            format_args!("write `{name} = \"{right}\"`"),
        );
        return None;
    };
    let policy = Policy::parse(&text.value());
    if policy.is_none() {
        let help = match nearest(&text.value(), Policy::NAMES) {
            Some(right) => format!("did you mean `{name} = \"{right}\"`?"),
            None => String::from("write `\"allow\"`, `\"warn\"` or `\"deny\"`"),
        };
        errors.push(
            Code::UnknownPolicy,
            text.token(),
            format_args!("there is no policy `{}`", text.value()),
            help,
        );
    }
    policy
}

impl Policy {
    const NAMES: &[&str] = &["allow", "warn", "deny"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "allow" => Some(Policy::Allow),
            "warn" => Some(Policy::Warn),
            "deny" => Some(Policy::Deny),
            _ => None,
        }
    }

    /// The variant of the runtime crate's enum.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Policy::Allow => "Allow",
            Policy::Warn => "Warn",
            Policy::Deny => "Deny",
        }
    }
}
