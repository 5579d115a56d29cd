//! Examples in documentation.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::parse::Parser as _;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// A line of documentation, and the attribute that it is from.
struct Line {
    attribute: usize,
    text: String,
    is_kept: bool,
}

/// Attributes without the examples that `.await` something: on the page of something that blocks they would be wrong, and run a
/// second time. A heading goes with the last example below it.
pub(crate) fn without_async_ones(attributes: &[Attribute]) -> Vec<Attribute> {
    let mut lines = Vec::new();
    for (attribute, text) in attributes.iter().enumerate() {
        let text = text_of(text).unwrap_or_default();
        lines.extend(text.split('\n').map(|text| Line {
            attribute,
            text: text.to_owned(),
            is_kept: true,
        }));
    }
    if !remove_async_ones(&mut lines) {
        return attributes.to_vec();
    }
    remove_headings(&mut lines);
    let mut kept = Vec::new();
    for (index, attribute) in attributes.iter().enumerate() {
        let of_it = || lines.iter().filter(|line| line.attribute == index);
        if of_it().all(|line| line.is_kept) {
            kept.push(attribute.clone());
            continue;
        }
        let rest: Vec<_> = of_it().filter(|line| line.is_kept).collect();
        if !rest.is_empty() {
            let texts: Vec<_> = rest.iter().map(|line| line.text.as_str()).collect();
            let text = LitStr::new(&texts.join("\n"), Span::mixed_site());
            kept.extend(doc(&text));
        }
    }
    kept
}

fn doc(text: &LitStr) -> Vec<Attribute> {
    let tokens: TokenStream = quote_spanned!(Span::mixed_site()=> #[doc = #text]);
    Attribute::parse_outer.parse2(tokens).unwrap_or_default()
}

/// `None` for an attribute that is not documentation, or comes from a macro.
fn text_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else {
        return None;
    };
    match &doc.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if doc.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// Whether there was one.
fn remove_async_ones(lines: &mut [Line]) -> bool {
    let mut is_any = false;
    let mut at = 0;
    while at < lines.len() {
        let Some(fence) = Fence::begins(&lines[at].text) else {
            at += 1;
            continue;
        };
        let inside = &lines[at + 1..];
        let length = inside.iter().position(|line| fence.ends(&line.text));
        let end = length.map_or(lines.len(), |length| at + length + 2);
        let example = &mut lines[at..end];
        if fence.is_rust && example.iter().any(|line| line.text.contains(".await")) {
            example.iter_mut().for_each(|line| line.is_kept = false);
            is_any = true;
        }
        at = end;
    }
    is_any
}

/// Removes a heading in front of what has been removed, if nothing is left below it, and the empty lines around.
fn remove_headings(lines: &mut [Line]) {
    for at in 1..lines.len() {
        let is_gap = !lines[at].is_kept && lines[at - 1].is_kept;
        if !is_gap {
            continue;
        }
        let is_text = |line: &Line| line.is_kept && !line.text.trim().is_empty();
        let next = lines[at..].iter().find(|line| is_text(line));
        if next.is_some_and(|line| !is_heading(line)) {
            continue;
        }
        let above = lines[..at].iter().rposition(is_text);
        let above = match above {
            Some(above) if is_heading(&lines[above]) => lines[..above].iter().rposition(is_text),
            above => above,
        };
        let begin = above.map_or(0, |above| above + 1);
        lines[begin..at]
            .iter_mut()
            .for_each(|line| line.is_kept = false);
    }
}

fn is_heading(line: &Line) -> bool {
    let text = line.text.trim_start();
    text.starts_with('#') && text.trim_start_matches('#').starts_with(' ')
}

/// The three or more backticks or tildes around code.
struct Fence {
    mark: char,
    length: usize,
    /// Whether what is inside is Rust.
    is_rust: bool,
}

impl Fence {
    fn begins(line: &str) -> Option<Self> {
        let text = line.trim_start();
        let mark = text.chars().next().filter(|mark| "`~".contains(*mark))?;
        let length = text.chars().take_while(|one| *one == mark).count();
        let words = text[length..].split([',', ' ', '\t']).map(str::trim);
        let mut words = words.filter(|word| !word.is_empty());
        let is_rust = words.all(|word| {
            let known = [
                "rust",
                "no_run",
                "should_panic",
                "compile_fail",
                "test_harness",
            ];
            known.contains(&word) || word.starts_with("ignore") || word.starts_with("edition")
        });
        (length >= 3).then_some(Fence {
            mark,
            length,
            is_rust,
        })
    }

    fn ends(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.chars().all(|one| one == self.mark)
    }
}

#[cfg(test)]
mod tests {
    use super::{text_of, without_async_ones};
    use proc_macro2::TokenStream;
    use quote::quote;
    use syn::Attribute;
    use syn::parse::Parser as _;

    #[track_caller]
    fn check(written: &[&str], kept: &[&str]) {
        let attributes: TokenStream = written.iter().map(|line| quote!(#[doc = #line])).collect();
        let attributes = Attribute::parse_outer.parse2(attributes).unwrap();
        let found = without_async_ones(&attributes);
        let found: Vec<_> = found.iter().filter_map(text_of).collect();
        assert_eq!(found, kept);
    }

    #[test]
    fn an_example_goes_with_its_heading() {
        check(
            &[
                " Gets it.",
                "",
                " # Examples",
                "",
                " ```no_run",
                " # async fn f() {",
                " get().await;",
                " # }",
                " ```",
                "",
                " # Errors",
                " None.",
            ],
            &[" Gets it.", "", " # Errors", " None."],
        );
        check(
            &[" Gets it.", "", " ```", " get().await;", " ```"],
            &[" Gets it."],
        );
    }

    #[test]
    fn other_examples_stay() {
        let lines = [
            " # Examples",
            " ```text",
            " x.await",
            " ```",
            " ```",
            " 1 + 1;",
            " ```",
        ];
        check(&lines, &lines);
        check(
            &[
                " # Examples",
                " ~~~",
                " x.await",
                " ~~~",
                " Or else:",
                " ```",
                " y();",
                " ```",
            ],
            &[" # Examples", " Or else:", " ```", " y();", " ```"],
        );
    }

    #[test]
    fn many_lines_in_one_attribute() {
        check(
            &[" Gets it.\n\n # Examples\n ```\n x.await\n ```\n # Panics\n Never."],
            &[" Gets it.\n # Panics\n Never."],
        );
    }
}
