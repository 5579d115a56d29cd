//! `skip`, `skip(a, b)` and `only(a, b)`: which items of a block have twins.

use super::Options;
use super::raw_option::RawOption;
use crate::error::Errors;
use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// What is left out.
#[derive(Clone)]
pub(crate) enum Skip {
    /// The item that has the attribute.
    Item,
    /// Items of the block that has the attribute.
    Named(Vec<Ident>),
}

/// What a block says about one of its items by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Nothing: it takes part if it can.
    Usual,
    /// It has no twin.
    Skipped,
    /// It is to have a twin.
    Asked,
}

/// `skip` takes names on a block, and nothing on an item inside one.
pub(super) fn check_skip(option: &RawOption, errors: &mut Errors) -> Option<Skip> {
    match (&option.list, &option.value) {
        (Some(_), None) => option.names("an item", errors).map(Skip::Named),
        _ => option.word(errors).map(|_| Skip::Item),
    }
}

/// `only` takes names.
pub(super) fn check_only(option: &RawOption, errors: &mut Errors) -> Option<Vec<Ident>> {
    option.names("an item", errors)
}

impl Options {
    /// Whether the item itself is left out.
    pub(crate) fn is_skipped(&self) -> bool {
        matches!(self.skip, Some(Skip::Item))
    }

    /// The names in `skip(…)`.
    pub(crate) fn skipped(&self) -> &[Ident] {
        match &self.skip {
            Some(Skip::Named(names)) => names,
            _ => &[],
        }
    }

    /// The names in `skip(…)` and `only(…)`.
    pub(crate) fn selected(&self) -> impl Iterator<Item = &Ident> {
        self.skipped().iter().chain(self.only.iter().flatten())
    }

    /// Whether there is such a list.
    pub(crate) fn selects(&self) -> bool {
        self.only.is_some() || matches!(self.skip, Some(Skip::Named(_)))
    }

    /// What they say about the item of this name, which an impl block of a trait has not.
    pub(crate) fn selection(&self, name: Option<&Ident>) -> Selection {
        let is_in = |names: &[Ident]| {
            names
                .iter()
                .any(|one| name.is_some_and(|name| same(one, name)))
        };
        match &self.only {
            _ if is_in(self.skipped()) => Selection::Skipped,
            Some(only) if is_in(only) => Selection::Asked,
            None => Selection::Usual,
            Some(_) => Selection::Skipped,
        }
    }
}

pub(crate) fn same(one: &Ident, other: &Ident) -> bool {
    one.unraw() == other.unraw()
}
