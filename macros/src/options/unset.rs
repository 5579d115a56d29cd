//! `unset(timeout, runtime)`: options of the block that are not for one of its members.

use super::Key;
use super::raw_option::RawOption;
use super::table::HandOn;
use crate::error::{Code, Errors};
use crate::spelling::{list, nearest};
use proc_macro2::Ident;

/// `unset` takes the names of options that a block passes on.
pub(super) fn check_unset(option: &RawOption, errors: &mut Errors) -> Option<Vec<Key>> {
    let names = option.names("an option", errors)?;
    let keys = names.iter().filter_map(|name| check_key(name, errors));
    Some(keys.collect())
}

/// Only what a block passes on can be taken back.
fn check_key(name: &Ident, errors: &mut Errors) -> Option<Key> {
    let inherited: Vec<_> = Key::ALL
        .iter()
        .filter(|key| matches!(key.row().hand_on, HandOn::Unless(_)))
        .map(|key| key.row().name)
        .collect();
    let key = Key::find(name);
    if let Some(key) = key.filter(|key| inherited.contains(&key.row().name)) {
        return Some(key);
    }
    let text = name.to_string();
    match key {
        Some(_) => errors.push(
            Code::MisplacedOption,
            name,
            format_args!("no block passes `{name}` on, so there is nothing to unset"),
            format_args!(
                "remove `{name}`; what a block passes on is {}",
                list(&inherited)
            ),
        ),
        None => errors.push(
            Code::UnknownOption,
            name,
            format_args!("there is no option `{name}`"),
            match nearest(&text, &inherited) {
                Some(right) => format!("did you mean `{right}`?"),
                None => format!("what a block passes on is {}", list(&inherited)),
            },
        ),
    }
    None
}
