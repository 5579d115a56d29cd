//! Who waits in the home runtime is served, whoever else comes and goes.
//!
//! Each of these models shows, whatever else it is about, that every caller returns; that there are never two drivers,
//! and a driver sees all that the one before it has done; that there is a driver after [a few looks](crate::world); and that
//! the home thread drives again when the callers have gone, and so has left whatever it slept in.

use crate::check::Explore::Preemptions;
use crate::check::{Explore, check};
use crate::clock;
use crate::park::parker::Parker;
use crate::seat::{Seat, Sleep};
use crate::world::{
    Caller, HONOURED, World, call, call_beside, call_briefly, call_elsewhere, call_from_the_seat,
    call_inside, call_slowly, call_twice, call_yielding,
};
use loom::thread;
use std::sync::Arc;
use std::task::Waker;

fn are_served(explore: Explore, callers: &'static [Caller]) {
    check(explore, || World::new().serve(callers));
}

/// Nobody has to wait for the home thread to look.
fn are_served_at_once(explore: Explore, callers: &'static [Caller]) {
    are_served_after_looks(0, explore, callers);
}

/// Nobody has to wait for the home thread to look again, whatever it has found.
fn are_served_after_looks(looks: usize, explore: Explore, callers: &'static [Caller]) {
    check(explore, move || {
        clock::stop_after(looks);
        World::new().serve(callers);
    });
}

fn are_served_after(
    before: impl Fn(&World) + Send + Sync + 'static,
    explore: Explore,
    callers: &'static [Caller],
) {
    check(explore, move || {
        let world = World::new();
        before(&world);
        world.serve(callers);
    });
}

/// The seat goes to and fro between a caller and the home thread, which may watch the caller or find it gone.
#[test]
fn a_lone_caller() {
    are_served(Preemptions(5), &[call]);
    are_served(Preemptions(4), &[call_twice]);
}

/// Whoever finds the seat taken is not forgotten by who leaves it.
#[test]
fn two_callers() {
    are_served(Preemptions(2), &[call, call]);
    are_served_at_once(Preemptions(3), &[call, call]);
    are_served_after_looks(1, Preemptions(2), &[call, call]);
    are_served_after_looks(1, Preemptions(2), &[call_slowly, call]);
    are_served(Preemptions(2), &[call, call_twice]);
    are_served_at_once(Preemptions(2), &[call, call_twice]);
}

#[test]
fn three_callers() {
    are_served(Preemptions(1), &[call, call, call]);
    are_served_at_once(Preemptions(2), &[call, call, call]);
}

/// The home thread sleeps while a caller does so in the seat.
#[test]
fn a_caller_that_waits_for_long() {
    are_served(Preemptions(4), &[call_slowly]);
    are_served(Preemptions(2), &[call_slowly, call]);
    are_served_at_once(Preemptions(2), &[call_slowly, call]);
}

/// The wake-up finds the caller wherever it is: about to sit down, in the seat, parked.
#[test]
fn a_caller_that_others_wake() {
    are_served(Preemptions(3), &[call_elsewhere]);
    are_served(Preemptions(2), &[call_elsewhere, call]);
    are_served_at_once(Preemptions(2), &[call_elsewhere, call]);
}

/// A caller that never sleeps still lets the runtime have its turns: it drives, or leaves it to the home thread.
#[test]
fn a_caller_that_wakes_itself() {
    are_served(Preemptions(4), &[call_yielding]);
    are_served(Preemptions(2), &[call_yielding, call]);
    are_served_at_once(Preemptions(2), &[call_yielding, call]);
    are_served_after(World::wait_in_a_row, Preemptions(2), &[call_yielding]);
}

/// The home thread drives for a caller that must not, unless another caller does.
#[test]
fn a_caller_that_must_not_drive() {
    are_served(Preemptions(4), &[call_beside]);
    are_served(Preemptions(2), &[call_beside, call]);
    are_served_at_once(Preemptions(2), &[call_beside, call]);
    are_served(Preemptions(2), &[call_beside, call_beside]);
}

