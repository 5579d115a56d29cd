//! Options that are expressions, and may use the arguments and `self`.

use crate::twin::argument::Argument;
use crate::types::inner_type::InnerType;
use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};

/// Makes the arguments visible to an expression. The twin's names are hygienic, so every equal word gets their hygiene, which
/// does no harm to a field or a method of that name.
pub(crate) fn resolve(
    expression: TokenStream,
    arguments: &[Argument],
    inner: Option<&InnerType>,
) -> TokenStream {
    let expression = match inner {
        Some(inner) => inner.substitute(expression),
        None => expression,
    };
    replace(expression, arguments)
}

fn replace(tokens: TokenStream, arguments: &[Argument]) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) => {
                TokenTree::Ident(variable(&ident, arguments).unwrap_or(ident))
            }
            TokenTree::Group(group) => {
                let mut replaced =
                    Group::new(group.delimiter(), replace(group.stream(), arguments));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            TokenTree::Literal(literal) => TokenTree::Literal(format(literal, arguments)),
            token @ TokenTree::Punct(_) => token,
        })
        .collect()
}

/// Whether an expression names an argument that the twin no longer has after passing it on.
pub(crate) fn names_moved_argument(expression: &TokenStream, arguments: &[Argument]) -> bool {
    expression.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => arguments
            .iter()
            .any(|argument| !argument.is_shared && argument.name == ident),
        TokenTree::Group(group) => names_moved_argument(&group.stream(), arguments),
        _ => false,
    })
}

fn variable(ident: &Ident, arguments: &[Argument]) -> Option<Ident> {
    let argument = arguments.iter().find(|argument| argument.name == *ident)?;
    let mut variable = argument.value.clone();
    variable.set_span(ident.span().resolved_at(variable.span()));
    Some(variable)
}

/// A `"{url}"` names an argument, too.
fn format(mut literal: Literal, arguments: &[Argument]) -> Literal {
    let text = literal.to_string();
    let named = text.contains('{').then(|| {
        arguments
            .iter()
            .find(|argument| text.contains(&format!("{{{}", argument.name)))
    });
    if let Some(argument) = named.flatten() {
        literal.set_span(literal.span().resolved_at(argument.value.span()));
    }
    literal
}
