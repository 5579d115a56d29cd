//! # SW505, fixed: the attribute is on the block, or says `associated`
//! Before: `../rustc/sw505_lone_associated.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

trait Store {
    #[sync_wrapper(associated)]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

impl Store for Client {}

fn main() {
    assert_eq!(Client::version_sync(2), "v2");
    assert_eq!(<Client as Store>::version_sync(3), "v3");
}
