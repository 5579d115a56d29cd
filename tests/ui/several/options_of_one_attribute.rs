//! # Several at once: every mistake in one list of options
//! No mistake hides the ones after it: one build reports all five.

use sync_twin::sync_wrapper;

#[sync_wrapper(nmae = load_blocking, isolation = "allways", crate = self::twins, name, "load")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
