//! A pool of threads waits for itself.

use crate::call_at;
use crate::told::is_told;
use std::sync::Arc;
use sync_twin::{block_on, to_thread};

const OTHERS: &str =
    "start what it waits for on threads that this call does not need, such as a pool of its own";

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool")
}

/// The only thread of the pool waits for a future that needs that thread.
#[test]
fn a_rayon_pool_that_waits_for_itself() {
    is_told(
        "pools::a_rayon_pool_that_waits_for_itself",
        &[
            &call_at!("// stalls"),
            "outside any runtime",
            "thread pool (rayon's, for one) that waits for this thread",
            OTHERS,
        ],
        || {
            let pool = Arc::new(pool(1));
            let same = Arc::clone(&pool);
            pool.install(|| block_on(to_thread(move || same.install(|| 1)))); // stalls
        },
    );
}

/// Each of two pools waits for the other one.
#[test]
fn two_pools_that_wait_for_each_other() {
    is_told(
        "pools::two_pools_that_wait_for_each_other",
        &[&call_at!("// stalls"), OTHERS, "also blocked: "],
        || {
            let (left, right) = (Arc::new(pool(1)), Arc::new(pool(1)));
            let back = Arc::clone(&left);
            let there = Arc::clone(&right);
            left.install(|| {
                let in_right = move || block_on(to_thread(move || back.install(|| 1)));
                block_on(to_thread(move || there.install(in_right))) // stalls
            });
        },
    );
}
