//! # SW505, fixed: `associated` says that the fn belongs to a type
//! Before: `../rustc/sw505_lone_associated.rs`.

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
