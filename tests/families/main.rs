//! Families of blocking types: an async library as there are many, and its blocking twin, made inside it and around it.

#![deny(warnings)]

mod both;
pub mod outside;
#[path = "../items/places.rs"]
pub mod places;

/// The twin that the library has itself.
mod inside_the_library {
    crate::both::tests!(sync_twin_tests_library::blocking);
}

/// The one that another crate makes around it.
mod around_the_library {
    crate::both::tests!(crate::outside);
}

use places::in_every_place as everywhere;
