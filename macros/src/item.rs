//! What was annotated, read as tolerantly as can be: a half-typed body is no reason to lose the twin.

use crate::error::{Code, Errors};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Signature, Token, Visibility};

/// A fn with its body as it came.
pub(crate) struct Function {
    /// Those above it, then those in its body.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// What stands between the braces; a trait may leave it to its implementors.
    pub(crate) body: Option<TokenStream>,
}

impl Function {
    /// A signature that cannot be read is half-typed, or written in an experimental syntax. Of both rustc
    /// says more than could be said here, so there is no twin and no error either.
    pub(crate) fn parse(item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let item = ungroup(item);
        let parsed = syn::parse2::<Function>(item.clone());
        if parsed.is_err() {
            check_kind(item, errors);
        }
        parsed.ok()
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = parse_body(input)?;
        attributes.extend(body.iter().flat_map(inner_attributes));
        Ok(Function {
            attributes,
            visibility,
            signature,
            body,
        })
    }
}

/// The `#![…]` at the start of a body, which are attributes of the fn like those above it.
fn inner_attributes(body: &TokenStream) -> Vec<Attribute> {
    let parse = |input: ParseStream| {
        let attributes = input.call(Attribute::parse_inner);
        input.parse::<TokenStream>()?;
        attributes
    };
    parse.parse2(body.clone()).unwrap_or_default()
}

fn parse_body(input: ParseStream) -> syn::Result<Option<TokenStream>> {
    // Nothing at all follows a signature that is still being typed.
    if input.is_empty() || input.parse::<Option<Token![;]>>()?.is_some() {
        return Ok(None);
    }
    match ungroup(input.parse()?).into_iter().next() {
        Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
            Ok(Some(body.stream()))
        }
        _ => Err(input.error("expected a body in braces")),
    }
}

/// Takes tokens out of the invisible group in which `macro_rules!` hands over a `$item:item` or `$body:block`.
fn ungroup(tokens: TokenStream) -> TokenStream {
    let mut iter = tokens.clone().into_iter();
    match (iter.next(), iter.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            ungroup(group.stream())
        }
        _ => tokens,
    }
}

/// Only a fn can have a twin. What holds fns is told apart, since there the attribute belongs one level deeper.
fn check_kind(item: TokenStream, errors: &mut Errors) {
    let Some(Kind {
        what,
        keyword,
        name,
    }) = Kind::of(item)
    else {
        return;
    };
    let subject = match &name {
        Some(name) => format!("`{name}`"),
        None => String::from("this"),
    };
    let help = match what {
        "an impl block" | "a trait" | "a module" => {
            "put `#[sync_wrapper]` on the single `async fn`s inside"
        }
        _ => "put `#[sync_wrapper]` on an `async fn`",
    };
    errors.push(
        Code::NotAFunction,
        quote!(#keyword #name),
        format_args!("{subject} is {what}, and only an `async fn` can have a twin"),
        help,
    );
}

/// An item that is not a fn.
struct Kind {
    /// "a struct"
    what: &'static str,
    keyword: Ident,
    /// Its name, if that follows the keyword.
    name: Option<Ident>,
}

impl Kind {
    /// `None` if the item is a fn after all, or nothing that can be recognised.
    fn of(item: TokenStream) -> Option<Self> {
        let mut words = skip_attributes(item).into_iter().peekable();
        let (what, keyword) = loop {
            let TokenTree::Ident(word) = words.next()? else {
                // The path of a `pub(in …)`, the ABI of an `extern "C"`.
                continue;
            };
            let next = words.peek().map(ToString::to_string).unwrap_or_default();
            let what = match (word.to_string().as_str(), next.as_str()) {
                ("fn", _) => return None,
                ("struct", _) => "a struct",
                ("enum", _) => "an enum",
                ("union", _) => "a union",
                ("type", _) => "a type",
                ("static", _) => "a static",
                ("const", name) if !QUALIFIERS.contains(&name) => "a const",
                ("use", _) => "a `use`",
                ("mod", _) => "a module",
                ("trait", _) => "a trait",
                ("impl", _) => "an impl block",
                ("extern", "crate") => "an `extern crate`",
                ("extern", _) if !followed_by_fn(words.clone()) => "an extern block",
                (_, "!") => "a macro",
                _ => continue,
            };
            break (what, word);
        };
        let name = match words.find(|token| token.to_string() != "mut") {
            Some(TokenTree::Ident(name)) if NAMED.contains(&what) => Some(name),
            _ => None,
        };
        Some(Kind {
            what,
            keyword,
            name,
        })
    }
}

/// Words that stand between `const` and `fn`, where a constant has its name.
const QUALIFIERS: [&str; 5] = ["fn", "async", "unsafe", "safe", "extern"];

/// Kinds of items whose name follows their keyword.
const NAMED: [&str; 8] = [
    "a struct", "an enum", "a union", "a type", "a static", "a const", "a module", "a trait",
];

fn followed_by_fn(mut tokens: impl Iterator<Item = TokenTree>) -> bool {
    tokens.any(|token| matches!(token, TokenTree::Ident(word) if word == "fn"))
}

fn skip_attributes(item: TokenStream) -> TokenStream {
    let mut tokens = item.into_iter().peekable();
    while matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#') {
        tokens.next();
        tokens.next_if(|token| matches!(token, TokenTree::Group(_)));
    }
    tokens.collect()
}

