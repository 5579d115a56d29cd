//! Working with other attributes.

pub(crate) mod async_trait;
pub(crate) mod trait_variant;
