//! # SW416, fixed: the fn returns a `Result`
//! Before: `../fail/sw416_flatten_without_result.rs`.

use std::io;
use std::time::Duration;
use sync_twin::sync_wrapper;

#[sync_wrapper(timeout = Duration::from_secs(5), flatten)]
async fn load(id: u64) -> io::Result<String> {
    Ok(format!("user {id}"))
}

fn main() {
    assert_eq!(load_sync(7).unwrap(), "user 7");
}
