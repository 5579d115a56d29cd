//! What kind of item something is. Only the words of its head have to be readable.

use proc_macro2::{Ident, TokenStream, TokenTree};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Const,
    Enum,
    ExternBlock,
    ExternCrate,
    Fn,
    Impl,
    Macro,
    Module,
    Static,
    Struct,
    Trait,
    Type,
    Union,
    Use,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Const => "a const",
            Kind::Enum => "an enum",
            Kind::ExternBlock => "an extern block",
            Kind::ExternCrate => "an `extern crate`",
            Kind::Fn => "a function",
            Kind::Impl => "an impl block",
            Kind::Macro => "a macro",
            Kind::Module => "a module",
            Kind::Static => "a static",
            Kind::Struct => "a struct",
            Kind::Trait => "a trait",
            Kind::Type => "a type",
            Kind::Union => "a union",
            Kind::Use => "a `use`",
        })
    }
}

/// The words that identify an item.
#[derive(Clone, Debug)]
pub(crate) struct ItemHead {
    pub(crate) kind: Kind,
    pub(crate) keyword: Ident,
    /// Its name, if that follows the keyword.
    pub(crate) name: Option<Ident>,
}

impl ItemHead {
    /// `None` if the item is not recognized.
    pub(crate) fn of(item: &[TokenTree]) -> Option<Self> {
        let mut words = item.iter().skip(attributes(item)).peekable();
        let (kind, keyword) = loop {
            let TokenTree::Ident(word) = words.next()? else {
                // The path of a `pub(in …)`, the ABI of an `extern "C"`.
                continue;
            };
            let next = words.peek();
            if let Some(kind) = kind(word, next.copied(), words.clone()) {
                break (kind, word.clone());
            }
        };
        let name = match words.find(|token| !is(token, "mut")) {
            Some(TokenTree::Ident(name)) if NAMED.contains(&kind) => Some(name.clone()),
            _ => None,
        };
        Some(ItemHead {
            kind,
            keyword,
            name,
        })
    }
}

/// Kinds of items whose name follows their keyword.
const NAMED: [Kind; 9] = [
    Kind::Const,
    Kind::Enum,
    Kind::Fn,
    Kind::Module,
    Kind::Static,
    Kind::Struct,
    Kind::Trait,
    Kind::Type,
    Kind::Union,
];

/// Words that can be between `const` and `fn`, where a constant has its name.
const QUALIFIERS: [&str; 5] = ["fn", "async", "unsafe", "safe", "extern"];

fn kind<'a>(
    word: &Ident,
    next: Option<&TokenTree>,
    rest: impl Iterator<Item = &'a TokenTree>,
) -> Option<Kind> {
    let next_is = |text| next.is_some_and(|next| is(next, text));
    Some(match word.to_string().as_str() {
        "fn" => Kind::Fn,
        "struct" => Kind::Struct,
        "enum" => Kind::Enum,
        "union" if matches!(next, Some(TokenTree::Ident(_))) => Kind::Union,
        "type" => Kind::Type,
        "static" => Kind::Static,
        "const" if !QUALIFIERS.iter().any(|word| next_is(word)) => Kind::Const,
        "use" => Kind::Use,
        "mod" => Kind::Module,
        "trait" => Kind::Trait,
        "impl" => Kind::Impl,
        "extern" if next_is("crate") => Kind::ExternCrate,
        "extern" if !rest.into_iter().any(|token| is(token, "fn")) => Kind::ExternBlock,
        _ if matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == '!') => Kind::Macro,
        _ => return None,
    })
}

/// The number of tokens in the attributes at the start of an item.
pub(crate) fn attributes(item: &[TokenTree]) -> usize {
    let mut length = 0;
    while let [TokenTree::Punct(punct), TokenTree::Group(_), ..] = &item[length..] {
        if punct.as_char() != '#' {
            break;
        }
        length += 2;
    }
    length
}

/// Takes tokens out of the invisible group that `macro_rules!` puts around a `$item:item` or `$body:block`.
pub(crate) fn ungroup(tokens: TokenStream) -> TokenStream {
    let mut iter = tokens.clone().into_iter();
    match (iter.next(), iter.next()) {
        (Some(TokenTree::Group(group)), None)
            if group.delimiter() == proc_macro2::Delimiter::None =>
        {
            ungroup(group.stream())
        }
        _ => tokens,
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests {
    use super::{ItemHead, Kind};
    use proc_macro2::TokenStream;
    use quote::quote;

    fn words(item: TokenStream) -> Option<ItemHead> {
        ItemHead::of(&item.into_iter().collect::<Vec<_>>())
    }

    #[track_caller]
    fn check(item: TokenStream, kind: Kind, name: Option<&str>) {
        let words = words(item).unwrap();
        assert_eq!(words.kind, kind);
        assert_eq!(words.name.map(|name| name.to_string()).as_deref(), name);
    }

    #[test]
    fn every_kind_of_item() {
        let attributed = quote!(
            #[a]
            pub(in b::c) struct S(u8);
        );
        check(attributed, Kind::Struct, Some("S"));
        check(
            quote!(
                enum E {}
            ),
            Kind::Enum,
            Some("E"),
        );
        check(quote!(union U {}), Kind::Union, Some("U"));
        check(
            quote!(
                type T = u8;
            ),
            Kind::Type,
            Some("T"),
        );
        check(
            quote!(
                static mut S: u8 = 1;
            ),
            Kind::Static,
            Some("S"),
        );
        check(
            quote!(
                const C: u8 = 1;
            ),
            Kind::Const,
            Some("C"),
        );
        check(
            quote!(
                const _: () = ();
            ),
            Kind::Const,
            Some("_"),
        );
        check(
            quote!(
                use a::b;
            ),
            Kind::Use,
            None,
        );
        check(
            quote!(
                pub mod m;
            ),
            Kind::Module,
            Some("m"),
        );
        check(
            quote!(
                unsafe auto trait T {}
            ),
            Kind::Trait,
            Some("T"),
        );
        check(
            quote!(
                unsafe impl<T> A for B<T> {}
            ),
            Kind::Impl,
            None,
        );
        check(
            quote!(
                extern crate core as c;
            ),
            Kind::ExternCrate,
            None,
        );
        check(
            quote!(
                unsafe extern "C" {}
            ),
            Kind::ExternBlock,
            None,
        );
        check(
            quote!(
                macro_rules! m {
                    () => {};
                }
            ),
            Kind::Macro,
            None,
        );
        check(quote!(a::b! { struct S; }), Kind::Macro, None);
    }

    #[test]
    fn fns_are_fns() {
        check(
            quote!(pub const async unsafe extern "C" fn f(x:) {}),
            Kind::Fn,
            Some("f"),
        );
        check(quote!(const extern fn f()), Kind::Fn, Some("f"));
        assert!(words(quote!()).is_none());
    }
}
