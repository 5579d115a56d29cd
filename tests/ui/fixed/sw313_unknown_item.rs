//! # SW313, fixed: the list names what is in the block
//! Before: `../fail/sw313_unknown_item.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(skip(connect))]
impl Client {
    async fn connect() -> Client {
        Client
    }

    async fn id(&self) -> u8 {
        1
    }
}

fn main() {
    let client = sync_twin::block_on(Client::connect());
    assert_eq!(client.id_sync(), 1);
}
