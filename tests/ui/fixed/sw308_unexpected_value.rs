//! # SW308, fixed: the option has no value
//! Before: `../fail/sw308_unexpected_value.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(associated)]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

fn main() {
    assert_eq!(Client::version_sync(2), "v2");
}
