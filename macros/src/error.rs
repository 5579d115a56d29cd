//! What can be wrong with an annotated item: one code per mistake, and a list that collects them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt;

/// A mistake that the attribute reports. A code is never reused for another mistake.
///
/// `1xx` the item, `2xx` its signature, `3xx` the attribute's options, `4xx` how they combine. The `5xx`
/// codes are for mistakes that rustc finds in the expansion. They have cases in `tests/ui`, but no variant:
///
/// | code | case | the mistake, and rustc's code |
/// |---|---|---|
/// | SW501 | `sw501_name_taken` | an item beside the fn already has the twin's name (E0428, E0592) |
/// | SW502 | `sw502_always_argument` | `isolation = "always"` with an argument that is not `Send` (E0277) |
/// | SW503 | `sw503_always_output` | `isolation = "always"` with a result that is not `Send` (E0277) |
/// | SW504 | `sw504_trait_impl` | a method inside `impl Trait for T`: the trait has no such item (E0407) |
/// | SW505 | `sw505_lone_associated` | an associated fn that one attribute cannot tell from a free fn (E0425) |
/// | SW507 | `sw507_foreign_signature` | a foreign method returns something else than its signature here (E0277) |
/// | SW508 | `sw508_pinned_value` | a method takes `&mut self`, but the async value is pinned and not `Unpin` (E0277) |
///
/// SW506 is retired: its mistake is now a case of SW505.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// The function is not `async`.
    NotAsync = 101,
    /// The item is not a function.
    NotAFunction = 102,
    /// The impl block implements a trait, so it can only contain the trait's methods.
    TraitImpl = 103,
    /// Nothing in the block can have a twin.
    EmptyBlock = 104,
    /// A module whose items are in another file.
    ModuleElsewhere = 105,
    /// The block of a foreign stream or sink does not say what the items are.
    MissingType = 106,
    /// The function is `const`.
    ConstFn = 201,
    /// The function has a foreign ABI.
    ExternFn = 202,
    /// The function takes C-variadic arguments.
    Variadic = 203,
    /// Too many arguments depend on a `cfg`.
    TooManyCfgArguments = 204,
    /// The function's return type does not name the output of its future.
    UnknownFuture = 205,
    /// The function returns a stream, but the feature for that is off.
    StreamWithoutFeature = 206,
    /// The receiver is a pointer that a blocking type does not have.
    PointerReceiver = 207,
    /// The result borrows an async type for which there is a blocking one.
    BorrowedResult = 208,
    /// The result has such a type inside one that cannot be taken apart.
    HeldResult = 209,
    /// The block only declares methods that a foreign type has, but this one has a body.
    ForeignBody = 210,
    /// The block only declares methods, so the type is foreign, but nobody says so.
    MissingForeign = 211,
    /// There is no option of this name.
    UnknownOption = 301,
    /// An option is given twice.
    RepeatedOption = 302,
    /// An option has no value.
    MissingValue = 303,
    /// An option's value is of the wrong kind.
    WrongValue = 304,
    /// There is no isolation of this name.
    UnknownIsolation = 305,
    /// The twin's name is not an identifier.
    InvalidName = 306,
    /// The path to sync-twin depends on the module that it is in.
    RelativeCrate = 307,
    /// An option that takes no value has one.
    UnexpectedValue = 308,
    /// Something between the parentheses is not an option.
    MalformedOption = 309,
    /// There is no flavor of this name.
    UnknownFlavor = 310,
    /// The timeout is a number, or a string.
    NotADuration = 311,
    /// The runtime is made for every call.
    TemporaryRuntime = 312,
    /// The block has no item of a name that `skip(…)` or `only(…)` gives.
    UnknownItem = 313,
    /// There is no policy of this name.
    UnknownPolicy = 314,
    /// The twin would have the name of the async fn itself.
    SameName = 401,
    /// The function already blocks, or another attribute makes it block.
    AlreadyBlocking = 402,
    /// `associated` on a method.
    NeedlessAssociated = 403,
    /// `skip` outside a block.
    SkipAlone = 404,
    /// `prefix` or `suffix` beside a `name`.
    NameWithAffix = 405,
    /// `flavor` beside a `runtime`.
    FlavorWithRuntime = 406,
    /// `type` or `extend` on something other than an impl block.
    TypeElsewhere = 407,
    /// An option on the wrong kind of item.
    MisplacedOption = 408,
    /// The block already has something with the twin's name.
    NameTaken = 409,
    /// `timeout` or `cancel` on a function that returns its stream at once.
    TimeoutOnStream = 410,
    /// An option that names `self`, on a function without it.
    SelfWithoutReceiver = 411,
    /// A blocking trait has something that depends on an async type which nobody names.
    UnknownImplementor = 412,
    /// Another attribute changes how the function is called.
    ChangedFn = 413,
    /// Two clones would close one thing.
    CloneWithClose = 414,
    /// `close` names something that a `Drop` cannot call.
    NotAClosingMethod = 415,
    /// `flatten` on a function that returns no `Result`.
    FlattenWithoutResult = 416,
}

