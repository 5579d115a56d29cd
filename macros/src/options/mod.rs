//! The options between the attribute's parentheses: first as written, then what they mean.

mod around;
mod attributes;
mod close;
mod crate_path;
mod duration;
mod fields;
pub(crate) mod ide;
mod isolation;
mod map;
mod policy;
mod raw_option;
mod runtime_choice;
mod selection;
mod stopping;
mod table;
mod target;
mod twin_name;
mod type_name;
mod unset;

pub(crate) use attributes::Attributes;
pub(crate) use fields::Field;
pub(crate) use isolation::Isolation;
pub(crate) use policy::Policy;
pub(crate) use runtime_choice::RuntimeChoice;
pub(crate) use selection::{Selection, Skip, same};
pub(crate) use table::{Key, Options};
pub(crate) use target::Target;
pub(crate) use type_name::{TraitName, TypeName};

use crate::error::{Code, Errors};
use crate::name::Affixes;
use crate::spelling::{list, nearest};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use raw_option::RawOption;
use syn::{Expr, Type};

impl Options {
    /// The options as far as they can be understood. What is misspelled means what is suggested instead, so that a mistake does
    /// not take the twin away, too.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Options::default();
        for option in RawOption::each(tokens) {
            match option {
                Ok(option) => options.read(&option, errors),
                Err(segment) => {
                    options.are_unclear = true;
                    raw_option::report_malformed(&segment, errors);
                }
            }
        }
        options.are_unclear |= (options.output.is_none() && options.key(Key::Output).is_some())
            || (options.blocking_type().is_none() && options.names_type())
            || (options.blocking_trait.is_none() && options.key(Key::Trait).is_some());
        options
    }

    fn read(&mut self, option: &RawOption, errors: &mut Errors) {
        if let Some(key) = Key::find(&option.key) {
            if self.key(key).is_some() {
                raw_option::report_repetition(option, errors);
            }
            self.given.push((key, option.key.clone()));
            self.set(key, option, errors);
            let stops = matches!(key, Key::Timeout | Key::Cancel);
            if stops && !self.has(key) {
                let value = option.value.as_ref();
                self.half_typed = value.map(|value| (key, value.tokens.clone()));
            }
            return;
        }
        self.are_unclear = true;
        report_unknown(option, errors);
        if let Some(key) = Key::nearest(&option.key).filter(|key| self.key(*key).is_none()) {
            // What else is wrong with it will be reported once its name is right.
            self.set(key, option, &mut Errors::default());
        }
    }

    /// The option as it was written, for a mistake that belongs there.
    pub(crate) fn key(&self, key: Key) -> Option<&Ident> {
        let mut given = self.given.iter();
        given.find_map(|(given, ident)| (*given == key).then_some(ident))
    }

    pub(crate) fn affixes(&self) -> Affixes {
        Affixes {
            prefix: self.prefix.clone(),
            suffix: self.suffix.clone(),
        }
    }

    /// `runtime = expr` or `flavor = "…"`
    pub(crate) fn runtime_choice(&self) -> RuntimeChoice {
        let given = self.flavor.as_ref().or(self.runtime.as_ref());
        given.cloned().unwrap_or_default()
    }

    /// `type = Name` or `extend = Name`
    pub(crate) fn blocking_type(&self) -> Option<&TypeName> {
        self.declared.as_ref().or(self.extended.as_ref())
    }

    /// Leaves out what the block has passed on to a fn without a receiver, but is for methods only: expressions that name
    /// `self`. Returns their names.
    pub(crate) fn leave_self_to_methods(&mut self) -> Vec<&'static str> {
        let mut left_out = Vec::new();
        let is_own = |key| self.key(key).is_some();
        let (timeout, runtime) = (is_own(Key::Timeout), is_own(Key::Runtime));
        let cancel = is_own(Key::Cancel);
        if !timeout && self.timeout.as_ref().is_some_and(names_self) {
            self.timeout = None;
            left_out.push("timeout");
        }
        if !cancel && self.cancel.as_ref().is_some_and(names_self) {
            self.cancel = None;
            left_out.push("cancel");
        }
        let lent = self.runtime.as_ref().and_then(RuntimeChoice::lent);
        if !runtime && lent.is_some_and(names_self) {
            self.runtime = None;
            left_out.push("runtime");
        }
        left_out
    }

    /// Replaces expressions that name `self`, for a fn that has no `self`.
    pub(crate) fn without_self(mut self) -> Self {
        if self.timeout.as_ref().is_some_and(names_self) {
            self.timeout = Some(quote!(::core::time::Duration::MAX));
        }
        if self.cancel.as_ref().is_some_and(names_self) {
            let krate = match &self.krate {
                Some(krate) => krate.to_token_stream(),
                None => quote!(::sync_twin),
            };
            self.cancel = Some(quote!(#krate::Cancel::new()));
        }
        let lent = self.runtime.as_ref().and_then(RuntimeChoice::lent);
        if lent.is_some_and(names_self) {
            self.runtime = None;
        }
        self
    }

    /// An option that names `self`.
    pub(crate) fn self_option(&self) -> Option<&Ident> {
        let timeout = self.timeout.as_ref().map(|timeout| (Key::Timeout, timeout));
        let cancel = self.cancel.as_ref().map(|cancel| (Key::Cancel, cancel));
        let lent = self.runtime.as_ref().and_then(RuntimeChoice::lent);
        let options = timeout
            .into_iter()
            .chain(cancel)
            .chain(lent.map(|lent| (Key::Runtime, lent)));
        let mut options = options.filter(|(_, expression)| names_self(expression));
        options.find_map(|(key, _)| self.key(key))
    }

    /// Whether something is to be made of a trait that is beside it.
    pub(crate) fn names_beside_trait(&self) -> bool {
        self.names_type() || self.key(Key::Trait).is_some()
    }

    /// Whether `type` or `extend` was given, even if it cannot be understood.
    pub(crate) fn names_type(&self) -> bool {
        self.key(Key::Type).or(self.key(Key::Extend)).is_some()
    }
}

/// `output` takes a type.
fn check_output(option: &RawOption, errors: &mut Errors) -> Option<Type> {
    let value = option.value(errors)?;
    let ty = syn::parse2::<Type>(value.clone()).ok();
    if ty.is_none() {
        errors.push(
            Code::WrongValue,
            value,
            "`output` takes the output type of the future",
            "write a type, as in `output = u32`",
        );
    }
    ty
}

/// Checks that a value is an expression.
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
            "complete the expression",
        );
        return None;
    }
    Some(value.clone())
}