#[cfg(test)]
mod tests {
    use super::{Function, Kind};
    use crate::error::Errors;
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    use quote::quote;

    #[track_caller]
    fn check(item: TokenStream, what: &str, name: Option<&str>) {
        let kind = Kind::of(item).unwrap();
        assert_eq!(kind.what, what);
        assert_eq!(kind.name.map(|name| name.to_string()).as_deref(), name);
    }

    #[test]
    fn every_kind_of_item() {
        check(
            quote!(
                #[a]
                pub(in b::c) struct S(u8);
            ),
            "a struct",
            Some("S"),
        );
        check(
            quote!(
                enum E {}
            ),
            "an enum",
            Some("E"),
        );
        check(quote!(union U {}), "a union", Some("U"));
        check(
            quote!(
                type T = u8;
            ),
            "a type",
            Some("T"),
        );
        check(
            quote!(
                static mut S: u8 = 1;
            ),
            "a static",
            Some("S"),
        );
        check(
            quote!(
                const C: u8 = 1;
            ),
            "a const",
            Some("C"),
        );
        check(
            quote!(
                const _: () = ();
            ),
            "a const",
            Some("_"),
        );
        check(
            quote!(
                use a::b;
            ),
            "a `use`",
            None,
        );
        check(
            quote!(
                pub mod m;
            ),
            "a module",
            Some("m"),
        );
        check(
            quote!(
                unsafe auto trait T {}
            ),
            "a trait",
            Some("T"),
        );
        check(
            quote!(
                unsafe impl<T> A for B<T> {}
            ),
            "an impl block",
            None,
        );
        check(
            quote!(
                extern crate core as c;
            ),
            "an `extern crate`",
            None,
        );
        check(
            quote!(
                unsafe extern "C" {
                    fn f();
                }
            ),
            "an extern block",
            None,
        );
        check(
            quote!(
                macro_rules! m {
                    () => {};
                }
            ),
            "a macro",
            None,
        );
        check(quote!(a::b! { struct S; }), "a macro", None);
    }

    #[test]
    fn fns_are_fns() {
        assert!(Kind::of(quote!(pub const async unsafe extern "C" fn f(x:) {})).is_none());
        assert!(Kind::of(quote!(const extern fn f())).is_none());
        assert!(Kind::of(quote!()).is_none());
    }

    #[test]
    fn invisible_groups_are_looked_through() {
        let body = quote!({ Self::new(). });
        let body = TokenTree::from(Group::new(Delimiter::None, body));
        let item = quote!(async fn f() #body);
        let item = TokenTree::from(Group::new(Delimiter::None, item));
        let function = Function::parse(item.into(), &mut Errors::default()).unwrap();
        assert_eq!(
            function.body.unwrap().to_string(),
            quote!(Self::new().).to_string()
        );
    }
}
