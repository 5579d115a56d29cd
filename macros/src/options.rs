//! The options between the attribute's parentheses: first as they were written, then as what they mean.

use crate::error::{Code, Errors};
use crate::spelling::{list, nearest};
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
        let what = format!("`{text}` is not an identifier");
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
        let help = match from_root(&text.value()) {
            Some(path) => format!("write `crate = {path}`"),
            None => String::from("write a path without quotes, as in `crate = ::sync_twin`"),
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

    if path.leading_colon.is_some() || STARTS.iter().any(|start| path.segments[0].ident == start) {
        return Some(path);
    }
    report_relative(&path, value, errors);
    None
}

/// What a path may start with that has no `::` in front.
const STARTS: [&str; 2] = ["crate", "$crate"];

fn report_relative(path: &Path, value: &TokenStream, errors: &mut Errors) {
    let written = compact(value);
    let Path { segments, .. } = path;
    let (first, last) = (&segments[0].ident, &segments[segments.len() - 1].ident);
    let help = if first == "self" || first == "super" || first == "Self" {
        format!("write it from the root of this crate, as in `crate = crate::path::to::{last}`")
    } else {
        format!(
            "write `crate = ::{written}`, or `crate = crate::{written}` if it is re-exported in this crate"
        )
    };
    errors.push(
        Code::RelativeCrate,
        value,
        format_args!("`{written}` means something else in every module"),
        help,
    );
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
    errors.push(
        Code::UnknownOption,
        key,
        format_args!("there is no option `{name}`"),
        help,
    );
}

fn report_malformed(place: impl ToTokens, errors: &mut Errors) {
    errors.push(
        Code::MalformedOption,
        place,
        "this is not an option",
        "write options as in `#[sync_wrapper(name = load_blocking, isolation = \"never\")]`",
    );
}

/// The text as a path from the root of a crate, if it can be one.
fn from_root(text: &str) -> Option<String> {
    let path = text.strip_prefix("::").unwrap_or(text);
    let (start, rest) = match path.split_once("::") {
        Some((start, rest)) => (start, Some(rest)),
        None => (path, None),
    };
    let is_path = |names: &str| names.split("::").all(|name| identifier(name).is_some());
    if !rest.is_none_or(is_path) {
        None
    } else if start == "crate" {
        Some(String::from(path))
    } else {
        identifier(start).map(|_| format!("::{path}"))
    }
}

/// Tokens as a person writes them who puts no spaces in a path.
fn compact(tokens: &TokenStream) -> String {
    tokens.to_string().replace(" ::", "::").replace(":: ", "::")
}

#[cfg(test)]
mod tests {
    use super::{Isolation, Options};
    use crate::error::Errors;
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    use quote::{ToTokens as _, quote};

    /// The message of every error, without the tokens around it.
    fn errors(options: TokenStream) -> Vec<String> {
        let mut errors = Errors::default();
        Options::parse(options, &mut errors);
        let printed = errors.to_token_stream().to_string();
        let messages = printed.split("\"SW").skip(1);
        messages
            .map(|rest| format!("SW{}", rest.split("\" }").next().unwrap_or_default()))
            .collect()
    }

    #[track_caller]
    fn check(options: TokenStream, message: &str) {
        assert_eq!(errors(options), [message]);
    }

    #[test]
    fn all_options() {
        let mut errors = Errors::default();
        let tokens = quote!(
            name = r#try,
            isolation = "never",
            crate = ::twins::inner,
            associated,
        );
        let options = Options::parse(tokens, &mut errors);
        assert!(errors.is_empty());
        assert_eq!(options.name.unwrap(), "r#try");
        assert!(options.isolation == Some(Isolation::Never));
        assert_eq!(
            options.runtime.to_token_stream().to_string(),
            ":: twins :: inner"
        );
        assert!(options.associated.is_some());
    }

    #[test]
    fn no_option() {
        let mut errors = Errors::default();
        let options = Options::parse(quote!(), &mut errors);
        assert!(errors.is_empty() && options.name.is_none() && options.associated.is_none());
    }

    #[test]
    fn values_in_invisible_groups() {
        let group = |tokens| TokenTree::from(Group::new(Delimiter::None, tokens));
        let name = group(quote!(twin));
        let isolation = group(group(quote!("always")).into());
        let path = group(quote!(crate::twins));
        assert!(errors(quote!(name = #name, isolation = #isolation, crate = #path)).is_empty());
    }

    #[test]
    fn names() {
        check(
            quote!(name = "x"),
            "SW304: `name` takes an identifier, not a string\\nhelp: write `name = x`",
        );
        check(
            quote!(name = "fn"),
            "SW304: `name` takes an identifier, not a string\\nhelp: write `name = r#fn`",
        );
        check(
            quote!(name = fn),
            "SW306: `fn` is not an identifier\\nhelp: write `name = r#fn`",
        );
        for (name, text) in [
            (quote!(Self), "Self"),
            (quote!(a::b), "a::b"),
            (quote!(3), "3"),
        ] {
            check(
                quote!(name = #name),
                &format!(
                    "SW306: `{text}` is not an identifier\\nhelp: write a plain identifier, as in `name = load_blocking`"
                ),
            );
        }
    }

    #[test]
    fn paths() {
        for path in [
            quote!(::a),
            quote!(crate),
            quote!(crate::a::b),
            quote!(::a::b),
        ] {
            assert!(errors(quote!(crate = #path)).is_empty());
        }
        check(
            quote!(crate = a::b),
            "SW307: `a::b` means something else in every module\\n\
             help: write `crate = ::a::b`, or `crate = crate::a::b` if it is re-exported in this crate",
        );
        check(
            quote!(crate = super::a),
            "SW307: `super::a` means something else in every module\\n\
             help: write it from the root of this crate, as in `crate = crate::path::to::a`",
        );
        check(
            quote!(crate = "a"),
            "SW304: `crate` takes a path, not a string\\nhelp: write `crate = ::a`",
        );
        for text in ["", "self::a", "a b", "::"] {
            check(
                quote!(crate = #text),
                "SW304: `crate` takes a path, not a string\\n\
                 help: write a path without quotes, as in `crate = ::sync_twin`",
            );
        }
        check(
            quote!(crate = "crate::a"),
            "SW304: `crate` takes a path, not a string\\nhelp: write `crate = crate::a`",
        );
        check(
            quote!(crate = a<u8>),
            "SW304: `crate` takes the path of sync-twin\\nhelp: write a path, as in `crate = ::sync_twin`",
        );
    }

    #[test]
    fn no_mistake_hides_another() {
        let options =
            quote!(nam = x, , isolation, associated = 1, name, "x", name = b, isolation = "nver");
        let found = errors(options);
        let mut codes: Vec<_> = found.iter().map(|message| &message[..5]).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [
                "SW301", "SW302", "SW302", "SW303", "SW303", "SW305", "SW308", "SW309", "SW309"
            ]
        );
    }
}
