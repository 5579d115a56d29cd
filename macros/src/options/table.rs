//! The table of options. To add one, add a row, and document it in `docs/options.md`.
//!
//! The rows define the fields of [`Options`], how an option is parsed, what is suggested for a misspelled one, where it may be,
//! whether a block passes it on to its members, and whether its value may contain a type.

use super::raw_option::RawOption;
use super::target::{On, Target};
use super::unset::Unset;
use super::{Attributes, Field, Isolation, Policy, RuntimeChoice, Skip, TraitName, TypeName};
use super::{
    around, attributes, check_output, close, crate_path, duration, fields, isolation, map, policy,
    runtime_choice, selection, stopping, twin_name, type_name, unset,
};
use crate::error::Errors;
use crate::spelling;
use crate::types::family::Pair;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt as _;
use syn::{Path, Type};

pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) on: On,
    pub(super) hand_on: HandOn,
}

/// What follows an option's name. The text is an example, for the error when it is missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    /// `= "text"`, `= name`
    Value(&'static str),
    /// A value that may be or hold a type: `<` opens a bracket in it.
    Type(&'static str),
    Expression(&'static str),
    /// `(Debug, Clone)`
    List(&'static str),
}

/// Whether a block passes the option on to its members.
#[derive(Clone, Copy)]
pub(super) enum HandOn {
    Never,
    /// If the member has none of these.
    Unless(&'static [Key]),
    /// To fns, beside their own. What a block says that declares something is about that.
    ToFns,
}

use HandOn::{Never, ToFns, Unless};
use Takes::{Expression, List, Nothing, Value};

macro_rules! table {
    ($($key:ident: $field:ident: $ty:ty, $name:literal, $takes:expr, $check:path, $on:expr, $hand_on:expr;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Key {
            $($key),*
        }

        impl Key {
            pub(super) const ALL: &[Key] = &[$(Key::$key),*];

            pub(super) fn row(self) -> Row {
                match self {
                    $(Key::$key => Row { name: $name, takes: $takes, on: $on, hand_on: $hand_on },)*
                }
            }
        }

        /// What the options mean. `None` is left to the block around the item, or to the default.
        #[derive(Clone, Default)]
        pub(crate) struct Options {
            $(pub(crate) $field: Option<$ty>,)*
            /// Those that were given, each with its name in the source.
            pub(super) given: Vec<(Key, Ident)>,
            /// Whether one cannot be understood that may have said what the item is: a fn with this output, or a blocking type.
            pub(crate) are_unclear: bool,
            /// A time limit, or what cancels, that does not parse yet: an editor completes it.
            pub(crate) half_typed: Option<(Key, TokenStream)>,
            /// The block's options that name `self`, if this fn is not a method and so does not inherit them.
            pub(crate) left_out: Vec<&'static str>,
        }

        impl Options {
            pub(super) fn set(&mut self, key: Key, option: &RawOption, errors: &mut Errors) {
                match key {
                    $(Key::$key => self.$field = $check(option, errors),)*
                }
            }

            /// Whether there is such an option, given here or by a block around.
            pub(super) fn has(&self, key: Key) -> bool {
                match key {
                    $(Key::$key => self.$field.is_some(),)*
                }
            }

            /// The options of a block's member: its own, and those that the block passes on.
            pub(crate) fn or(mut self, block: &Options, target: Target) -> Options {
                let unset = self.unset.clone().unwrap_or_default();
                let is_unset = |key| unset.iter().any(|one| one.key == key);
                if let (Some(own), Some(of_block), false) =
                    (&mut self.map, &block.map, is_unset(Key::Map))
                {
                    own.extend(of_block.iter().cloned());
                }
                if let (Some(own), Some(of_block), true) =
                    (&mut self.attrs, &block.attrs, block.passes_on(Key::Attrs, target))
                {
                    own.after(of_block);
                }
                let Options { given, are_unclear, .. } = self;
                let is_given = |keys: &[Key]| given.iter().any(|(key, _)| keys.contains(key));
                let from_block = |key: Key| match key.row().hand_on {
                    _ if is_unset(key) || !block.passes_on(key, target) => false,
                    Unless(keys) => !is_given(keys),
                    Never | ToFns => !is_given(&[key]),
                };
                Options {
                    $($field: if from_block(Key::$key) { block.$field.clone() } else { self.$field },)*
                    given,
                    are_unclear,
                    half_typed: self.half_typed,
                    left_out: Vec::new(),
                }
            }
        }
    };
}

table! {
    Name: name: Ident, "name",
        Value("`name = load_blocking`"), twin_name::check_name,
        On::OneFn { or: ", or `prefix` or `suffix` here" }, Never;
    Prefix: prefix: String, "prefix",
        Value("`prefix = \"blocking_\"`"), twin_name::check_affix,
        On::Any, Unless(&[Key::Prefix]);
    Suffix: suffix: String, "suffix",
        Value("`suffix = \"_blocking\"`"), twin_name::check_affix,
        On::Any, Unless(&[Key::Suffix]);
    Isolation: isolation: Isolation, "isolation",
        Value("`isolation = \"auto\"`, `\"always\"` or `\"never\"`"), isolation::check_isolation,
        On::Any, Unless(&[Key::Isolation]);
    Timeout: timeout: TokenStream, "timeout",
        Expression("`timeout = std::time::Duration::from_secs(5)`"), duration::check_timeout,
        On::Any, Unless(&[Key::Timeout]);
    Cancel: cancel: TokenStream, "cancel",
        Expression("`cancel = self.cancel`"), stopping::check_cancel,
        On::Any, Unless(&[Key::Cancel]);
    Flatten: flatten: TokenStream, "flatten",
        Expression("`flatten = Error::Stopped`"), stopping::check_flatten,
        On::Any, Unless(&[Key::Flatten]);
    Runtime: runtime: RuntimeChoice, "runtime",
        Expression("`runtime = self.handle`"), runtime_choice::check_runtime,
        On::Any, Unless(&[Key::Runtime, Key::Flavor]);
    Flavor: flavor: RuntimeChoice, "flavor",
        Value("`flavor = \"multi_thread\"`"), runtime_choice::check_flavor,
        On::Any, Unless(&[Key::Runtime, Key::Flavor]);
    OnDriver: on_driver: Policy, "on_driver",
        Value("`on_driver = \"allow\"`"), policy::check_policy,
        On::Any, Unless(&[Key::OnDriver]);
    OnWorker: on_worker: Policy, "on_worker",
        Value("`on_worker = \"deny\"`"), policy::check_policy,
        On::Any, Unless(&[Key::OnWorker]);
    Around: around: Path, "around",
        Value("`around = timed`"), around::check_around,
        On::Any, Unless(&[Key::Around]);
    Attrs: attrs: Attributes, "attrs",
        List("`attrs(pyfunction)`"), attributes::check_attributes,
        On::Attributed, ToFns;
    ImplAttrs: impl_attrs: Attributes, "impl_attrs",
        List("`impl_attrs(pymethods)`"), attributes::check_attributes,
        On::ImplBlock, Unless(&[Key::ImplAttrs]);
    Output: output: Type, "output",
        Takes::Type("`output = u32`"), check_output,
        On::OneFn { or: "" }, Never;
    Crate: krate: Path, "crate",
        Value("`crate = ::sync_twin`"), crate_path::check_crate,
        On::Any, Unless(&[Key::Crate]);
    Associated: associated: Ident, "associated",
        Nothing, RawOption::word,
        On::LoneFn, Never;
    Skip: skip: Skip, "skip",
        List("`skip(connect)`"), selection::check_skip,
        On::InsideBlock, Never;
    Only: only: Vec<Ident>, "only",
        List("`only(connect)`"), selection::check_only,
        On::Block, Never;
    Unset: unset: Vec<Unset>, "unset",
        List("`unset(timeout)`"), unset::check_unset,
        On::Member, Never;
    Map: map: Vec<Pair>, "map",
        List("`map(Transaction = BlockingTransaction)`"), map::check_map,
        On::Any, Unless(&[Key::Map]);
    Type: declared: TypeName, "type",
        Takes::Type("`type = BlockingClient`"), type_name::check_type,
        On::Impl, Never;
    Extend: extended: TypeName, "extend",
        Takes::Type("`extend = BlockingClient`"), type_name::check_extend,
        On::Impl, Never;
    Trait: blocking_trait: TraitName, "trait",
        Takes::Type("`trait = BlockingStore`"), type_name::check_trait,
        On::Trait, Never;
    For: implementors: Vec<Path>, "for",
        List("`for(BlockingClient)`"), type_name::check_for,
        On::BlockingTrait, Never;
    Foreign: foreign: Ident, "foreign",
        Nothing, RawOption::word,
        On::Facade, Never;
    Docs: docs: TokenStream, "docs",
        Value("`docs = \"A client that blocks.\"`"), type_name::check_docs,
        On::Declaration, Never;
    Fields: fields: Vec<Field>, "fields",
        List("`fields(timeout: Option<Duration> = None)`"), fields::check_fields,
        On::Fields, Never;
    Read: read: Ident, "read",
        Value("`read = chunk`"), type_name::check_read,
        On::Declaration, Never;
    Write: write: Ident, "write",
        Value("`write = send`"), type_name::check_write,
        On::Declaration, Never;
    Close: close: Ident, "close",
        Value("`close = quit`"), close::check_close,
        On::Closed, Never;
    CloseTimeout: close_timeout: TokenStream, "close_timeout",
        Expression("`close_timeout = std::time::Duration::from_secs(5)`"), duration::check_timeout,
        On::Closed, Never;
    Derive: derive: TokenStream, "derive",
        List("`derive(Debug, Clone)`"), type_name::check_derive,
        On::Declaration, Never;
}

impl Options {
    /// Whether a block with these options passes one of them on to what is inside.
    pub(super) fn passes_on(&self, key: Key, target: Target) -> bool {
        match key.row().hand_on {
            Never => false,
            Unless(_) => true,
            ToFns => target == Target::Member && !self.names_beside_trait(),
        }
    }
}

impl Key {
    pub(super) fn find(name: &Ident) -> Option<Self> {
        let is_named = |key: &Key| name.unraw() == key.row().name;
        Key::ALL.iter().copied().find(is_named)
    }

    /// The one whose name may be misspelled.
    pub(super) fn nearest(name: &Ident) -> Option<Self> {
        let right = spelling::nearest(&name.to_string(), &Key::names())?;
        Key::ALL.iter().copied().find(|key| key.row().name == right)
    }

    pub(super) fn names() -> Vec<&'static str> {
        Key::ALL.iter().map(|key| key.row().name).collect()
    }
}

impl Takes {
    pub(super) fn example(self) -> &'static str {
        match self {
            Nothing => "",
            Value(example) | Takes::Type(example) | Expression(example) | List(example) => example,
        }
    }
}
