//! Threads that have nothing to do with tokio.

use std::thread;
use sync_twin_tests::harness::call::Call;

pub(crate) fn thread(call: Call) {
    call.run();
}

pub(crate) fn scoped_thread(call: Call) {
    thread::scope(|scope| {
        scope.spawn(|| call.run());
    });
}

pub(crate) fn rayon_worker(call: Call) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    pool.install(|| call.run());
}

/// Each side may run on either worker, and one may run below the other on the same stack.
pub(crate) fn both_sides_of_a_rayon_join(call: Call) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    pool.install(|| rayon::join(|| call.run(), || call.run()));
}
