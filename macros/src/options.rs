//! The options between the attribute's parentheses: first as they were written, then as what they mean.

use crate::error::{Code, Errors};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::{LitStr, Path, PathArguments, Token};

/// What the options mean. `None` is what the user left open, for an enclosing block's options or the
/// defaults to fill.
#[derive(Default)]
pub(crate) struct Options {
    /// `name = ident`
    pub(crate) name: Option<Ident>,
    /// `isolation = "…"`
    pub(crate) isolation: Option<Isolation>,
    /// `crate = path`
    pub(crate) runtime: Option<Path>,
    /// The word `associated`
    pub(crate) associated: Option<Ident>,
}

/// Where a call may run; see the runtime crate for what each of them does in which context.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Isolation {
    #[default]
    Auto,
    Always,
    Never,
}

const NAMES: [&str; 4] = ["name", "isolation", "crate", "associated"];

impl Options {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let written = Written::parse_all(tokens, errors);
        check_repetition(&written, errors);

        let mut options = Options::default();
        for option in &written {
            match option.key.to_string().as_str() {
                "name" => options.name = check_name(option, errors),
                "isolation" => options.isolation = check_isolation(option, errors),
                "crate" => options.runtime = check_crate(option, errors),
                "associated" => options.associated = check_associated(option, errors),
                unknown => report_unknown(&option.key, unknown, errors),
            }
        }
        options
    }
}

/// One option as it was written.
struct Written {
    key: Ident,
    value: Option<Value>,
}

/// What follows an option's name.
struct Value {
    equals: Token![=],
    tokens: TokenStream,
}

impl Written {
    /// Splits at commas before anything else is looked at, so that one mistake cannot hide the next.
    fn parse_all(tokens: TokenStream, errors: &mut Errors) -> Vec<Self> {
        let mut written = Vec::new();
        let mut segment = Vec::new();
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ',' => {
                    if segment.is_empty() {
                        report_malformed(&token, errors);
                    } else {
                        written.extend(Self::parse(segment.drain(..).collect(), errors));
                    }
                }
                _ => segment.push(token),
            }
        }
        if !segment.is_empty() {
            written.extend(Self::parse(segment.into_iter().collect(), errors));
        }
        written
    }

    fn parse(segment: TokenStream, errors: &mut Errors) -> Option<Self> {
        let option = syn::parse::Parser::parse2(
            |input: syn::parse::ParseStream| {
                let key = input.call(Ident::parse_any)?;
                let value = match input.parse()? {
                    Some(equals) => Some(Value {
                        equals,
                        tokens: flatten(input.parse()?),
                    }),
                    None => None,
                };
                Ok(Written { key, value })
            },
            segment.clone(),
        );
        if option.is_err() {
            report_malformed(segment, errors);
        }
        option.ok()
    }

    /// The value, if there is one; `example` is shown to those who left it off.
    fn value(&self, example: &str, errors: &mut Errors) -> Option<&TokenStream> {
        match &self.value {
            Some(value) if !value.tokens.is_empty() => Some(&value.tokens),
            _ => {
                let key = &self.key;
                let equals = self.value.as_ref().map(|value| value.equals);
                errors.push(
                    Code::MissingValue,
                    quote!(#key #equals),
                    format_args!("the option `{key}` needs a value"),
                    format_args!("write `{example}`"),
                );
                None
            }
        }
    }
}

/// Takes values out of the invisible groups in which `macro_rules!` hands over a `$name:ident`, `$path:path`
/// or `$text:literal`. No option takes an expression, so there is no precedence to keep.
fn flatten(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flatten(group.stream())
            }
            token => token.into(),
        })
        .collect()
}

/// An option stands once: of two values, one would be ignored without a word.
fn check_repetition(written: &[Written], errors: &mut Errors) {
    for (index, option) in written.iter().enumerate() {
        let key = &option.key;
        if written[..index].iter().any(|earlier| earlier.key == *key) {
            errors.push(
                Code::RepeatedOption,
                key,
                format_args!("the option `{key}` is given twice"),
                format_args!("remove one `{key}`"),
            );
        }
    }
}

/// `name` takes a bare identifier, since it declares one: editors then rename and find it.
fn check_name(option: &Written, errors: &mut Errors) -> Option<Ident> {
    let value = option.value("name = load_blocking", errors)?;
    if let Ok(name) = syn::parse2::<Ident>(value.clone()) {
        return Some(name);
    }

    let string = syn::parse2::<LitStr>(value.clone()).ok();
    let text = match &string {
        Some(string) => string.value(),
        None => compact(value),
    };
    let help = match identifier(&text) {
        Some(name) => format!("write `name = {name}`"),
        None => String::from("write a plain identifier, as in `name = load_blocking`"),
    };
    if string.is_some() {
        let what = "`name` takes an identifier, not a string";
        errors.push(Code::WrongValue, value, what, help);
    } else {
        let what = format_args!("`{text}` cannot be the name of a fn").to_string();
        errors.push(Code::InvalidName, value, what, help);
    }
    None
}

