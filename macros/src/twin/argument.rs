//! One argument: how the twin declares it, and how it passes it on.

use crate::name;
use crate::syntax::attribute;
use crate::syntax::cfg::Condition;
use crate::syntax::span_range::SpanRange;
use crate::types::family::Family;
use crate::types::inner_type::InnerType;
use crate::types::lifetime::Namer;
use crate::types::unwrap::{self, Holder};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::HashSet;
use syn::ext::IdentExt as _;
use syn::{Attribute, FnArg, Pat, Receiver, ReceiverKind, Signature, Token, Type};

pub(crate) struct Argument {
    pub(crate) condition: Option<Condition>,
    /// `url: &str`, `&mut self`, with the attributes that it keeps
    pub(crate) parameter: TokenStream,
    /// `url`, `self`
    pub(crate) name: Ident,
    /// The variable that is passed on: the same, except for the `self` of a blocking type, which contains another value.
    pub(crate) value: Ident,
    /// The type of that variable, where it has to be named.
    pub(crate) ascribed: Option<Type>,
    /// Where its type is, for mistakes about the type.
    pub(crate) place: SpanRange,
    /// How it holds the value, if it is or contains a blocking type.
    pub(crate) holder: Option<Holder>,
    /// Whether the twin still has it after passing it on: a shared reference.
    pub(crate) is_shared: bool,
}

