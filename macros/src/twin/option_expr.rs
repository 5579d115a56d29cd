//! Options that are expressions, and may use the arguments and `self`.

use crate::twin::argument::Argument;
use crate::types::inner_type::InnerType;
use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

/// Makes the arguments visible to an expression. The twin's names are hygienic, so every equal word gets their hygiene, which
/// does no harm to a field or a method of that name.
pub(crate) fn resolve(
    expression: TokenStream,
    arguments: &[Argument],
    inner: Option<&InnerType>,
) -> TokenStream {
    match inner {
        Some(inner) => replace(inner.substitute(expression), arguments, &inner.fields),
        None => replace(expression, arguments, &[]),
    }
}

/// `self` is the async value, except in front of a field of the blocking type.
fn replace(tokens: TokenStream, arguments: &[Argument], fields: &[Ident]) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_field = |index: usize| match tokens.get(index..) {
        Some(
            [
                TokenTree::Ident(this),
                TokenTree::Punct(dot),
                TokenTree::Ident(field),
                rest @ ..,
            ],
        ) => {
            let is_call = matches!(rest.first(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
            this == "self" && dot.as_char() == '.' && !is_call && fields.contains(field)
        }
        _ => false,
    };
    let replaced = tokens.iter().enumerate().map(|(index, token)| match token {
        TokenTree::Ident(ident) if !is_field(index) => {
            TokenTree::Ident(variable(ident, arguments).unwrap_or_else(|| ident.clone()))
        }
        TokenTree::Group(group) => {
            let inside = replace(group.stream(), arguments, fields);
            let mut replaced = Group::new(group.delimiter(), inside);
            replaced.set_span(group.span());
            TokenTree::Group(replaced)
        }
        TokenTree::Literal(literal) => TokenTree::Literal(format(literal.clone(), arguments)),
        token => token.clone(),
    });
    replaced.collect()
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
