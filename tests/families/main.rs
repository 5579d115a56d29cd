//! Families of blocking types: an async library as there are many, and its blocking twin, made inside it and around it.

#![deny(warnings)]
#![allow(
    missing_docs,
    reason = "these items are read by nobody but the compiler"
)]

mod beside;
mod both;
pub mod forms;
mod http;
mod lines;
pub mod outside;
mod postgres;
mod readme;
mod threads;

/// The twin that the library has itself.
mod inside_the_library {
    crate::both::tests!(sync_twin_tests_library::blocking);
}

/// The one that another crate makes around it.
mod around_the_library {
    crate::both::tests!(crate::outside);
}

use sync_twin_tests::harness::everywhere::in_every_place as everywhere;

/// A type that contains any implementor of a trait of another crate.
#[test]
fn a_facade_over_any_implementor() {
    everywhere(|| {
        let mut config = sync_twin_tests_library::Config::new();
        let client = sync_twin::block_on(config.host("here").connect()).unwrap();
        let mut any = outside::AnyClient::from(client);
        any.set("a", "1").unwrap();
        let transaction: outside::Transaction<'_> = any.transaction().unwrap();
        assert_eq!(transaction.get("a").unwrap().as_deref(), Some("1"));
        transaction.commit().unwrap();
        let client: sync_twin_tests_library::Client = any.clone().into_inner();
        assert_eq!(client.host(), any.as_async().host());
    });
}
