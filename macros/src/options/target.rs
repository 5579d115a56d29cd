//! Which options may be where.

use super::fields::check_places;
use super::{Key, Options, Skip};
use crate::error::{Code, Errors};
use proc_macro2::Ident;

/// Where an attribute is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// On a fn, without an attribute around it.
    Alone,
    /// On a fn inside a block that has the attribute, too.
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

/// Where an option may be. Each says something about one kind of item, or about a few.
#[derive(Clone, Copy)]
pub(super) enum On {
    /// On a fn, or on a block as the default for what is in it.
    Any,
    /// `or` names an alternative for a block.
    OneFn { or: &'static str },
    /// The same, but not where `extend` is: it may be about what is declared.
    Attributed,
    /// On an impl block beside which there is another one, or on a module that contains some.
    ImplBlock,
    /// On a fn without an attribute around it: a block knows its fns.
    LoneFn,
    /// Inside a block with the attribute, to leave the item out; on a block with names, to leave out those.
    InsideBlock,
    /// On a block, about what is in it.
    Block,
    /// Inside a block with the attribute, about what that passes on.
    Member,
    /// On an impl block, from which a blocking type has its methods.
    Impl,
    /// On a trait.
    Trait,
    /// Beside `trait`.
    BlockingTrait,
    /// Beside `type`, `extend` or `trait`.
    Facade,
    /// Beside `type`, which declares one.
    Declaration,
    /// The same, and beside `extend`, to name what is declared.
    Fields,
    /// Beside `type`, about the end of what it declares.
    Closed,
}

impl On {
    /// As the table of `docs/options.md` has it.
    #[cfg(test)]
    pub(super) fn documented(self) -> &'static [&'static str] {
        match self {
            On::Any | On::Attributed => &["all"],
            On::ImplBlock => &["an impl block"],
            On::OneFn { .. } => &["a fn"],
            On::LoneFn => &["a fn alone"],
            On::InsideBlock => &["inside a block", "a block"],
            On::Block => &["a block"],
            On::Member => &["inside a block"],
            On::Impl | On::Declaration | On::Fields | On::Closed => &["an impl block"],
            On::Trait | On::BlockingTrait => &["a trait"],
            On::Facade => &["an impl block or a trait"],
        }
    }

    /// Reports `key` where it may not be.
    fn check(
        self,
        key: &Ident,
        target: Target,
        inside: bool,
        options: &Options,
        errors: &mut Errors,
    ) {
        let what = target.what();
        match self {
            On::OneFn { or } if !target.is_fn() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is for one fn, and {what} may have many"),
                format_args!("write `#[sync_wrapper({key} = …)]` on the fn inside{or}"),
            ),
            On::Attributed if options.key(Key::Extend).is_some() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` would be about the blocking type, but another block declares it"),
                format_args!("move `{key}(…)` to the block with `type`; `impl_attrs(…)` is about this one"),
            ),
            On::ImplBlock if target.is_fn() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is for the impl block of twins, but this is {what}"),
                format_args!("write `attrs(…)`, which is for the twin"),
            ),
            On::ImplBlock if target == Target::Trait && !options.names_type() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is for the impl block of twins, but those of a trait are in the trait"),
                format_args!("remove `{key}`"),
            ),
            On::LoneFn if target != Target::Alone => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is for a fn that has the attribute on its own"),
                format_args!("remove `{key}`: a block knows its fns"),
            ),
            On::InsideBlock if matches!(options.skip, Some(Skip::Named(_))) => {
                On::Block.check(key, target, inside, options, errors);
            }
            On::InsideBlock if !inside => errors.push(
                Code::SkipAlone,
                key,
                format_args!(
                    "`{key}` leaves an item out of a block with `#[sync_wrapper]`, but this is not in such a block"
                ),
                match target.is_fn() {
                    true => String::from("remove the attribute"),
                    false => format!("name what to leave out, as in `{key}(connect)`, or remove the attribute"),
                },
            ),
            On::Block if target.is_fn() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}(…)` names items of a block, but this is {what}"),
                match inside && key == "skip" {
                    true => format!("write just `{key}` to leave this fn out"),
                    false => format!("remove `{key}(…)`"),
                },
            ),
            On::Member if !inside => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` takes back what a block passes on, but this is not in such a block"),
                format_args!("remove `{key}`"),
            ),
            On::Trait if target != Target::Trait => errors.push(
                Code::TypeElsewhere,
                key,
                format_args!("`{key}` makes a blocking trait from a trait, but this is {what}"),
                format_args!("put `#[sync_wrapper({key} = …)]` on the async trait"),
            ),
            On::BlockingTrait if options.key(Key::Trait).is_none() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` says which types implement a blocking trait, but there is no `trait`"),
                format_args!("write `#[sync_wrapper(trait = BlockingStore, {key}(…))]` on a trait"),
            ),
            // The type of all implementors of a trait.
            On::Impl if target == Target::Trait && key == "type" => {}
            On::Impl if target != Target::Impl => errors.push(
                Code::TypeElsewhere,
                key,
                format_args!(
                    "`{key}` makes a blocking type from an impl block, but this is {what}"
                ),
                format_args!("put `#[sync_wrapper({key} = …)]` on the `impl` of the async type"),
            ),
            On::Facade if !options.names_beside_trait() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is for a block that a blocking type is made from, but there is no `type`"),
                format_args!("write `#[sync_wrapper(type = BlockingClient, {key})]`, with the name of the blocking type"),
            ),
            On::Fields if options.names_type() => {
                let fields = options.fields.as_deref().unwrap_or_default();
                check_places(fields, options.key(Key::Type).is_some(), errors);
            }
            On::Closed if options.key(Key::Type).is_none() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is about the `Drop` of the type that `type` declares, but there is no `type`"),
                match options.key(Key::Extend) {
                    Some(_) => format!("put `{key}` and the method into the block that declares the type"),
                    None => format!("write `#[sync_wrapper(type = BlockingClient, {key} = …)]` on an `impl`, or `sync_twin::closing(…)` around a value"),
                },
            ),
            On::Closed if options.key(Key::Close).is_none() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` limits what `close` names, but there is no `close`"),
                format_args!("add `close = …` with the name of the method, or remove `{key}`"),
            ),
            On::Declaration | On::Fields if options.key(Key::Type).is_none() => errors.push(
                Code::MisplacedOption,
                key,
                format_args!("`{key}` is for the type that `type` declares, but there is no `type`"),
                format_args!("add `type = …`, or put `#[{key}(…)]` on your own type"),
            ),
            _ => {}
        }
    }
}

