//! # SW508, fixed: the map names both types
//! Before: `../rustc/sw508_unmapped.rs`.

#![deny(warnings)]

use sync_twin::sync_wrapper;

struct Client {
    commits: u8,
}

#[sync_wrapper(type = BlockingClient, map(Transaction = BlockingTransaction))]
impl Client {
    pub async fn transaction(&mut self) -> Transaction<'_> {
        Transaction(self)
    }
}

struct Transaction<'a>(&'a mut Client);

#[sync_wrapper(type = BlockingTransaction)]
impl<'a> Transaction<'a> {
    pub async fn commit(self) -> u8 {
        self.0.commits += 1;
        self.0.commits
    }
}

fn main() {
    let mut client = BlockingClient::from(Client { commits: 6 });
    assert_eq!(client.transaction().commit(), 7);
}