/// A caller that does not sleep to the end of its wait leaves others with a driver, too.
#[test]
fn a_caller_that_sleeps_briefly() {
    are_served(Preemptions(4), &[call_briefly]);
    are_served(Preemptions(2), &[call_briefly, call]);
    are_served_at_once(Preemptions(2), &[call_briefly, call]);
}

/// A panic leaves the seat to others.
#[test]
fn a_caller_that_panics_in_the_seat() {
    are_served(Preemptions(4), &[call_inside]);
    are_served(Preemptions(2), &[call_inside, call]);
    are_served_at_once(Preemptions(2), &[call_inside, call]);
}

/// A caller that has long been alone gets the seat from the home thread.
#[test]
fn a_claim() {
    are_served_after(World::wait_in_a_row, Preemptions(2), &[call_slowly]);
    assert_ne!(HONOURED.get(), 0);
}

/// Nothing else wakes a caller that waits for the seat.
#[test]
fn a_claim_that_must_be_honoured() {
    are_served_after(World::wait_in_a_row, Preemptions(3), &[call_from_the_seat]);
}

/// Nobody is forgotten when the home thread leaves the seat to one of them.
#[test]
fn a_claim_among_others() {
    are_served_after(World::wait_in_a_row, Preemptions(2), &[call_slowly, call]);
    assert_ne!(HONOURED.get(), 0);
}

/// The home thread may leave the seat to a caller that is gone by then.
#[test]
fn a_claim_that_is_not_taken_up() {
    are_served_after(World::wait_in_a_row, Preemptions(2), &[call_twice]);
    are_served_after(World::wait_in_a_row, Preemptions(2), &[call_elsewhere]);
}

/// A panic leaves the count of those who wait right, or nobody would ever be alone again.
#[test]
fn a_claim_after_a_panic() {
    let before = |world: &World| {
        world.panic_in_the_seat();
        world.wait_in_a_row();
    };
    are_served_after(before, Preemptions(2), &[call_slowly]);
    assert_ne!(HONOURED.get(), 0);
}

/// The list of those who sleep for long does not grow.
#[test]
fn a_caller_that_has_slept_leaves_nothing() {
    check(Explore::All, || {
        let (seat, parker) = (Seat::new(Waker::noop().clone()), Parker::new());
        let waker = parker.waker().clone();
        let other = thread::spawn(move || waker.wake());
        seat.wait_beside(&parker, Sleep::UntilWoken);
        other.join().expect("it does not panic");
        assert_eq!(parker.other_wakers(), 0);
    });
}

/// When nobody can drive any more, neither a caller nor the home thread sleeps on.
#[test]
fn a_seat_that_is_closed_lets_everybody_go() {
    fn close_while(wait: fn(&Seat, &Parker)) {
        let keeper = Parker::new();
        let seat = Arc::new(Seat::new(keeper.waker().clone()));
        let kept = {
            let seat = Arc::clone(&seat);
            thread::spawn(move || {
                // Whoever drives is sent away by the driver's panic.
                let drive = || {
                    while !seat.is_closed() {
                        thread::yield_now();
                    }
                };
                seat.keep(&keeper, drive);
            })
        };
        let caller = {
            let seat = Arc::clone(&seat);
            thread::spawn(move || {
                let parker = Parker::new();
                while !seat.is_closed() {
                    wait(&seat, &parker);
                }
            })
        };
        seat.close();
        caller.join().expect("it does not panic");
        kept.join().expect("it does not panic");
    }
    check(Explore::Preemptions(2), || {
        close_while(|seat, parker| seat.wait_beside(parker, Sleep::UntilWoken));
    });
    // One that may take the seat, and is sent away by the driver's panic as the home thread is.
    check(Explore::Preemptions(2), || {
        close_while(|seat, parker| {
            seat.wait(parker, Sleep::UntilWoken, || {
                while !seat.is_closed() {
                    thread::yield_now();
                }
            });
        });
    });
}

/// The home thread may be asleep in the runtime, where only a wake-up finds it.
#[test]
fn a_seat_that_is_closed_is_left_by_the_home_thread() {
    check(Explore::Preemptions(3), || World::new().close());
}