impl Code {
    /// Every code, how it is printed, and the name of its case in `tests/ui` after `sw…_`.
    #[cfg(test)]
    const ALL: &[(Code, &str, &str)] = &[
        (Code::NotAsync, "SW101", "not_async"),
        (Code::NotAFunction, "SW102", "not_a_function"),
        (Code::TraitImpl, "SW103", "trait_impl"),
        (Code::EmptyBlock, "SW104", "empty_block"),
        (Code::ModuleElsewhere, "SW105", "module_elsewhere"),
        (Code::MissingType, "SW106", "missing_type"),
        (Code::ConstFn, "SW201", "const_fn"),
        (Code::ExternFn, "SW202", "extern_fn"),
        (Code::Variadic, "SW203", "variadic"),
        (Code::TooManyCfgArguments, "SW204", "too_many_cfg_arguments"),
        (Code::UnknownFuture, "SW205", "unknown_future"),
        (
            Code::StreamWithoutFeature,
            "SW206",
            "stream_without_feature",
        ),
        (Code::PointerReceiver, "SW207", "pointer_receiver"),
        (Code::BorrowedResult, "SW208", "borrowed_result"),
        (Code::HeldResult, "SW209", "held_result"),
        (Code::ForeignBody, "SW210", "foreign_body"),
        (Code::MissingForeign, "SW211", "missing_foreign"),
        (Code::UnknownOption, "SW301", "unknown_option"),
        (Code::RepeatedOption, "SW302", "repeated_option"),
        (Code::MissingValue, "SW303", "missing_value"),
        (Code::WrongValue, "SW304", "wrong_value"),
        (Code::UnknownIsolation, "SW305", "unknown_isolation"),
        (Code::InvalidName, "SW306", "invalid_name"),
        (Code::RelativeCrate, "SW307", "relative_crate"),
        (Code::UnexpectedValue, "SW308", "unexpected_value"),
        (Code::MalformedOption, "SW309", "malformed_option"),
        (Code::UnknownFlavor, "SW310", "unknown_flavor"),
        (Code::NotADuration, "SW311", "not_a_duration"),
        (Code::TemporaryRuntime, "SW312", "temporary_runtime"),
        (Code::UnknownItem, "SW313", "unknown_item"),
        (Code::UnknownPolicy, "SW314", "unknown_policy"),
        (Code::SameName, "SW401", "same_name"),
        (Code::AlreadyBlocking, "SW402", "already_blocking"),
        (Code::NeedlessAssociated, "SW403", "needless_associated"),
        (Code::SkipAlone, "SW404", "skip_alone"),
        (Code::NameWithAffix, "SW405", "name_with_affix"),
        (Code::FlavorWithRuntime, "SW406", "flavor_with_runtime"),
        (Code::TypeElsewhere, "SW407", "type_elsewhere"),
        (Code::MisplacedOption, "SW408", "misplaced_option"),
        (Code::NameTaken, "SW409", "name_taken"),
        (Code::TimeoutOnStream, "SW410", "timeout_on_stream"),
        (Code::SelfWithoutReceiver, "SW411", "self_without_receiver"),
        (Code::UnknownImplementor, "SW412", "unknown_implementor"),
        (Code::ChangedFn, "SW413", "changed_fn"),
        (Code::CloneWithClose, "SW414", "clone_with_close"),
        (Code::NotAClosingMethod, "SW415", "not_a_closing_method"),
        (
            Code::FlattenWithoutResult,
            "SW416",
            "flatten_without_result",
        ),
    ];
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SW{:03}", *self as u16)
    }
}

/// Collects mistakes, so that one build reports them all.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<Reported>,
    /// The `#[cfg]`s of the item that is being checked, and of those around it.
    conditions: Vec<TokenStream>,
}

struct Reported {
    error: syn::Error,
    conditions: Vec<TokenStream>,
}

impl Errors {
    /// Reports a mistake at `place`, from its first to its last token.
    pub(crate) fn push(
        &mut self,
        code: Code,
        place: impl ToTokens,
        what: impl fmt::Display,
        help: impl fmt::Display,
    ) {
        self.report(code, &place, &what, &help);
    }

    /// Apart, so that rustc makes it once, and not for each kind of place and text.
    fn report(
        &mut self,
        code: Code,
        place: &dyn ToTokens,
        what: &dyn fmt::Display,
        help: &dyn fmt::Display,
    ) {
        let message = format!("{code}: {what}\nhelp: {help}");
        self.all.push(Reported {
            error: syn::Error::new_spanned(place, message),
            conditions: self.conditions.clone(),
        });
    }

    /// Runs `check` for an item with these `#[cfg]`s. They come below the attribute, so the item is here even
    /// where it is not built, and there its mistakes do not count.
    pub(crate) fn under<T>(
        &mut self,
        conditions: Vec<TokenStream>,
        check: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outside = self.conditions.len();
        self.conditions.extend(conditions);
        let result = check(self);
        self.conditions.truncate(outside);
        result
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for Reported { error, conditions } in &self.all {
            tokens.extend(conditions.iter().cloned());
            tokens.extend(error.to_compile_error());
        }
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
