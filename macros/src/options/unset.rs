//! `unset(timeout, runtime)`: options of the block that are not for one of its members.

use super::raw_option::RawOption;
use super::table::HandOn;
use super::{Key, Options, Target};
use crate::error::{Code, Errors};
use crate::spelling::{list, nearest};
use proc_macro2::Ident;

/// An option that is taken back, and its name as it was written.
#[derive(Clone)]
pub(crate) struct Unset {
    pub(super) key: Key,
    name: Ident,
}

/// `unset` takes the names of options that a block passes on.
pub(super) fn check_unset(option: &RawOption, errors: &mut Errors) -> Option<Vec<Unset>> {
    let names = option.names("an option", errors)?;
    let keys = names.into_iter().filter_map(|name| {
        let key = check_key(&name, errors)?;
        Some(Unset { key, name })
    });
    Some(keys.collect())
}

impl Options {
    /// What an item takes back, its block has to pass on.
    pub(crate) fn check_unset_of(&self, block: &Options, target: Target, errors: &mut Errors) {
        let is_passed_on =
            |key| (block.has(key) || block.key(key).is_some()) && block.passes_on(key, target);
        // One that it gives itself, too, has been reported.
        let is_given = |key| is_passed_on(key) || self.key(key).is_some();
        for Unset { key, name } in self.unset.iter().flatten() {
            if !is_given(*key) && !block.are_unclear {
                errors.push(
                    Code::MisplacedOption,
                    name,
                    format_args!("the block passes no `{name}` on, so there is nothing to unset"),
                    format_args!("remove `{name}` here"),
                );
            }
        }
    }
}

/// Only what a block passes on can be taken back.
fn check_key(name: &Ident, errors: &mut Errors) -> Option<Key> {
    let inherited: Vec<_> = Key::ALL
        .iter()
        .filter(|key| !matches!(key.row().hand_on, HandOn::Never))
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
