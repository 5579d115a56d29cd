//! # Likely: a method of a blocking type returns an async type that has a blocking type, too
//! Without this warning, the first error would be about an `.await` in sync code.
//! Fix: name both types in the options of the block: `map(Transaction = BlockingTransaction)`.

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
