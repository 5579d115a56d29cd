//! # SW312, fixed: the runtime outlives the calls
//! Before: `../fail/sw312_temporary_runtime.rs`.

use std::sync::LazyLock;
use sync_twin::sync_wrapper;
use tokio::runtime::Runtime;

static RT: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

#[sync_wrapper(runtime = RT)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
