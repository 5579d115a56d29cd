//! What calls need of a stack, in a debug build too. An overflow kills the process, so each has its own.

use crate::child::alone;
use crate::echo::double;
use std::hint::black_box;
use std::thread;
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::task::yield_now;

const LEVELS: u32 = 300;

/// Sync code that calls, and is called.
fn descend(levels: u32, call: fn(u32) -> u32) -> u32 {
    match levels {
        0 => 0,
        _ => call(levels - 1) + 1,
    }
}

#[sync_wrapper]
async fn level(levels: u32) -> u32 {
    yield_now().await;
    let n = descend(levels, level_sync);
    yield_now().await;
    n
}

#[sync_wrapper(isolation = "never")]
async fn level_in_place(levels: u32) -> u32 {
    yield_now().await;
    let n = descend(levels, level_in_place_sync);
    yield_now().await;
    n
}

#[sync_wrapper(isolation = "always")]
async fn level_isolated(levels: u32) -> u32 {
    yield_now().await;
    descend(levels, level_isolated_sync)
}

/// On a thread with as much stack as the main thread has.
fn on_a_main_like_thread(place: Place, call: fn(u32) -> u32) {
    let n = thread::Builder::new()
        .stack_size(8 << 20)
        .spawn(move || place.run(move || descend(LEVELS, call)))
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(n, LEVELS);
}

/// `Runtime::block_on` panics at the second level.
#[test]
fn three_hundred_levels_on_a_plain_thread() {
    alone("stacks::three_hundred_levels_on_a_plain_thread", || {
        on_a_main_like_thread(Place::Plain, level_sync);
        on_a_main_like_thread(Place::Plain, level_in_place_sync);
    });
}

/// The recipe panics.
#[test]
fn three_hundred_levels_in_place_on_a_driver() {
    alone("stacks::three_hundred_levels_in_place_on_a_driver", || {
        on_a_main_like_thread(Place::Driver, level_in_place_sync);
    });
}

/// The second level is on an isolation thread, and so are all below. The recipe panics.
#[test]
fn three_hundred_levels_from_a_driver() {
    alone("stacks::three_hundred_levels_from_a_driver", || {
        on_a_main_like_thread(Place::Driver, level_sync);
    });
}

/// On the 2 MiB that a worker has. The recipe works there, too.
#[test]
fn three_hundred_levels_on_a_worker() {
    alone("stacks::three_hundred_levels_on_a_worker", || {
        on_a_main_like_thread(Place::OneWorker, level_sync);
    });
}

/// Each on a thread of its own.
#[test]
fn three_hundred_isolated_levels() {
    alone("stacks::three_hundred_isolated_levels", || {
        for place in PLACES {
            on_a_main_like_thread(place, level_isolated_sync);
        }
    });
}

/// A large future, of the kind that a state machine with a buffer in it is.
async fn large() -> u32 {
    let buffer = [1_u8; 100 << 10];
    let doubled = double(21).await;
    black_box(&buffer);
    doubled
}

#[sync_wrapper]
async fn large_twin() -> u32 {
    large().await
}

/// `Runtime::block_on` boxes large futures, and works.
#[test]
fn a_future_of_100_kib_on_a_stack_of_2_mib() {
    alone("stacks::a_future_of_100_kib_on_a_stack_of_2_mib", || {
        for place in PLACES {
            thread::Builder::new()
                .stack_size(2 << 20)
                .spawn(move || {
                    place.run(|| {
                        assert_eq!(block_on(large()), 42);
                        assert_eq!(large_twin_sync(), 42);
                    });
                })
                .unwrap()
                .join()
                .unwrap();
        }
    });
}
