//! A future that is ready at once costs its caller no allocation, in any place that may wait.
//!
//! `Runtime::block_on` and the recipe allocate nothing either, where they work.

use crate::child::alone;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::places::PLACES;

/// Counts what the calling thread allocates.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends allocates, too.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: it is the system's allocator. To count takes a thread-local that neither allocates nor has a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps to the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; it comes from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[sync_wrapper]
async fn add(left: &u32, right: u32) -> u32 {
    left + right
}

#[sync_wrapper(isolation = "never")]
async fn add_in_place(left: &u32, right: u32) -> u32 {
    left + right
}

fn by_block_on(left: &u32, right: u32) -> u32 {
    block_on(add(left, right))
}

type Add = fn(&u32, u32) -> u32;

/// How much a hundred calls allocate, after one that makes what a thread makes once.
fn allocations_of(call: Add) -> usize {
    assert_eq!(call(&20, 22), 42);
    let before = ALLOCATIONS.get();
    for n in 0..100 {
        black_box(call(black_box(&n), n));
    }
    ALLOCATIONS.get() - before
}

/// The scheduler's list may grow on a driver, once, by what a look puts there.
const ON_A_DRIVER: usize = 1;

#[test]
fn a_future_that_is_ready_allocates_nothing() {
    alone("ready::a_future_that_is_ready_allocates_nothing", || {
        sync_twin::start().unwrap();
        let calls: [(&str, Add); 3] = [
            ("auto", add_sync),
            ("in place", add_in_place_sync),
            ("block_on", by_block_on),
        ];
        for place in PLACES {
            for (name, call) in calls {
                // That one goes to another thread.
                if place.drives() && name == "auto" {
                    continue;
                }
                let most = if place.drives() { ON_A_DRIVER } else { 0 };
                let allocations = place.run(move || allocations_of(call));
                assert!(allocations <= most, "{place:?}, {name}: {allocations}");
            }
        }
    });
}

/// An allocation is counted, and the test above could fail.
#[test]
fn an_allocation_is_seen() {
    fn boxes(left: &u32, right: u32) -> u32 {
        block_on(async { *black_box(Box::new(left + right)) })
    }
    assert!(allocations_of(boxes) >= 100);
}
