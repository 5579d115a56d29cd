//! One argument: as the twin declares it, and as it hands it on.

use crate::condition::Condition;
use crate::lifetime::Namer;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::ext::IdentExt as _;
use syn::{Attribute, FnArg, Pat, Receiver, ReceiverKind, Signature, Type};

pub(crate) struct Argument {
    pub(crate) condition: Option<Condition>,
    /// `url: &str`, `&mut self`
    pub(crate) parameter: TokenStream,
    /// `url`, `self`
    pub(crate) value: Ident,
    /// The first and the last token of its type, where a mistake about the type belongs.
    pub(crate) place: (Span, Span),
}

impl Argument {
    /// The arguments of `signature`. Elided lifetimes that need a name get one from `namer`.
    pub(crate) fn all(signature: &Signature, namer: &mut Namer) -> Vec<Self> {
        let names = names(signature);
        signature
            .inputs
            .iter()
            .zip(names)
            .map(|(argument, name)| match argument {
                FnArg::Receiver(receiver) => Argument::receiver(receiver),
                FnArg::Typed(typed) => {
                    let mut ty = Type::clone(&typed.ty);
                    namer.visit(&mut ty);
                    Argument {
                        condition: Condition::of(&typed.attrs),
                        parameter: quote!(#name: #ty),
                        value: name,
                        place: ends(&typed.ty),
                    }
                }
            })
            .collect()
    }

    /// The receiver as it came, without a `mut` that only matters to the async fn's body. In `&mut self` the
    /// `mut` is part of the type, and of [`ReceiverKind::Reference`]. The word `self` is the user's own:
    /// inside `macro_rules!` another one would be another variable.
    fn receiver(receiver: &Receiver) -> Self {
        let parameter = Receiver {
            attrs: Vec::new(),
            mutability: None,
            ..receiver.clone()
        };
        Argument {
            condition: Condition::of(&receiver.attrs),
            value: Ident::from(receiver.self_token),
            place: match &receiver.kind {
                ReceiverKind::Typed(_, ty) => ends(ty),
                _ => ends(&parameter),
            },
            parameter: parameter.to_token_stream(),
        }
    }
}

/// A name for every argument, its own if the pattern has one. The names are hygienic: the user's code cannot
/// see them, and so an argument may be called like the fn that the twin calls.
fn names(signature: &Signature) -> Vec<Ident> {
    let mut taken = HashSet::new();
    let own: Vec<_> = signature
        .inputs
        .iter()
        .map(|argument| {
            let (name, attributes) = own_name(argument)?;
            // Under `#[cfg]` the same name may stand twice. Elsewhere two that look the same come from
            // different macros, and without their hygiene would clash.
            let is_new = taken.insert(name.unraw().to_string());
            (is_new || Condition::of(attributes).is_some()).then_some(name)
        })
        .collect();
    own.into_iter()
        .zip(&signature.inputs)
        .enumerate()
        .map(|(index, (own, argument))| match own {
            Some(mut name) => {
                name.set_span(name.span().resolved_at(Span::mixed_site()));
                name
            }
            None => {
                let mut name = format!("arg{index}");
                while !taken.insert(name.clone()) {
                    name.push('_');
                }
                let (place, _) = ends(argument);
                Ident::new(&name, place.resolved_at(Span::mixed_site()))
            }
        })
        .collect()
}

/// The name in `x`, `mut x`, `ref x` and `x @ Some(_)`, with the argument's attributes.
fn own_name(argument: &FnArg) -> Option<(Ident, &[Attribute])> {
    let FnArg::Typed(argument) = argument else {
        return None;
    };
    let mut pattern = &*argument.pat;
    while let Pat::Paren(paren) = pattern {
        pattern = &paren.pat;
    }
    match pattern {
        Pat::Ident(pattern) => Some((pattern.ident.clone(), &argument.attrs)),
        _ => None,
    }
}

/// The spans of the first and the last token.
fn ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut spans = tokens
        .to_token_stream()
        .into_iter()
        .map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

#[cfg(test)]
mod tests {
    use super::Argument;
    use crate::lifetime::Namer;
    use syn::{Signature, parse_quote};

    #[track_caller]
    fn check(signature: &Signature, parameters: &[&str], values: &[&str]) {
        let arguments = Argument::all(signature, &mut Namer::new(signature));
        let written: Vec<_> = arguments
            .iter()
            .map(|one| one.parameter.to_string())
            .collect();
        let handed_on: Vec<_> = arguments.iter().map(|one| one.value.to_string()).collect();
        assert_eq!(written, parameters);
        assert_eq!(handed_on, values);
    }

    #[test]
    fn names_survive_their_pattern() {
        check(
            &parse_quote!(fn f(mut a: u8, ref b: u8, c @ (Some(_) | None): Option<u8>, (d): u8, r#type: u8)),
            &[
                "a : u8",
                "b : u8",
                "c : Option < u8 >",
                "d : u8",
                "r#type : u8",
            ],
            &["a", "b", "c", "d", "r#type"],
        );
    }

    #[test]
    fn patterns_without_a_name_get_one() {
        check(
            &parse_quote!(fn f((a, b): (u8, u8), _: u8, arg1: u8, Point { x, .. }: Point)),
            &[
                "arg0 : (u8 , u8)",
                "arg1_ : u8",
                "arg1 : u8",
                "arg3 : Point",
            ],
            &["arg0", "arg1_", "arg1", "arg3"],
        );
    }

    #[test]
    fn every_receiver_stays_what_it_is() {
        check(&parse_quote!(fn f(self)), &["self"], &["self"]);
        check(&parse_quote!(fn f(mut self)), &["self"], &["self"]);
        check(&parse_quote!(fn f(&self)), &["& self"], &["self"]);
        check(&parse_quote!(fn f(&mut self)), &["& mut self"], &["self"]);
        check(
            &parse_quote!(fn f(&'a mut self)),
            &["& 'a mut self"],
            &["self"],
        );
        check(
            &parse_quote!(fn f(mut self: Box<Self>)),
            &["self : Box < Self >"],
            &["self"],
        );
        check(
            &parse_quote!(fn f(self: &Arc<Self>)),
            &["self : & Arc < Self >"],
            &["self"],
        );
    }

    #[test]
    fn names_under_cfg_may_stand_twice() {
        check(
            &parse_quote!(fn f(#[cfg(unix)] fd: i32, #[cfg(windows)] fd: u64)),
            &["fd : i32", "fd : u64"],
            &["fd", "fd"],
        );
    }
}
