//! What was annotated, read as tolerantly as can be: a half-typed body is no reason to lose the twin.

use crate::error::{Code, Errors};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Token, Visibility};

/// A fn with its body as it came.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// What stands between the braces; a trait may leave it to its implementors.
    pub(crate) body: Option<TokenStream>,
}

impl Function {
    pub(crate) fn parse(item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let item = ungroup(item);
        let parsed = syn::parse2::<Function>(item.clone());
        if let Err(error) = &parsed {
            match Kind::of(item) {
                Some(kind) => kind.report(errors),
                None => errors.push(
                    Code::UnknownSyntax,
                    Ident::new("_", error.span()),
                    format_args!("`#[sync_wrapper]` cannot read this signature ({error})"),
                    "write it without new or experimental syntax, or remove the attribute",
                ),
            }
        }
        parsed.ok()
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        Ok(Function {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: parse_body(input)?,
        })
    }
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

/// An item that is not a fn.
struct Kind {
    /// "a struct"
    what: &'static str,
    /// The words by which it is recognised, and its name if it has one.
    place: TokenStream,
    name: Option<Ident>,
}

impl Kind {
    /// Looks for the keyword of the item; `None` if that is `fn`, or if nothing is recognised.
    fn of(item: TokenStream) -> Option<Self> {
        let mut tokens = skip_attributes(item).into_iter().peekable();
        while let Some(token) = tokens.next() {
            let TokenTree::Ident(word) = token else {
                continue;
            };
            let what = match word.to_string().as_str() {
                "fn" => return None,
                // Qualifiers, which may stand before the keyword of several kinds of item.
                "pub" | "unsafe" | "async" | "default" | "auto" | "safe" => continue,
                "const" => match tokens.peek() {
                    Some(TokenTree::Ident(next)) if is_fn_word(next) => continue,
                    _ => "a const",
                },
                "extern" => match tokens.peek() {
                    Some(TokenTree::Ident(next)) if next == "crate" => "an `extern crate`",
                    Some(TokenTree::Group(_)) => "an extern block",
                    Some(TokenTree::Literal(_)) => {
                        let abi = tokens.next();
                        match tokens.peek() {
                            Some(TokenTree::Group(_)) => {
                                return Some(Kind {
                                    what: "an extern block",
                                    place: quote!(#word #abi),
                                    name: None,
                                });
                            }
                            _ => continue,
                        }
                    }
                    _ => continue,
                },
                "struct" => "a struct",
                "enum" => "an enum",
                "union" => "a union",
                "static" => "a static",
                "use" => "a `use`",
                "type" => "a type",
                "trait" => "a trait",
                "impl" => "an impl block",
                "mod" => "a module",
                _ => match tokens.peek() {
                    Some(TokenTree::Punct(next)) if next.as_char() == '!' => "a macro",
                    Some(TokenTree::Punct(next)) if next.as_char() == ':' => continue,
                    _ => return None,
                },
            };
            let name = match (what, tokens.next()) {
                ("an impl block" | "a `use`" | "a macro" | "an `extern crate`", _) => None,
                (_, Some(TokenTree::Ident(name))) => Some(name),
                _ => None,
            };
            let place = quote!(#word #name);
            return Some(Kind { what, place, name });
        }
        None
    }

    fn report(self, errors: &mut Errors) {
        let Kind { what, place, name } = self;
        let subject = match name {
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
            place,
            format_args!("{subject} is {what}, and only an `async fn` can have a twin"),
            help,
        );
    }
}

/// `async` and `unsafe` may follow `const` in a fn; anything else is the name of a constant.
fn is_fn_word(word: &Ident) -> bool {
    ["fn", "async", "unsafe", "extern", "safe"]
        .iter()
        .any(|fn_word| word == fn_word)
}

fn skip_attributes(item: TokenStream) -> TokenStream {
    let mut tokens = item.into_iter().peekable();
    while matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#') {
        tokens.next();
        tokens.next_if(|token| matches!(token, TokenTree::Group(_)));
    }
    tokens.collect()
}