/// The text as an identifier, raw if it is a keyword. It is checked before it is lexed, since inside the
/// compiler the lexer reports errors of its own.
fn identifier(text: &str) -> Option<Ident> {
    let word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let is_word = text.chars().all(word) && !text.starts_with(|c: char| c.is_ascii_digit());
    if !is_word || ["", "_", "self", "Self", "super", "crate"].contains(&text) {
        return None;
    }
    let plain = syn::parse_str::<Ident>(text);
    plain.or_else(|_| syn::parse_str(&format!("r#{text}"))).ok()
}

/// `isolation` takes one of three strings.
fn check_isolation(option: &Written, errors: &mut Errors) -> Option<Isolation> {
    let value = option.value("isolation = \"always\"", errors)?;
    let Ok(text) = syn::parse2::<LitStr>(value.clone()) else {
        let wrong = compact(value);
        let right = nearest(&wrong, Isolation::NAMES).unwrap_or("always");
        errors.push(
            Code::WrongValue,
            value,
            "`isolation` takes a string",
            format_args!("write `isolation = \"{right}\"`"),
        );
        return None;
    };

    let isolation = Isolation::parse(&text.value());
    if isolation.is_none() {
        let help = match nearest(&text.value(), Isolation::NAMES) {
            Some(right) => format!("did you mean `isolation = \"{right}\"`?"),
            None => String::from("write `\"auto\"`, `\"always\"` or `\"never\"`"),
        };
        errors.push(
            Code::UnknownIsolation,
            text.token(),
            format_args!("unknown isolation `{}`", text.value()),
            help,
        );
    }
    isolation
}

impl Isolation {
    const NAMES: &[&str] = &["auto", "always", "never"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Isolation::Auto),
            "always" => Some(Isolation::Always),
            "never" => Some(Isolation::Never),
            _ => None,
        }
    }
}

/// `crate` takes a path that means the same in every module: the twin may be written in any of them, and
/// often by a macro.
fn check_crate(option: &Written, errors: &mut Errors) -> Option<Path> {
    let value = option.value("crate = ::sync_twin", errors)?;

    if let Ok(text) = syn::parse2::<LitStr>(value.clone()) {
        let path = text.value();
        let help = if path
            .split("::")
            .all(|name| name.is_empty() || identifier(name).is_some())
        {
            format!("write `crate = {}`", absolute(&path))
        } else {
            String::from("write a path without quotes, as in `crate = ::sync_twin`")
        };
        errors.push(
            Code::WrongValue,
            value,
            "`crate` takes a path, not a string",
            help,
        );
        return None;
    }

    let path = syn::parse2::<Path>(value.clone()).ok().filter(|path| {
        path.segments
            .iter()
            .all(|segment| matches!(segment.arguments, PathArguments::None))
    });
    let Some(path) = path else {
        errors.push(
            Code::WrongValue,
            value,
            "`crate` takes the path of sync-twin",
            "write a path, as in `crate = ::sync_twin`",
        );
        return None;
    };

    let written = compact(value);
    let start = path.segments[0].ident.to_string();
    if path.leading_colon.is_none() && !["crate", "$crate"].contains(&start.as_str()) {
        errors.push(
            Code::RelativeCrate,
            value,
            format_args!("`{written}` means something else in every module"),
            match start.as_str() {
                "self" | "super" | "Self" => {
                    format!("write it from the root of this crate, as in `crate = crate::path::to::{}`", last(&path))
                }
                _ => format!("write `crate = ::{written}`, or `crate = crate::{written}` if it is re-exported in this crate"),
            },
        );
        return None;
    }
    Some(path)
}

/// `associated` is a word that stands alone: the opposite of it is to leave it off.
fn check_associated(option: &Written, errors: &mut Errors) -> Option<Ident> {
    if let Some(Value { equals, tokens }) = &option.value {
        errors.push(
            Code::UnexpectedValue,
            quote!(#equals #tokens),
            "the option `associated` takes no value",
            "write `associated` alone, or leave it off",
        );
    }
    Some(option.key.clone())
}

fn report_unknown(key: &Ident, name: &str, errors: &mut Errors) {
    let help = match nearest(name, &NAMES) {
        Some(right) => format!("did you mean `{right}`?"),
        None => format!("the options are {}", list(&NAMES)),
    };
    let what = format_args!("there is no option `{name}`").to_string();
    errors.push(Code::UnknownOption, key, what, help);
}

fn report_malformed(place: impl ToTokens, errors: &mut Errors) {
    errors.push(
        Code::MalformedOption,
        place,
        "this is not an option",
        "write options as in `#[sync_wrapper(name = load_blocking, isolation = \"never\")]`",
    );
}

/// A path as it has to be written: from the root of a crate.
fn absolute(path: &str) -> String {
    if path.starts_with("::") || path.starts_with("crate") {
        String::from(path)
    } else {
        format!("::{path}")
    }
}

fn last(path: &Path) -> &Ident {
    &path.segments[path.segments.len() - 1].ident
}

/// Tokens as a person writes them who puts no spaces in a path.
fn compact(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

/// "`a`, `b` and `c`"
fn list(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The candidate that was probably meant: few letters away, measured by its length.
fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .iter()
        .map(|candidate| (distance(&word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be inserted, removed, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let nearest = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                    let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    if swap {
                        nearest.min(rows[i - 2][j - 2] + 1)
                    } else {
                        nearest
                    }
                }
            };
        }
    }
    rows[a.len()][b.len()]
}
