//! What can be wrong with an annotated item: one code per mistake, and a list that collects them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt;

/// A mistake that the attribute reports. A code is never reused for another mistake.
///
/// `1xx` the item, `2xx` its signature, `3xx` the attribute's options, `4xx` how things combine. The `5xx`
/// codes belong to mistakes that rustc finds in the expansion; they have cases in `tests/ui`, but no variant:
///
/// | code | case | the mistake, and what rustc says |
/// |---|---|---|
/// | SW501 | `sw501_name_taken` | an item beside the fn has the twin's name already (E0428, E0592) |
/// | SW502 | `sw502_always_argument` | `isolation = "always"` with an argument that is not `Send` (E0277) |
/// | SW503 | `sw503_always_output` | `isolation = "always"` with a result that is not `Send` (E0277) |
/// | SW504 | `sw504_trait_impl` | a method inside `impl Trait for T`: the trait has no such item (E0407) |
/// | SW505 | `sw505_lone_associated` | an associated fn that neither has a receiver nor names `Self` (E0425) |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The function is not `async`.
    NotAsync = 101,
    /// The item is not a function.
    NotAFunction = 102,
    /// The function is `const`.
    ConstFn = 201,
    /// The function has a foreign ABI.
    ExternFn = 202,
    /// The function takes C-variadic arguments.
    Variadic = 203,
    /// More conditions on single arguments than there can be combinations of.
    TooManyCfgArguments = 204,
    /// There is no option of this name.
    UnknownOption = 301,
    /// An option is given twice.
    RepeatedOption = 302,
    /// An option stands without the value that it takes.
    MissingValue = 303,
    /// An option's value is of the wrong kind.
    WrongValue = 304,
    /// There is no isolation of this name.
    UnknownIsolation = 305,
    /// The twin's name is not an identifier.
    InvalidName = 306,
    /// The path to sync-twin depends on the module in which it is written.
    RelativeCrate = 307,
    /// An option that takes no value has one.
    UnexpectedValue = 308,
    /// Something between the parentheses is not an option at all.
    MalformedOption = 309,
    /// The twin would have the name of the async fn itself.
    SameName = 401,
    /// The function blocks by itself, or another attribute makes it do so.
    AlreadyBlocking = 402,
    /// `associated` on a method, which is told by its receiver.
    NeedlessAssociated = 403,
}

impl Code {
    /// Every code, how it is printed, and what its case in `tests/ui` is called after `sw…_`.
    #[cfg(test)]
    const ALL: &[(Code, &str, &str)] = &[
        (Code::NotAsync, "SW101", "not_async"),
        (Code::NotAFunction, "SW102", "not_a_function"),
        (Code::ConstFn, "SW201", "const_fn"),
        (Code::ExternFn, "SW202", "extern_fn"),
        (Code::Variadic, "SW203", "variadic"),
        (Code::TooManyCfgArguments, "SW204", "too_many_cfg_arguments"),
        (Code::UnknownOption, "SW301", "unknown_option"),
        (Code::RepeatedOption, "SW302", "repeated_option"),
        (Code::MissingValue, "SW303", "missing_value"),
        (Code::WrongValue, "SW304", "wrong_value"),
        (Code::UnknownIsolation, "SW305", "unknown_isolation"),
        (Code::InvalidName, "SW306", "invalid_name"),
        (Code::RelativeCrate, "SW307", "relative_crate"),
        (Code::UnexpectedValue, "SW308", "unexpected_value"),
        (Code::MalformedOption, "SW309", "malformed_option"),
        (Code::SameName, "SW401", "same_name"),
        (Code::AlreadyBlocking, "SW402", "already_blocking"),
        (Code::NeedlessAssociated, "SW403", "needless_associated"),
    ];
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW{:03}", *self as u16)
    }
}

/// Mistakes are collected, so that one build shows them all.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Reports a mistake at `place`, from its first to its last token.
    pub(crate) fn push(
        &mut self,
        code: Code,
        place: impl ToTokens,
        what: impl fmt::Display,
        help: impl fmt::Display,
    ) {
        let message = format!("{code}: {what}\nhelp: {help}");
        self.0.push(syn::Error::new_spanned(place, message));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().map(syn::Error::to_compile_error));
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Errors};
    use quote::{ToTokens, quote};
    use std::collections::HashSet;

    #[test]
    fn the_table_and_the_printed_code_agree() {
        for (code, printed, _) in Code::ALL {
            assert_eq!(code.to_string(), *printed);
        }
    }

    #[test]
    fn no_code_and_no_case_is_there_twice() {
        let printed: HashSet<_> = Code::ALL.iter().map(|(_, printed, _)| printed).collect();
        let cases: HashSet<_> = Code::ALL.iter().map(|(_, _, case)| case).collect();
        assert_eq!(printed.len(), Code::ALL.len());
        assert_eq!(cases.len(), Code::ALL.len());
    }

    #[test]
    fn every_error_is_reported() {
        let mut errors = Errors::default();
        errors.push(Code::ConstFn, quote!(const), "one", "first");
        errors.push(Code::Variadic, quote!(), "two", "second");
        let tokens = errors.to_token_stream().to_string();
        assert!(tokens.contains("SW201: one\\nhelp: first"));
        assert!(tokens.contains("SW203: two\\nhelp: second"));
    }
}
