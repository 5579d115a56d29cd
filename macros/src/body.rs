//! A copy of the async fn's body, for a fn that cannot be called by name.
//!
//! A fn with an attribute of its own that has no receiver and names no `Self` may be a free fn, to be called as
//! `f(…)`, or an associated fn, to be called as `Self::f(…)`. Neither path resolves in both places, and nothing
//! tells which it is. The body means the same in both, so the twin runs a copy of it.
//!
//! The copy does not name the async fn, which may then look like dead code: see `mention`.

use crate::argument::Argument;
use crate::attribute;
use crate::condition::Condition;
use crate::function::{Body, Function};
use crate::mention::Mention;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Pat, ReturnType, Safety, Type};

pub(crate) struct Copy {
    /// What the async fn makes of its arguments, with the attributes that they have.
    patterns: Vec<(Vec<TokenStream>, Pat)>,
    /// What the body is ready with. A body alone would not tell `?` and its last expression what to become.
    output: Option<Type>,
    body: Group,
    pub(crate) mention: Option<Mention>,
}

impl Copy {
    /// `None` if a copy would not be the same.
    pub(crate) fn of(function: &Function) -> Option<Self> {
        let signature = &function.signature;
        let Body::Written(body) = &function.body else {
            return None;
        };
        let output = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) if can_be_named(ty) => Some(Type::clone(ty)),
            ReturnType::Type(..) => return None,
        };
        // In an `unsafe fn` the body may do things that need an `unsafe` block elsewhere.
        let is_safe = !matches!(signature.safety, Safety::Unsafe(_));
        if signature.asyncness.is_none()
            || !is_safe
            || !attribute::all_harmless(&function.attributes)
            || !can_be_copied(body.stream())
        {
            return None;
        }
        let patterns = signature.inputs.iter().map(|argument| match argument {
            FnArg::Typed(typed) => Some((attribute::keep(&typed.attrs), Pat::clone(&typed.pat))),
            FnArg::Receiver(_) => None,
        });
        Some(Copy {
            patterns: patterns.collect::<Option<_>>()?,
            output,
            body: without_attributes(body),
            mention: Mention::of(function),
        })
    }

    /// What rustc makes of an `async fn`: its arguments are moved in first, then matched.
    pub(crate) fn expand(&self, arguments: &[Argument], site: Span) -> TokenStream {
        let Copy {
            patterns,
            output,
            body,
            ..
        } = self;
        let arguments = arguments
            .iter()
            .zip(patterns)
            .map(|(argument, (kept, pattern))| {
                let value = &argument.value;
                let cfg = argument.condition.as_ref().map(Condition::cfg);
                let bound = match pattern {
                    // No lint about a `_name` that is given a value and nothing else.
                    Pat::Ident(name) if name.ident.to_string().starts_with('_') => {
                        quote_spanned!(site=> let (#pattern,) = (#value,);)
                    }
                    _ => quote_spanned!(site=> let #pattern = #value;),
                };
                // What a pattern leaves or borrows, be it by `ref mut`, is kept, as it is in an argument.
                let is_plain = matches!(
                    pattern,
                    Pat::Ident(pattern) if pattern.subpat.is_none() && pattern.by_ref.is_none()
                );
                let moved =
                    (!is_plain).then(|| quote_spanned!(site=> #cfg let mut #value = #value;));
                quote!(#moved #(#kept)* #bound)
            });
        let output = match output {
            Some(ty) => ty.to_token_stream(),
            None => quote_spanned!(site=> ()),
        };
        // The `return`, which is never reached, tells the block what it is ready with: nothing else can.
        quote_spanned! {site=>
            async move {
                if let ::core::option::Option::Some(output) = ::core::option::Option::None::<#output> {
                    return output;
                }
                #(#arguments)*
                let output: #output = #body;
                output
            }
        }
    }
}

/// Whether a type can be written where a value is made: an `impl Trait` cannot, nor, for now, a `!`.
pub(crate) fn can_be_named(ty: &Type) -> bool {
    struct Search {
        found: bool,
    }

    impl VisitMut for Search {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            self.found |= matches!(
                ty,
                Type::ImplTrait(_) | Type::Never(_) | Type::Macro(_) | Type::Verbatim(_)
            );
            visit_mut::visit_type_mut(self, ty);
        }
    }

    let mut search = Search { found: false };
    search.visit_type_mut(&mut ty.clone());
    !search.found
}

/// Whether nothing in a body is one thing that a copy would make two of: a `static` has one value, a symbol one
/// address, a type one impl.
fn can_be_copied(body: TokenStream) -> bool {
    let mut apostrophe = false;
    body.into_iter().all(|token| {
        let after_apostrophe = std::mem::take(&mut apostrophe);
        match token {
            TokenTree::Ident(ident) => after_apostrophe || !SINGLE.iter().any(|word| ident == word),
            TokenTree::Group(group) => can_be_copied(group.stream()),
            TokenTree::Punct(punct) => {
                apostrophe = punct.as_char() == '\'';
                true
            }
            TokenTree::Literal(_) => true,
        }
    })
}

const SINGLE: [&str; 5] = ["static", "impl", "no_mangle", "export_name", "macro_export"];

/// The twin has those attributes above it.
fn without_attributes(body: &Group) -> Group {
    let mut tokens: Vec<_> = body.stream().into_iter().collect();
    let mut length = 0;
    while let [
        TokenTree::Punct(pound),
        TokenTree::Punct(bang),
        TokenTree::Group(_),
        ..,
    ] = &tokens[length..]
    {
        if pound.as_char() != '#' || bang.as_char() != '!' {
            break;
        }
        length += 3;
    }
    if length == 0 {
        return body.clone();
    }
    let mut rest = Group::new(body.delimiter(), tokens.drain(length..).collect());
    rest.set_span(body.span());
    rest
}

#[cfg(test)]
mod tests {
    use super::{Copy, can_be_copied};
    use crate::function::Function;
    use proc_macro2::TokenStream;
    use quote::quote;

    fn copy(item: TokenStream) -> Option<Copy> {
        Copy::of(&Function::parse(item).unwrap())
    }

    #[test]
    fn what_there_is_only_one_of() {
        assert!(!can_be_copied(quote!(let n = { static N: u8 = 1; N };)));
        assert!(!can_be_copied(quote!(struct S; impl S {})));
        assert!(can_be_copied(quote!(let text: &'static str = "static";)));
    }

    #[test]
    fn only_what_is_the_same_is_copied() {
        assert!(
            copy(quote!(
                async fn f(x: u8) -> Result<u8, E> {
                    Ok(x)
                }
            ))
            .is_some()
        );
        assert!(
            copy(quote!(
                #[inline]
                #[cfg_attr(a, doc(hidden))]
                async fn f() {}
            ))
            .is_some()
        );
        assert!(
            copy(quote!(
                #[tracing::instrument]
                async fn f() {}
            ))
            .is_none()
        );
        assert!(
            copy(quote!(
                #[cfg_attr(a, instrument)]
                async fn f() {}
            ))
            .is_none()
        );
        assert!(
            copy(quote!(
                async fn f() -> Result<impl Sized, E> {
                    Ok(1)
                }
            ))
            .is_none()
        );
        assert!(
            copy(quote!(
                async fn f() -> ! {
                    loop {}
                }
            ))
            .is_none()
        );
        assert!(
            copy(quote!(
                async unsafe fn f() {}
            ))
            .is_none()
        );
        assert!(
            copy(quote!(
                fn f() -> BoxFuture<'static, ()> {}
            ))
            .is_none()
        );
        assert!(
            copy(quote!(
                async fn f();
            ))
            .is_none()
        );
    }

    #[test]
    fn attributes_inside_a_body_stay_above_the_twin() {
        let copy = copy(quote!(
            async fn f() {
                #![allow(unused)]
                #![deny(a)]
                1
            }
        ))
        .unwrap();
        assert_eq!(copy.body.stream().to_string(), "1");
    }
}