impl Options {
    /// Checks where the options are, and how they combine. `inside` a block with the attribute, any item may be skipped.
    pub(crate) fn check_target(&self, target: Target, inside: bool, errors: &mut Errors) {
        for (key, ident) in &self.given {
            let on = key.row().on;
            on.check(ident, target, inside, self, errors);
        }
        self.check_affixes(errors);
        self.check_names_of_type(errors);
        self.check_runtime_choice(errors);
        self.check_one_type(errors);
        self.check_unset(errors);
        self.check_selection(errors);
        self.check_close(errors);
        if target == Target::Alone {
            self.check_flatten(errors);
        }
    }

    /// Two lists may contradict each other.
    fn check_selection(&self, errors: &mut Errors) {
        if let (Some(skip), Some(_)) = (self.key(Key::Skip), self.key(Key::Only)) {
            errors.push(
                Code::MisplacedOption,
                skip,
                "`only` names all that is to have twins, so there is nothing to skip",
                "remove `skip` or `only`",
            );
        }
    }

    /// A `name` is the whole name.
    fn check_affixes(&self, errors: &mut Errors) {
        let affix = self.key(Key::Prefix).or_else(|| self.key(Key::Suffix));
        if let (Some(name), Some(affix)) = (&self.name, affix) {
            errors.push(
                Code::NameWithAffix,
                affix,
                format_args!("`{affix}` adds to a name, but `name = {name}` gives the whole name"),
                format_args!("remove `{affix}` or `name`"),
            );
        }
    }

    /// The methods of a blocking type have the names of the async type's methods.
    fn check_names_of_type(&self, errors: &mut Errors) {
        let affix = self.key(Key::Prefix).or_else(|| self.key(Key::Suffix));
        let ty = self.key(Key::Type).or_else(|| self.key(Key::Extend));
        if let (Some(affix), Some(ty)) = (affix, ty) {
            errors.push(
                Code::MisplacedOption,
                affix,
                format_args!(
                    "with `{ty}` the methods keep their names, but `{affix}` would change them"
                ),
                format_args!("remove `{affix}`"),
            );
        }
    }

    /// A call runs in one runtime.
    fn check_runtime_choice(&self, errors: &mut Errors) {
        if let (Some(flavor), Some(_)) = (self.key(Key::Flavor), self.key(Key::Runtime)) {
            errors.push(
                Code::FlavorWithRuntime,
                flavor,
                "`flavor` chooses one of sync-twin's runtimes, but `runtime` gives one of yours",
                "remove `flavor` or `runtime`",
            );
        }
    }

    /// What an item gives itself does not come from its block.
    fn check_unset(&self, errors: &mut Errors) {
        for unset in self.unset.iter().flatten() {
            if let Some(given) = self.key(unset.key) {
                errors.push(
                    Code::MisplacedOption,
                    given,
                    format_args!(
                        "`{given}` is given here, but `unset` takes that of the block back"
                    ),
                    format_args!("remove `{given}` here, or in `unset(…)`"),
                );
            }
        }
    }

    /// A type is declared by one block and extended by the others.
    fn check_one_type(&self, errors: &mut Errors) {
        let (Some(_), Some(extend)) = (self.key(Key::Type), self.key(Key::Extend)) else {
            return;
        };
        errors.push(
            Code::MisplacedOption,
            extend,
            "`type` declares a blocking type, but `extend` adds to one that another block declares",
            "remove `type` or `extend`",
        );
    }
}
