//! Whether a fn names `Self`. If so it is an associated fn, and its twin calls it as `Self::f`.
//!
//! An attribute on a fn sees nothing around the fn, and a fn without a receiver looks the same inside an impl block and
//! outside. Bodies are not parsed, so this reads tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{GenericArgument, Path, PathArguments, Type, TypeParamBound};

/// Whether a type is `Self`.
pub(crate) fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self"))
}

/// Whether a type contains `Self` as a value: `Result<Self, E>` does, and `&Self`, `Box<dyn Any>` and `Self::Item` do not.
pub(crate) fn is_inside(ty: &Type) -> bool {
    let in_bound = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => is_in_arguments(&bound.path),
        _ => false,
    };
    match ty {
        Type::Path(path) => is_self(ty) || path.qself.is_none() && is_in_arguments(&path.path),
        Type::Tuple(tuple) => tuple.elems.iter().any(is_inside),
        Type::Array(array) => is_inside(&array.elem),
        Type::Paren(paren) => is_inside(&paren.elem),
        Type::Group(group) => is_inside(&group.elem),
        Type::ImplTrait(ty) => ty.bounds.iter().any(in_bound),
        Type::TraitObject(ty) => ty.bounds.iter().any(in_bound),
        _ => false,
    }
}

fn is_in_arguments(path: &Path) -> bool {
    let Some(PathArguments::AngleBracketed(arguments)) =
        path.segments.last().map(|segment| &segment.arguments)
    else {
        return false;
    };
    arguments.args.iter().any(|argument| match argument {
        GenericArgument::Type(ty) => is_inside(ty),
        GenericArgument::AssocType(assoc) => is_inside(&assoc.ty),
        _ => false,
    })
}

/// Whether a signature names `Self`.
pub(crate) fn in_signature(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "Self",
        TokenTree::Group(group) => in_signature(group.stream()),
        _ => false,
    })
}

/// Whether a body names the `Self` of the fn that it belongs to. A `Self` inside a nested item is a different one.
pub(crate) fn in_body(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "Self" => return true,
            TokenTree::Ident(ident) if opens_item(&ident.to_string(), tokens.peek()) => {
                skip_item(&mut tokens);
            }
            TokenTree::Group(group) if in_body(group.stream()) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a word and the token after it start an item with a `Self` of its own, or without one.
fn opens_item(word: &str, next: Option<&TokenTree>) -> bool {
    match (word, next) {
        ("impl" | "trait" | "struct" | "enum" | "mod", _) => true,
        // `fn(u8)` is a type, and `union` is a name like any other.
        ("fn" | "union", Some(TokenTree::Ident(_))) => true,
        _ => false,
    }
}

/// Reads up to the end of an item: its braces or its semicolon, but not those of a `[u8; 2]` or a `Wrap<{ 2 }>`.
fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    let mut angles = 0_usize;
    let mut arrow = false;
    for token in tokens {
        let mut dash = false;
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && angles == 0 => {
                return;
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ';' => return,
                '<' => angles += 1,
                '>' if !arrow => angles = angles.saturating_sub(1),
                '-' | '=' => dash = true,
                _ => {}
            },
            _ => {}
        }
        arrow = dash;
    }
}

#[cfg(test)]
mod tests {
    use super::{in_body, in_signature};
    use quote::quote;

    #[test]
    fn in_signatures_at_any_depth() {
        assert!(in_signature(quote!(fn new() -> Result<Option<Self>, ()>)));
        assert!(in_signature(quote!(fn f(x: impl Into<Self>))));
        assert!(!in_signature(quote!(fn f(this: Selfish) -> selfless)));
    }

    #[test]
    fn in_bodies_at_any_depth() {
        assert!(in_body(quote!(let x = vec![(1, { Self::LIMIT })];)));
        assert!(!in_body(quote!(let x = LIMIT;)));
    }

    #[test]
    fn nested_items_have_a_self_of_their_own() {
        assert!(!in_body(
            quote!(impl Drop for Guard { fn drop(&mut self) { Self::stop() } })
        ));
        assert!(!in_body(quote!(
            impl<const N: usize> From<Wrap<{ N }>> for Guard {
                fn f(_: Self) {}
            }
        )));
        assert!(!in_body(quote!(
            trait Stop {
                fn stop() -> Self;
            }
        )));
        assert!(!in_body(quote!(
            struct List(Option<Box<Self>>);
        )));
        assert!(!in_body(quote!(
            enum Tree {
                Leaf,
                Node(Box<Self>),
            }
        )));
        assert!(!in_body(quote!(union Bits { a: u8, b: *const Self })));
        assert!(!in_body(
            quote!(impl Fn for X where Y: Fn() -> u8 { type Out = Self; })
        ));
    }

    #[test]
    fn what_follows_a_nested_item_counts_again() {
        assert!(in_body(quote!(struct Unit;, Self::go())));
        assert!(in_body(quote!(
            fn f() -> u8 {
                1
            },
            Self::go()
        )));
        assert!(in_body(quote!(fn f(x: [u8; 2]) {}, Self::go())));
    }

    #[test]
    fn words_that_only_look_like_an_item() {
        assert!(in_body(quote!(let f: fn(Self) -> u8 = g;)));
        assert!(in_body(quote!(union(Self::left(), right))));
    }
}
