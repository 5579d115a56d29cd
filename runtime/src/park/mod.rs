//! How a blocked thread waits to be woken.

pub(crate) mod deferred;
pub(crate) mod parker;
#[cfg(test)]
mod tests;
