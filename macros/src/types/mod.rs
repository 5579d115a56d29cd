//! What can be read from types.

pub(crate) mod conversion;
pub(crate) mod family;
pub(crate) mod future;
pub(crate) mod inner_type;
pub(crate) mod lifetime;
pub(crate) mod opaque;
pub(crate) mod polled;
pub(crate) mod self_type;
pub(crate) mod stream;
pub(crate) mod unwrap;