impl Argument {
    /// The arguments of `signature`. Elided lifetimes that need a name get one from `namer`.
    pub(crate) fn all(signature: &Signature, family: &Family<'_>, namer: &mut Namer) -> Vec<Self> {
        let names = names(signature);
        let variable = free_name("inner", &names, Span::mixed_site());
        signature
            .inputs
            .iter()
            .zip(names)
            .map(|(argument, name)| match argument {
                FnArg::Receiver(receiver) => match family.inner {
                    Some(inner) => {
                        let holder = unwrap::holder_of(receiver, inner);
                        let takes = holder.as_ref().is_some_and(Holder::takes_field);
                        let mutability = takes.then(|| Token![mut](Span::mixed_site()));
                        let argument = Argument::receiver(receiver, mutability);
                        argument.unwrap(variable.clone(), receiver, holder, inner)
                    }
                    None => Argument::receiver(receiver, None),
                },
                FnArg::Typed(typed) => {
                    let mut ty = Type::clone(&typed.ty);
                    let holder = family.replace_argument(&mut ty);
                    namer.visit(&mut ty);
                    let kept = attribute::keep(&typed.attrs);
                    Argument {
                        condition: Condition::of(&typed.attrs),
                        parameter: quote!(#(#kept)* #name: #ty),
                        value: name.clone(),
                        name,
                        ascribed: None,
                        place: SpanRange::of(&typed.ty),
                        holder,
                        is_shared: is_shared(&typed.ty),
                    }
                }
            })
            .collect()
    }

    /// The receiver of a blocking type's method, with the async value inside it as the value to pass on.
    fn unwrap(
        mut self,
        variable: Ident,
        receiver: &Receiver,
        holder: Option<Holder>,
        inner: &InnerType,
    ) -> Self {
        self.value = variable;
        // rustc reports here that a type does not implement the trait, or what a foreign method takes `self` as.
        let declared = inner.is_foreign.then_some(self.place.first);
        if let Some(place) = inner.place.or(declared) {
            let place = place.resolved_at(Span::mixed_site());
            self.value.set_span(place);
        }
        self.holder = holder;
        if self.holder.as_ref().is_some_and(Holder::pins) {
            if let Some(unpinned) = unwrap::unpinned(receiver) {
                let kept = attribute::keep(&receiver.attrs);
                self.parameter = quote!(#(#kept)* #unpinned);
                self.ascribed = unwrap::pinned_type(receiver)
                    .filter(|_| inner.is_foreign && inner.polled.is_none());
            }
        }
        self
    }

    /// The receiver, without a `mut` that only matters to the async fn's body, and with one that matters to the twin's. In
    /// `&mut self` the `mut` is part of the type, and of [`ReceiverKind::Reference`]. The token `self` is the user's own: inside `macro_rules!` another one would be another
    /// variable.
    fn receiver(receiver: &Receiver, mutability: Option<Token![mut]>) -> Self {
        let parameter = Receiver {
            attrs: Vec::new(),
            mutability,
            ..receiver.clone()
        };
        let kept = attribute::keep(&receiver.attrs);
        Argument {
            condition: Condition::of(&receiver.attrs),
            name: Ident::from(receiver.self_token),
            value: Ident::from(receiver.self_token),
            ascribed: None,
            place: match &receiver.kind {
                ReceiverKind::Typed(_, ty) => SpanRange::of(ty),
                _ => SpanRange::of(&parameter),
            },
            parameter: quote!(#(#kept)* #parameter),
            holder: None,
            is_shared: match &receiver.kind {
                ReceiverKind::Reference(.., mutable) => mutable.is_none(),
                ReceiverKind::Typed(_, ty) => is_shared(ty),
                _ => false,
            },
        }
    }
}

fn is_shared(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_none())
}

/// A name for a variable beside the arguments: that of `what` it is, or similar.
pub(crate) fn free_name(what: &str, taken: &[Ident], site: Span) -> Ident {
    let mut name = name::variable(what, site);
    while taken.contains(&name) {
        name = Ident::new(&format!("{name}_"), name.span());
    }
    name
}

/// A name for every argument: its own if the pattern has one. The names are hygienic. The user's code cannot see them, so an
/// argument may have the name of the fn that the twin calls.
fn names(signature: &Signature) -> Vec<Ident> {
    let mut taken = HashSet::new();
    let own: Vec<_> = signature
        .inputs
        .iter()
        .map(|argument| {
            let (name, attributes) = own_name(argument)?;
            // Under `#[cfg]` the same name may be there twice. Elsewhere two equal names come from different macros, and
            // would clash without their hygiene.
            let is_new = taken.insert(name.unraw().to_string());
            (is_new || Condition::of(attributes).is_some()).then_some(name)
        })
        .collect();
    own.into_iter()
        .zip(&signature.inputs)
        .enumerate()
        .map(|(index, (own, argument))| match own {
            Some(name) => name::at(&name, name.span().resolved_at(Span::mixed_site())),
            None => {
                let place = SpanRange::of(argument).first;
                let mut name = name::variable(&format!("arg{index}"), place);
                while !taken.insert(name.to_string()) {
                    name = Ident::new(&format!("{name}_"), name.span());
                }
                name
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

#[cfg(test)]
mod tests {
    use super::Argument;
    use crate::types::family::Family;
    use crate::types::lifetime::Namer;
    use syn::{Signature, parse_quote};

    #[track_caller]
    fn check(signature: &Signature, parameters: &[&str], values: &[&str]) {
        let arguments = Argument::all(
            signature,
            &Family::new(None, None),
            &mut Namer::new(signature),
        );
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
    fn keywords_of_this_edition_become_raw() {
        check(
            &parse_quote!(fn f(gen: u8, generate: u8)),
            &["r#gen : u8", "generate : u8"],
            &["r#gen", "generate"],
        );
    }

    #[test]
    fn patterns_without_a_name_get_one() {
        check(
            &parse_quote!(fn f((a, b): (u8, u8), _: u8, __arg1: u8, Point { x, .. }: Point)),
            &[
                "__arg0 : (u8 , u8)",
                "__arg1_ : u8",
                "__arg1 : u8",
                "__arg3 : Point",
            ],
            &["__arg0", "__arg1_", "__arg1", "__arg3"],
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
            &["# [cfg (unix)] fd : i32", "# [cfg (windows)] fd : u64"],
            &["fd", "fd"],
        );
    }
}
