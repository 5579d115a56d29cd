//! # Several at once: every mistake in one list of options
//! A mistake hides none of those after it: one build shows all five.

use sync_twin::sync_wrapper;

#[sync_wrapper(nmae = load_blocking, isolation = "allways", crate = self::twins, name, "load")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
