//! Whether a fn names `Self`. If so it is an associated fn, and its twin calls it as `Self::f`.
//!
//! An attribute on a fn sees nothing around the fn, and a fn without a receiver looks the same inside an impl block and
//! outside. Bodies are not parsed, so this reads tokens.

use crate::types::opaque::type_arguments;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Type;

/// Whether a type is `Self`.
pub(crate) fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self"))
}

/// Whether a value of the type may hold a value of `Self`, whose size a trait does not know.
///
/// A type that points to a `Self` of any size has a size of its own, and so has one that holds what `Self` names: `&Self`,
/// `Box<Self>`, `Box<dyn Iterator<Item = Self>>`, `fn(Self)`, `Self::Item`, `<Self as Trait>::Item`.
pub(crate) fn is_by_value(ty: &Type) -> bool {
    match ty {
        _ if is_self(ty) => true,
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last();
            last.is_some_and(|last| {
                let is_pointer = POINTERS.iter().any(|pointer| last.ident == pointer);
                !is_pointer && type_arguments(last).any(is_by_value)
            })
        }
        Type::Tuple(tuple) => tuple.elems.iter().any(is_by_value),
        Type::Array(array) => is_by_value(&array.elem),
        Type::Paren(paren) => is_by_value(&paren.elem),
        Type::Group(group) => is_by_value(&group.elem),
        _ => false,
    }
}

/// Of those that have a type argument, what has a size whether that has one or not.
const POINTERS: [&str; 7] = ["Arc", "Box", "NonNull", "PhantomData", "Pin", "Rc", "Weak"];

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
    use super::{in_body, in_signature, is_by_value};
    use quote::quote;

    #[test]
    fn in_signatures_at_any_depth() {
        assert!(in_signature(quote!(fn new() -> Result<Option<Self>, ()>)));
        assert!(in_signature(quote!(fn f(x: impl Into<Self>))));
        assert!(!in_signature(quote!(fn f(this: Selfish) -> selfless)));
    }

    #[test]
    fn values_of_self() {
        for ty in [
            "Self",
            "(Self)",
            "(u8, Self)",
            "[Self; 2]",
            "Option<Self>",
            "Result<(u8, Self), E>",
            "std::sync::Mutex<Self>",
        ] {
            assert!(is_by_value(&syn::parse_str(ty).unwrap()), "{ty}");
        }
        for ty in [
            "&Self",
            "*const Self",
            "Box<Self>",
            "Option<std::sync::Arc<Self>>",
            "Pin<Box<Self>>",
            "PhantomData<Self>",
            "Box<dyn Iterator<Item = Self>>",
            "Box<dyn Fn(Self) -> Self>",
            "impl Iterator<Item = Self>",
            "fn(Self) -> Self",
            "Self::Item",
            "<Self as Store>::Item",
            "<Wrap<Self> as Store>::Item",
        ] {
            assert!(!is_by_value(&syn::parse_str(ty).unwrap()), "{ty}");
        }
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
