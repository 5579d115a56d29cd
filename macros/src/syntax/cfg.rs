//! `#[cfg]` on single arguments.
//!
//! A parameter can have one, but an argument of a call cannot. So the call is written once for every combination of
//! conditions, and the compiler picks the one that holds.

use crate::syntax::attribute::Conditional;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Meta};

/// The condition for an argument to exist.
#[derive(Clone)]
pub(crate) struct Condition(TokenStream);

impl Condition {
    /// The condition in the `cfg`s among an argument's attributes; `None` without a `cfg`.
    pub(crate) fn of(attributes: &[Attribute]) -> Option<Self> {
        let mut predicates: Vec<_> = attributes
            .iter()
            .filter_map(|attribute| predicate(&attribute.meta))
            .collect();
        match predicates.len() {
            0 | 1 => predicates.pop(),
            _ => Some(quote!(all(#(#predicates),*))),
        }
        .map(Condition)
    }

    /// The `#[cfg]` for a statement that exists when the argument does.
    pub(crate) fn cfg(&self) -> TokenStream {
        let Condition(predicate) = self;
        quote!(#[cfg(#predicate)])
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

fn predicate(meta: &Meta) -> Option<TokenStream> {
    if let Some(Conditional {
        predicate: when,
        metas,
    }) = Conditional::parse(meta)
    {
        let then: Vec<_> = metas.iter().filter_map(predicate).collect();
        return (!then.is_empty()).then(|| quote!(any(not(#when), all(#(#then),*))));
    }
    match meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.clone()),
        _ => None,
    }
}

/// The different conditions among those of all arguments.
pub(crate) fn distinct<'a>(all: impl Iterator<Item = &'a Condition>) -> Vec<&'a Condition> {
    let mut distinct = Vec::new();
    for condition in all {
        if !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    distinct
}

/// One combination of true and false conditions.
pub(crate) struct Combination<'a> {
    outcomes: Vec<(&'a Condition, bool)>,
}

impl<'a> Combination<'a> {
    /// All combinations of `conditions`: one if there are no conditions.
    pub(crate) fn all(conditions: &[&'a Condition]) -> Vec<Self> {
        let mut all = vec![Combination {
            outcomes: Vec::new(),
        }];
        for condition in conditions {
            let mut more = Vec::new();
            for combination in &all {
                more.extend([true, false].map(|holds| combination.and(condition, holds)));
            }
            all = more;
        }
        all
    }

    fn and(&self, condition: &'a Condition, holds: bool) -> Self {
        let mut outcomes = self.outcomes.clone();
        outcomes.push((condition, holds));
        Combination { outcomes }
    }

    /// Whether an argument exists.
    pub(crate) fn includes(&self, argument: Option<&Condition>) -> bool {
        !self
            .outcomes
            .iter()
            .any(|(condition, holds)| !holds && argument == Some(condition))
    }

    /// The `#[cfg]` for a statement in this combination: `None` if it is the only one.
    pub(crate) fn cfg(&self) -> Option<TokenStream> {
        let outcomes = self.outcomes.iter().map(|(Condition(predicate), holds)| {
            if *holds {
                quote!(#predicate)
            } else {
                quote!(not(#predicate))
            }
        });
        (!self.outcomes.is_empty()).then(|| quote!(#[cfg(all(#(#outcomes),*))]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Combination, Condition, distinct};
    use syn::{Attribute, parse_quote};

    fn condition(attributes: &[Attribute]) -> Option<String> {
        Condition::of(attributes).map(|Condition(predicate)| predicate.to_string())
    }

    #[test]
    fn one_predicate_of_many_attributes() {
        assert_eq!(condition(&[parse_quote!(#[allow(unused)])]), None);
        assert_eq!(
            condition(&[parse_quote!(#[cfg(unix)])]).as_deref(),
            Some("unix")
        );
        assert_eq!(
            condition(&[parse_quote!(#[cfg(unix)]), parse_quote!(#[cfg(test)])]).as_deref(),
            Some("all (unix , test)")
        );
        assert_eq!(
            condition(&[parse_quote!(#[cfg_attr(docsrs, allow(unused), cfg(unix))])]).as_deref(),
            Some("any (not (docsrs) , all (unix))")
        );
    }

    #[test]
    fn every_combination_is_there_once() {
        let unix = Condition::of(&[parse_quote!(#[cfg(unix)])]).unwrap();
        let test = Condition::of(&[parse_quote!(#[cfg(test)])]).unwrap();
        let distinct = distinct([&unix, &test, &unix].into_iter());
        assert_eq!(distinct.len(), 2);

        let all = Combination::all(&distinct);
        let cfgs: Vec<_> = all
            .iter()
            .map(|one| one.cfg().unwrap().to_string())
            .collect();
        assert_eq!(
            cfgs,
            [
                "# [cfg (all (unix , test))]",
                "# [cfg (all (unix , not (test)))]",
                "# [cfg (all (not (unix) , test))]",
                "# [cfg (all (not (unix) , not (test)))]",
            ]
        );
        assert!(all[1].includes(Some(&unix)) && !all[1].includes(Some(&test)));
        assert!(all[3].includes(None));
    }

    #[test]
    fn without_conditions_there_is_one_way() {
        let all = Combination::all(&[]);
        assert_eq!(all.len(), 1);
        assert!(all[0].cfg().is_none());
    }
}
