//! Names in `skip(…)` and `only(…)`: whether the block has such items.

use crate::error::{Code, Errors};
use crate::item::block::Block;
use crate::item::member::Member;
use crate::options::{Options, same};
use crate::spelling::nearest;
use syn::ext::IdentExt as _;

/// Checks the names that the options of a block give, against what is in it, and what will `also` be in it.
pub(crate) fn check(block: &Block, options: &Options, also: &[&str], errors: &mut Errors) {
    if options.selected().next().is_none() {
        return;
    }
    let names: Vec<_> = block.members.iter().filter_map(Member::name).collect();
    // What is half-typed may become one.
    if block.is_finished() {
        let known: Vec<_> = names.iter().map(|name| name.unraw().to_string()).collect();
        let known: Vec<_> = known
            .iter()
            .map(String::as_str)
            .chain(also.iter().copied())
            .collect();
        let unknown = options
            .selected()
            .filter(|name| !known.iter().any(|one| name.unraw() == one));
        for name in unknown {
            errors.push(
                Code::UnknownItem,
                name,
                format_args!("there is no `{name}` in this block"),
                match nearest(&name.to_string(), &known) {
                    Some(right) => format!("did you mean `{right}`?"),
                    None => format!("remove `{name}`, or write the name of a fn in the block"),
                },
            );
        }
    }
    for name in options.skipped() {
        let is_it = |member: &&Member| member.name().is_some_and(|one| same(&one, name));
        let mut members = block.members.iter().filter(is_it);
        if members.any(|member| !member.own.is_empty()) {
            errors.push(
                Code::MisplacedOption,
                name,
                format_args!("`{name}` is left out here, but has an attribute of its own"),
                format_args!("remove `{name}` here, or the attribute there"),
            );
        }
    }
}
