//! # SW506, fixed: a trait knows its fns
//! Before: `../rustc/sw506_lone_provided.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
trait Store {
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

impl Store for u8 {}

fn main() {
    assert_eq!(u8::version_sync(2), "v2");
}
