//! What a thread has left in a runtime of its own is driven, whenever that thread comes back and goes.
//!
//! Each of these models shows, whatever else it is about, that the thread that calls returns; that there are never two
//! drivers, and a driver sees all that the one before it has done; and that a keeper drives when the caller has gone. No
//! caller drives then, so the steward has neither lost the seat nor given it a keeper that was not needed.

use crate::check::Explore::Preemptions;
use crate::check::{Explore, check};
use crate::clock;
use crate::park::deferred::Deferring;
use crate::park::parker::Parker;
use crate::runtime::{Io, Over, Runtime};
use crate::seat::{Seat, Sleep};
use crate::steward::{Kept, Steward, Ward};
use crate::sync::unpoisoned;
use loom::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Some that passes at any time.
const SOME_TIME: Duration = Duration::from_millis(1);

/// The seat of a thread's runtime.
struct Own {
    seat: Seat,
    ward: Ward,
}

impl Kept for Own {
    fn seat(&self) -> &Seat {
        &self.seat
    }

    fn ward(&self) -> &Ward {
        &self.ward
    }
}

/// One such runtime, the steward, and a thread that can be its keeper.
struct Household {
    own: Arc<Own>,
    runtime: Runtime,
    steward: Arc<Steward<Own>>,
    /// The steward's.
    parker: Parker,
    /// The keeper's, when it has nothing to keep.
    idle: Parker,
    /// What it is to keep next.
    job: Mutex<Option<Arc<Own>>>,
}

type Caller = fn(&Household);

impl Household {
    fn new() -> Rc<Self> {
        let parker = Parker::new();
        let steward = Arc::new(Steward::new(parker.waker().clone()));
        let own = Arc::new_cyclic(|own| Own {
            seat: Seat::new(steward.bell(own.clone())),
            ward: Ward::new(Parker::new()),
        });
        Rc::new(Household {
            own,
            runtime: Runtime::new(),
            steward,
            parker,
            idle: Parker::new(),
            job: Mutex::new(None),
        })
    }

    /// Runs the callers one after the other, as the owners of one runtime are, beside the steward and the keeper.
    fn serve(self: &Rc<Self>, callers: &[Caller]) {
        let spawn = |run: Caller| {
            let household = Rc::clone(self);
            thread::spawn(move || run(&household))
        };
        let steward = spawn(Household::look_after);
        let keeper = spawn(Household::keep);
        self.steward.ring(&self.own);
        for call in callers {
            call(self);
        }
        assert!(!self.own.seat.has_callers());
        clock::start();
        // Whoever drives next ends with that, and only the keeper can.
        self.runtime.end();
        keeper.join().expect("it does not panic");
        assert!(self.own.seat.is_kept());
        self.steward.close();
        steward.join().expect("it does not panic");
    }

    /// The steward's life.
    fn look_after(&self) {
        let rest = |has_listed: bool| {
            if has_listed {
                return !self.parker.park_timeout(SOME_TIME);
            }
            self.parker.park();
            false
        };
        self.steward.run(rest, |own| {
            let before = unpoisoned(&self.job).replace(own);
            assert!(before.is_none(), "it has a keeper already");
            self.idle.waker().wake_by_ref();
        });
    }

    /// The keeper's life.
    fn keep(&self) {
        let keep = || {
            loop {
                self.idle.park();
                let job = unpoisoned(&self.job).take();
                if let Some(own) = job {
                    self.steward.keep(&own, || self.drive(own.ward.parker()));
                }
            }
        };
        let end: Result<(), _> = catch_unwind(AssertUnwindSafe(keep));
        assert!(end.expect_err("it does not return").is::<Over>());
    }

    /// As `Home` does.
    fn drive(&self, parker: &Parker) {
        let _deferring = Deferring::begin();
        parker.drive(|woken| self.runtime.block_on(woken));
    }

    fn wait(&self, parker: &Parker) {
        let seat = &self.own.seat;
        seat.wait(parker, Sleep::UntilWoken, || self.drive(parker));
    }
}

/// Waits for I/O that is finished before the caller waits.
fn call(household: &Household) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    household.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        household.wait(&parker);
    }
}

/// Waits for a thread that drives nothing, so the steward may find the caller in its seat for long.
fn call_elsewhere(household: &Household) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    let other = {
        let io = Arc::clone(&io);
        thread::spawn(move || io.complete())
    };
    while !io.is_done() {
        household.wait(&parker);
    }
    other.join().expect("it does not panic");
}

/// Waits, and may not drive.
fn call_beside(household: &Household) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    household.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        household.own.seat.wait_beside(&parker, Sleep::UntilWoken);
    }
}

/// Waits so often in a row that the next one to find a keeper in the seat claims it.
fn call_often(household: &Household) {
    let parker = Parker::new();
    for _ in 0..10 {
        household.own.seat.wait(&parker, Sleep::Briefly, || ());
    }
    call(household);
}

fn are_served(explore: Explore, callers: &'static [Caller]) {
    check(explore, || Household::new().serve(callers));
}

fn are_served_after_looks(looks: usize, explore: Explore, callers: &'static [Caller]) {
    check(explore, move || {
        clock::stop_after(looks);
        Household::new().serve(callers);
    });
}

#[test]
fn an_owner_that_calls() {
    are_served(Preemptions(2), &[call]);
    are_served(Preemptions(2), &[call, call]);
}

/// It needs nobody but itself.
#[test]
fn an_owner_that_calls_while_nobody_looks() {
    are_served_after_looks(0, Preemptions(3), &[call, call]);
}

/// It rings when it leaves, and the steward looks after the seat again.
#[test]
fn an_owner_that_is_watched() {
    are_served(Preemptions(2), &[call_elsewhere]);
    are_served_after_looks(3, Preemptions(1), &[call_elsewhere, call]);
}

/// The keeper comes at once, without a look.
#[test]
fn an_owner_that_must_not_drive() {
    are_served(Preemptions(1), &[call_beside]);
    are_served_after_looks(0, Preemptions(2), &[call_beside]);
    are_served(Preemptions(1), &[call, call_beside]);
}

/// The keeper leaves the seat, and comes again.
#[test]
fn an_owner_that_claims_its_seat() {
    are_served(Preemptions(1), &[call_often]);
    are_served(Preemptions(1), &[call_often, call]);
}
