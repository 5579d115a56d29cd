//! # SW508: a method of a blocking type returns an async type that has a blocking type, too (a warning)
//! Why: what it returns is of use in async code only.
//! Fix: name both types in `map(…)`; see `../fixed/sw508_unmapped.rs`.

#![deny(warnings)]

use sync_twin::sync_wrapper;

pub struct Client;

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn transaction(&mut self) -> Transaction<'_> {
        Transaction(self)
    }
}

pub struct Transaction<'a>(pub &'a mut Client);

#[sync_wrapper(type = BlockingTransaction)]
impl Transaction<'_> {
    pub async fn commit(self) {}
}

fn main() {}
