//! Parsing tokens, with little knowledge of their meaning.

pub(crate) mod attribute;
pub(crate) mod block_on;
pub(crate) mod cfg;
pub(crate) mod examples;
pub(crate) mod function;
pub(crate) mod item_kind;
pub(crate) mod span_range;
