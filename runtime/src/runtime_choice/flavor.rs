//! The flavors as generated code names them.

pub(crate) use crate::settings::Flavor;

/// `flavor = "auto"`, which is the default.
#[must_use]
pub fn auto() -> Flavor {
    Flavor::Auto
}

/// `flavor = "current_thread"`
#[must_use]
pub fn current_thread() -> Flavor {
    Flavor::CurrentThread
}

/// `flavor = "multi_thread"`
#[must_use]
pub fn multi_thread() -> Flavor {
    Flavor::MultiThread
}

/// `flavor = "per_thread"`
#[must_use]
pub fn per_thread() -> Flavor {
    Flavor::PerThread
}
