//! # SW306, fixed: a raw identifier can be a keyword
//! Before: `../fail/sw306_invalid_name.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = r#fn)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(r#fn(7), "user 7");
}
