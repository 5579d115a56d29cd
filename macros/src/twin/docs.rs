//! What the twin's documentation says, beside that of the async fn.

use crate::options::{Options, compact};
use crate::syntax::function::Function;
use crate::syntax::{attribute, examples};
use crate::twin::output::{Output, Returns};
use crate::twin::scope::Scope;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// How the documentation links to the async fn.
enum Link<'a> {
    /// There is no page to link to, or the reader is another program, which shows this as text.
    Hidden,
    /// A free fn.
    Free,
    /// `Self::f`
    Associated,
    /// A method of another type.
    Of(&'a str),
}

impl Link<'_> {
    /// The disambiguator tells the fn from a module, a field or a macro of the same name.
    fn to(&self, original: &Ident) -> String {
        let name = original.unraw();
        match self {
            Link::Hidden => format!("`{name}`"),
            Link::Free => format!("[`{name}`](fn@{name})"),
            Link::Associated => format!("[`{name}`](fn@Self::{name})"),
            Link::Of(ty) => format!("[`{ty}::{name}`](fn@{ty}::{name})"),
        }
    }
}

/// The attributes that the twin shares with the async fn, with documentation that says what it is.
///
/// Lists of items show the first paragraph only. So that is the user's own, and what we say follows it.
pub(crate) fn attributes(
    function: &Function,
    scope: &Scope,
    is_associated: bool,
    output: &Output,
    options: &Options,
) -> TokenStream {
    let is_text = options.attrs.is_some() || options.impl_attrs.is_some();
    let link = match scope {
        _ if is_text || is_hidden(&function.attributes) => Link::Hidden,
        Scope::BlockingType(inner) => Link::Of(&inner.name),
        Scope::Inherent | Scope::Trait(_) => Link::Associated,
        Scope::Alone if is_associated => Link::Associated,
        Scope::Alone | Scope::Module => Link::Free,
    };
    let left_out = left_out(options);
    let about = About {
        link: link.to(&function.signature.ident),
        // The page of a blocking type or trait says once what its methods are.
        is_on_page: scope.inner_type().is_some(),
        is_text,
        returns: output.returns,
        limit: limit_of(options, output.returns),
    };
    let attributes = about.document(&examples::without_async_ones(&function.attributes));
    quote!(#attributes #left_out)
}

/// What the twins beside this one have, and it has not.
fn left_out(options: &Options) -> TokenStream {
    let lines = options.left_out.iter().map(|option| {
        let line =
            format!(" It has no `{option}`: that of the other twins here depends on `self`.");
        quote!(#[doc = ""] #[doc = #line])
    });
    quote!(#(#lines)*)
}

/// What the documentation says of a twin, after its first paragraph.
struct About {
    link: String,
    is_on_page: bool,
    /// Whether another attribute hands the documentation on to people who do not see the async fn.
    is_text: bool,
    returns: Returns,
    limit: Option<String>,
}

impl About {
    /// The attributes with it.
    fn document(&self, attributes: &[Attribute]) -> TokenStream {
        let About {
            link,
            is_on_page,
            is_text,
            returns,
            limit,
        } = self;
        let what = match returns {
            Returns::Value => format!(" The same as {link}."),
            Returns::Future | Returns::Stream => format!(" The blocking twin of {link}."),
        };
        let advice = match returns {
            _ if *is_on_page || *is_text => None,
            Returns::Value => None,
            Returns::Future | Returns::Stream => Some(
                " In async code, `.await` that instead: a twin blocks the thread that calls it.",
            ),
        };
        let more = format!(
            "{}{}",
            advice.unwrap_or_default(),
            limit.as_deref().unwrap_or_default()
        );
        match Summary::find(attributes) {
            Summary::Missing => {
                let kept = attribute::keep(attributes);
                let more = (!more.is_empty()).then(|| quote!(#[doc = ""] #[doc = #more]));
                quote!(#[doc = #what] #more #(#kept)*)
            }
            Summary::Until(end) => {
                let (summary, rest) = attributes.split_at(end);
                let (summary, rest) = (attribute::keep(summary), attribute::keep(rest));
                let ours = match is_on_page {
                    true => more,
                    false => format!("{what}{more}"),
                };
                let ours = (!ours.is_empty()).then(|| quote!(#[doc = ""] #[doc = #ours]));
                quote!(#(#summary)* #ours #(#rest)*)
            }
        }
    }
}

fn limit_of(options: &Options, returns: Returns) -> Option<String> {
    if returns != Returns::Future {
        return None;
    }
    let error = match (&options.timeout, &options.cancel) {
        _ if options.flatten.is_some() => "an error",
        (Some(_), None) => "an `Elapsed`",
        (None, _) => "a `Cancelled`",
        (Some(_), Some(_)) => "a `Stopped`",
    };
    let limit = options.timeout.as_ref().map(|timeout| {
        let shown = shown(timeout, "its time limit");
        format!(" It waits for at most {shown}, and then returns {error}.")
    });
    let cancel = options.cancel.as_ref().map(|cancel| {
        let shown = shown(cancel, "Another thread");
        format!(" {shown} ends it, and then it returns {error}.")
    });
    let stops: String = limit.into_iter().chain(cancel).collect();
    (!stops.is_empty()).then_some(stops)
}

/// An expression of an option, if it fits into a line, or else what it is.
fn shown(expression: &TokenStream, what: &str) -> String {
    let shown = compact(expression);
    let is_short = shown.len() <= 60 && !shown.contains(['`', '\n']);
    match is_short {
        true => format!("`{shown}`"),
        false => String::from(what),
    }
}

/// Where the first paragraph of the user's docs ends.
#[derive(Debug, PartialEq, Eq)]
enum Summary {
    /// There are no docs.
    Missing,
    /// Before the attribute of this index.
    Until(usize),
}

impl Summary {
    /// A paragraph of ours may come between two of the user's, but never into a block of code. Where the end of the first one
    /// cannot be told, ours is the last.
    fn find(attributes: &[Attribute]) -> Self {
        let end = Summary::Until(attributes.len());
        let mut has_begun = false;
        for (index, attribute) in attributes.iter().enumerate() {
            let Meta::NameValue(doc) = &attribute.meta else {
                continue;
            };
            if !doc.path.is_ident("doc") {
                continue;
            }
            // Half of what a macro or a whole file says, as in `include_str!`.
            let Some(text) = literal(&doc.value) else {
                return end;
            };
            let is_fence = |line: &str| {
                ["```", "~~~"]
                    .iter()
                    .any(|fence| line.trim().starts_with(fence))
            };
            if text.lines().count() > 1 || text.lines().any(is_fence) {
                return end;
            }
            if has_begun && text.trim().is_empty() {
                return Summary::Until(index);
            }
            has_begun |= !text.trim().is_empty();
        }
        match has_begun {
            true => end,
            false => Summary::Missing,
        }
    }
}

fn literal(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// Whether the async fn is `#[doc(hidden)]`: there is no page to link to then.
fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("doc") => list
            .tokens
            .clone()
            .into_iter()
            .any(|token| token.to_string() == "hidden"),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{Summary, shown};
    use proc_macro2::TokenStream;
    use quote::quote;
    use syn::Attribute;
    use syn::parse::Parser as _;

    #[track_caller]
    fn check(attributes: TokenStream, summary: Summary) {
        let attributes = Attribute::parse_outer.parse2(attributes).unwrap();
        assert_eq!(Summary::find(&attributes), summary);
    }

    #[test]
    fn the_first_paragraph_ends_at_an_empty_line() {
        check(
            quote!(#[doc = " One."] #[inline] #[doc = " Two."] #[doc = ""] #[doc = " More."]),
            Summary::Until(3),
        );
        check(quote!(#[inline] #[doc = " One."]), Summary::Until(2));
        check(
            quote!(#[doc = ""] #[doc = " One."] #[doc = " "]),
            Summary::Until(2),
        );
        check(quote!(#[inline] #[doc(hidden)]), Summary::Missing);
    }

    #[test]
    fn no_block_of_code_is_torn() {
        check(
            quote!(#[doc = " ```"] #[doc = " a();"] #[doc = ""] #[doc = " b();"] #[doc = " ```"]),
            Summary::Until(5),
        );
        check(
            quote!(#[doc = " One.\n\n ```"] #[doc = ""]),
            Summary::Until(2),
        );
        check(
            quote!(#[doc = include_str!("a.md")] #[doc = ""]),
            Summary::Until(2),
        );
    }

    #[test]
    fn an_expression_is_shown_if_it_is_short() {
        assert_eq!(shown(&quote!(patience), "its time limit"), "`patience`");
        assert_eq!(
            shown(&quote!(text("`")), "its time limit"),
            "its time limit"
        );
    }
}
