//! Which runtime a call's future lives on, as far as the user chooses it.

pub(crate) mod flavor;
pub(crate) mod lend;
