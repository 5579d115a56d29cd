//! Which options may stand where.

use super::Options;
use crate::error::{Code, Errors};
use proc_macro2::Ident;

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// On a fn, of whose surroundings nothing is known.
    Alone,
    /// On a fn inside a block that has the attribute too.
    Member,
    Impl,
    Trait,
    Module,
}

impl Target {
    fn is_fn(self) -> bool {
        matches!(self, Target::Alone | Target::Member)
    }

    /// "an impl block"
    fn what(self) -> &'static str {
        match self {
            Target::Alone | Target::Member => "a fn",
            Target::Impl => "an impl block",
            Target::Trait => "a trait",
            Target::Module => "a module",
        }
    }
}

impl Options {
    /// Every option says something about one kind of item, or about a few. `inside` a block with the attribute,
    /// any item may be skipped.
    pub(crate) fn check_target(&self, target: Target, inside: bool, errors: &mut Errors) {
        for key in &self.keys {
            match key.to_string().as_str() {
                "skip" => check_skip(key, inside, errors),
                "name" => check_name(key, target, errors),
                "output" => check_output(key, target, errors),
                "associated" => check_associated(key, target, errors),
                "type" | "extend" => check_type(key, target, errors),
                "derive" => self.check_derive(key, errors),
                _ => {}
            }
        }
        self.check_affixes(errors);
        self.check_names_of_type(errors);
        self.check_runtime_choice(errors);
        self.check_one_type(errors);
    }

    /// A name is complete: nothing is put in front of it or behind.
    fn check_affixes(&self, errors: &mut Errors) {
        let affix = self.key("prefix").or_else(|| self.key("suffix"));
        if let (Some(name), Some(affix)) = (&self.name, affix) {
            errors.push(
                Code::NameWithAffix,
                affix,
                format_args!("`{affix}` makes a name, and `name = {name}` gives it"),
                format_args!("remove `{affix}` or `name`"),
            );
        }
    }

    /// The methods of a blocking type are called like those of the async type.
    fn check_names_of_type(&self, errors: &mut Errors) {
        let affix = self.key("prefix").or_else(|| self.key("suffix"));
        let ty = self.key("type").or_else(|| self.key("extend"));
        if let (Some(affix), Some(ty)) = (affix, ty) {
            errors.push(
                Code::MisplacedOption,
                affix,
                format_args!(
                    "with `{ty}` the methods keep their names, to which `{affix}` would add"
                ),
                format_args!("remove `{affix}`"),
            );
        }
    }

    /// A call runs in one runtime.
    fn check_runtime_choice(&self, errors: &mut Errors) {
        if let (Some(flavor), Some(_)) = (self.key("flavor"), self.key("runtime")) {
            errors.push(
                Code::FlavorWithRuntime,
                flavor,
                "`flavor` chooses a runtime of sync-twin's, and `runtime` is one of your own",
                "remove `flavor` or `runtime`",
            );
        }
    }

    /// `derive` stands on the declaration of a type, and only `type` declares one.
    fn check_derive(&self, key: &Ident, errors: &mut Errors) {
        let declares = self.key("type").is_some();
        if !declares {
            errors.push(
                Code::MisplacedOption,
                key,
                "`derive` is for the type that `type` declares, and there is none here",
                "add `type = …`, or put `#[derive(…)]` on your own type",
            );
        }
    }

    /// A type is declared by one block and extended by the others.
    fn check_one_type(&self, errors: &mut Errors) {
        let (Some(_), Some(extend)) = (self.key("type"), self.key("extend")) else {
            return;
        };
        errors.push(
            Code::MisplacedOption,
            extend,
            "`type` declares a blocking type, and `extend` is for a block that adds to it",
            "remove `type` or `extend`",
        );
    }
}

/// What is to be left out must first have been taken in.
fn check_skip(key: &Ident, inside: bool, errors: &mut Errors) {
    if !inside {
        errors.push(
            Code::SkipAlone,
            key,
            "`skip` leaves an item out of a block with `#[sync_wrapper]`, and there is no such block here",
            "remove the attribute",
        );
    }
}

/// One name cannot be that of many twins.
fn check_name(key: &Ident, target: Target, errors: &mut Errors) {
    if !target.is_fn() {
        errors.push(
            Code::MisplacedOption,
            key,
            format_args!(
                "`name` is for one twin, and {} may have many",
                target.what()
            ),
            "write `#[sync_wrapper(name = …)]` on the fn inside, or `prefix` or `suffix` here",
        );
    }
}

/// Every fn has its own result.
fn check_output(key: &Ident, target: Target, errors: &mut Errors) {
    if !target.is_fn() {
        errors.push(
            Code::MisplacedOption,
            key,
            format_args!(
                "`output` is for one fn, and {} may have many",
                target.what()
            ),
            "write `#[sync_wrapper(output = …)]` on the fn inside",
        );
    }
}

/// Inside a block it is known what is associated.
fn check_associated(key: &Ident, target: Target, errors: &mut Errors) {
    if target != Target::Alone {
        errors.push(
            Code::MisplacedOption,
            key,
            "`associated` is for a fn that has the attribute on its own",
            "remove `associated`: a block knows its fns",
        );
    }
}

/// A blocking type has the methods of another type, which stand in its impl blocks.
fn check_type(key: &Ident, target: Target, errors: &mut Errors) {
    if target != Target::Impl {
        errors.push(
            Code::TypeElsewhere,
            key,
            format_args!(
                "`{key}` makes a blocking type from an impl block, and this is {}",
                target.what()
            ),
            format_args!("put `#[sync_wrapper({key} = …)]` on the `impl` of the async type"),
        );
    }
}