/// Whether an expression names the receiver. `self::LIMIT` is in the module.
fn names_self(expression: &TokenStream) -> bool {
    let mut tokens = expression.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Ident(ident) if ident == "self" => {
                !matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
            }
            TokenTree::Group(group) => names_self(&group.stream()),
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

fn report_unknown(option: &RawOption, errors: &mut Errors) {
    let name = option.key.to_string();
    let names = Key::names();
    let help = match nearest(&name, &names) {
        Some(right) => format!("did you mean `{right}`?"),
        None if option.value.is_none() && option.list.is_none() => format!(
            "write `name = {}` to name the twin; the options are {}",
            option.key,
            list(&names)
        ),
        None => format!("the options are {}", list(&names)),
    };
    errors.push(
        Code::UnknownOption,
        &option.key,
        format_args!("there is no option `{name}`"),
        help,
    );
}

/// The text as an identifier, raw if it is a keyword.
///
/// Which letters may be in one only the lexer knows, so it decides: `o\u{308}` is a letter for it, and `ⓐ` is none. But the
/// compiler's lexer reports errors of its own, so it does not get to see what is simply another kind of token, or several.
fn identifier(text: &str) -> Option<Ident> {
    let word = |c: char| match c.is_ascii() {
        true => c == '_' || c.is_ascii_alphanumeric(),
        false => !is_space(c),
    };
    let is_word = text.chars().all(word) && !text.starts_with(|c: char| c.is_ascii_digit());
    if !is_word || ["", "_", "self", "Self", "super", "crate"].contains(&text) {
        return None;
    }
    let plain = syn::parse_str::<Ident>(text);
    plain.or_else(|_| syn::parse_str(&format!("r#{text}"))).ok()
}

/// Whether the lexer takes it for a space, or it is one for people.
fn is_space(c: char) -> bool {
    let marks = ['\u{200E}', '\u{200F}', '\u{2028}', '\u{2029}'];
    c.is_whitespace() || c.is_control() || marks.contains(&c)
}

/// Tokens as text, without spaces in paths.
pub(crate) fn compact(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let text = text.replace(" ::", "::").replace(":: ", "::");
    // An editor prints every token with a space behind it.
    let text = text
        .replace(" . ", ".")
        .replace(" (", "(")
        .replace("( ", "(");
    text.replace(" )", ")").replace(" ,", ",")
}

/// A type as people write it.
pub(crate) fn compact_type(ty: &Type) -> String {
    let text = compact(ty).replace(" <", "<").replace("< ", "<");
    let text = text.replace(" >", ">").replace("& ", "&");
    text.replace("' ", "'")
        .replace("[ ", "[")
        .replace(" ]", "]")
        .replace(" ;", ";")
}

#[cfg(test)]
mod tests;
