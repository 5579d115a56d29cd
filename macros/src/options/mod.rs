//! The options between the attribute's parentheses: first as they were written, then as what they mean.

mod crate_path;
mod duration;
mod isolation;
mod raw_option;
mod runtime_choice;
mod target;
mod twin_name;
mod type_name;

pub(crate) use isolation::Isolation;
pub(crate) use runtime_choice::RuntimeChoice;
pub(crate) use target::Target;
pub(crate) use type_name::TypeName;

use crate::error::{Code, Errors};
use crate::name::Affixes;
use crate::spelling::{list, nearest};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use raw_option::RawOption;
use syn::{Expr, Path, Type};

/// What the options mean. `None` is what the user left open, for an enclosing block's options or the
/// defaults to fill.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// `name = ident`
    pub(crate) name: Option<Ident>,
    /// `prefix = "…"` and `suffix = "…"`
    pub(crate) affixes: Affixes,
    /// `isolation = "…"`
    pub(crate) isolation: Option<Isolation>,
    /// `timeout = expr`
    pub(crate) timeout: Option<TokenStream>,
    /// `runtime = expr` or `flavor = "…"`
    pub(crate) runtime_choice: Option<RuntimeChoice>,
    /// `output = Type`
    pub(crate) output: Option<Type>,
    /// `crate = path`
    pub(crate) krate: Option<Path>,
    /// The word `associated`
    pub(crate) associated: Option<Ident>,
    /// The word `skip`
    pub(crate) skip: Option<Ident>,
    /// `type = Name` or `extend = Name`
    pub(crate) blocking_type: Option<TypeName>,
    /// `derive(…)`, as the attribute of that name
    pub(crate) derive: Option<TokenStream>,
    /// The names of all options, as they were written.
    keys: Vec<Ident>,
}

const NAMES: [&str; 14] = [
    "name",
    "prefix",
    "suffix",
    "isolation",
    "timeout",
    "runtime",
    "flavor",
    "output",
    "crate",
    "associated",
    "skip",
    "type",
    "extend",
    "derive",
];

impl Options {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Options::default();
        for option in RawOption::each(tokens) {
            match option {
                Ok(option) => options.read(&option, errors),
                Err(segment) => raw_option::report_malformed(&segment, errors),
            }
        }
        options
    }

    fn read(&mut self, option: &RawOption, errors: &mut Errors) {
        raw_option::check_repetition(option, &self.keys, errors);
        self.keys.push(option.key.clone());
        match option.key.to_string().as_str() {
            "name" => self.name = twin_name::check_name(option, errors),
            "prefix" => self.affixes.prefix = twin_name::check_affix(option, errors),
            "suffix" => self.affixes.suffix = twin_name::check_affix(option, errors),
            "isolation" => self.isolation = isolation::check_isolation(option, errors),
            "timeout" => self.timeout = duration::check_timeout(option, errors),
            "runtime" => self.runtime_choice = runtime_choice::check_runtime(option, errors),
            "flavor" => self.runtime_choice = runtime_choice::check_flavor(option, errors),
            "output" => self.output = check_output(option, errors),
            "crate" => self.krate = crate_path::check_crate(option, errors),
            "associated" => self.associated = option.word(errors),
            "skip" => self.skip = option.word(errors),
            "type" => self.blocking_type = type_name::check_type(option, errors),
            "extend" => self.blocking_type = type_name::check_extend(option, errors),
            "derive" => self.derive = type_name::check_derive(option, errors),
            unknown => report_unknown(option, unknown, errors),
        }
    }

    /// The option as it was written, for a mistake that belongs there.
    pub(crate) fn key(&self, name: &str) -> Option<&Ident> {
        self.keys.iter().find(|key| *key == name)
    }

    /// What a member of a block has: its own options first, then those of the block.
    pub(crate) fn or(self, block: &Options) -> Options {
        Options {
            affixes: Affixes {
                prefix: self.affixes.prefix.or_else(|| block.affixes.prefix.clone()),
                suffix: self.affixes.suffix.or_else(|| block.affixes.suffix.clone()),
            },
            isolation: self.isolation.or(block.isolation),
            timeout: self.timeout.or_else(|| block.timeout.clone()),
            runtime_choice: self.runtime_choice.or_else(|| block.runtime_choice.clone()),
            krate: self.krate.or_else(|| block.krate.clone()),
            ..self
        }
    }
}

/// `output` takes a type.
fn check_output(option: &RawOption, errors: &mut Errors) -> Option<Type> {
    let value = option.value("`output = u32`", errors)?;
    let ty = syn::parse2::<Type>(value.clone()).ok();
    if ty.is_none() {
        errors.push(
            Code::WrongValue,
            value,
            "`output` takes the type of what the future is ready with",
            "write a type, as in `output = u32`",
        );
    }
    ty
}

/// What takes an expression takes any.
fn check_expression(
    option: &RawOption,
    value: &TokenStream,
    errors: &mut Errors,
) -> Option<TokenStream> {
    if syn::parse2::<Expr>(value.clone()).is_err() {
        errors.push(
            Code::WrongValue,
            value,
            format_args!("`{}` takes an expression", option.key),
            "write one that is complete",
        );
        return None;
    }
    Some(value.clone())
}

fn report_unknown(option: &RawOption, name: &str, errors: &mut Errors) {
    let help = match nearest(name, &NAMES) {
        Some(right) => format!("did you mean `{right}`?"),
        None if option.value.is_none() && option.list.is_none() => format!(
            "write `name = {}` to name the twin; the options are {}",
            option.key,
            list(&NAMES)
        ),
        None => format!("the options are {}", list(&NAMES)),
    };
    errors.push(
        Code::UnknownOption,
        &option.key,
        format_args!("there is no option `{name}`"),
        help,
    );
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

/// Tokens as a person writes them who puts no spaces in a path.
fn compact(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    text.replace(" ::", "::").replace(":: ", "::")
}

#[cfg(test)]
mod tests;
