//! What a thread has left in a runtime of its own is driven, whenever that thread comes back and goes.
//!
//! Each of these models shows, whatever else it is about, that the thread that calls returns; that there are never two
//! drivers, and a driver sees all that the one before it has done; that the seat is on the steward's list no more than once;
//! and that a keeper drives when the caller has gone. No caller drives then, so the steward has neither lost the seat nor given
//! it a keeper that was not needed. When the steward has ended, it holds on to nothing.

use crate::check::Explore::Preemptions;
use crate::check::{Explore, check};
use crate::clock;
use crate::park::deferred::Deferring;
use crate::park::parker::Parker;
use crate::runtime::{Io, Over, Runtime};
use crate::seat::{Found, Looked, Seat, Sleep};
use crate::steward::{Kept, Steward, Ward};
use crate::sync::unpoisoned;
use loom::thread::{self, JoinHandle};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::time::Duration;

/// Some that passes at any time.
const SOME_TIME: Duration = Duration::from_millis(1);

/// The seat of a thread's runtime.
struct Own {
    seat: Seat,
    ward: Ward,
}

thread_local! {
    /// Whether the steward has attended to the seat since it has rested. `None` on other threads.
    static ATTENDED: Cell<Option<bool>> = const { Cell::new(None) };
}

impl Kept for Own {
    fn seat(&self) -> &Seat {
        ATTENDED.with(|attended| {
            if let Some(before) = attended.get() {
                assert!(!before, "it is on the list twice");
                attended.set(Some(true));
            }
        });
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
    /// That of who waits until the steward looks after no seat, and that one is closed.
    forgotten: Parker,
    /// What becomes of the first keeper that is sent, if it does not come.
    failure: Cell<Option<Failure>>,
    /// Tells so later.
    starter: Cell<Option<JoinHandle<()>>>,
    /// A driver has crashed.
    has_crashed: Cell<bool>,
    /// Nobody sends a keeper any more.
    is_over: Cell<bool>,
}

/// When it turns out that there is no thread for a keeper.
#[derive(Clone, Copy)]
enum Failure {
    AtOnce,
    Later,
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
            forgotten: Parker::new(),
            failure: Cell::new(None),
            starter: Cell::new(None),
            has_crashed: Cell::new(false),
            is_over: Cell::new(false),
        })
    }

    /// Runs the callers one after the other, as the owners of one runtime are, beside the steward and the keeper.
    fn serve(self: &Rc<Self>, callers: &[Caller]) {
        self.serve_while(|| {
            for call in callers {
                call(self);
            }
        });
    }

    /// Runs two callers at once, as the owner of a runtime and a thread of one of its tasks are.
    fn serve_both(self: &Rc<Self>, owner: Caller, other: Caller) {
        self.serve_while(|| {
            let other = self.spawn(other);
            owner(self);
            other.join().expect("it does not panic");
        });
    }

    fn spawn(self: &Rc<Self>, run: Caller) -> JoinHandle<()> {
        let household = Rc::clone(self);
        thread::spawn(move || run(&household))
    }

    fn serve_while(self: &Rc<Self>, call: impl FnOnce()) {
        let steward = self.spawn(Household::look_after);
        let keeper = self.spawn(Household::keep);
        self.steward.ring(&self.own);
        call();
        assert!(!self.own.seat.has_callers());
        clock::start();
        // Whoever drives next ends with that, and only the keeper can.
        self.runtime.end();
        keeper.join().expect("it does not panic");
        assert!(self.own.seat.is_kept());
        self.steward.close();
        steward.join().expect("it does not panic");
        if let Some(starter) = self.starter.take() {
            starter.join().expect("it does not panic");
        }
        self.is_let_go();
    }

    /// Runs an owner that crashes in the seat, beside the steward and the keeper, until the steward has forgotten the seat.
    fn crash(self: &Rc<Self>) {
        let steward = self.spawn(Household::look_after);
        let keeper = self.spawn(Household::keep_until_over);
        self.steward.ring(&self.own);
        let parker = Parker::new();
        let wait = || {
            self.own.seat.wait(&parker, Sleep::Briefly, || {
                self.has_crashed.set(true);
                self.own.seat.close();
                resume_unwind(Box::new("crash"));
            });
        };
        // As long as the keeper has the seat, it does not get there.
        while catch_unwind(AssertUnwindSafe(wait)).is_ok() {}
        self.forgotten.park();
        self.end_keeper(keeper);
        self.steward.close();
        steward.join().expect("it does not panic");
        self.is_let_go();
    }

    /// Ends the steward and the keeper, whatever they are at, as a shutdown does.
    fn shut_down(self: &Rc<Self>) {
        let steward = self.spawn(Household::look_after);
        let keeper = self.spawn(Household::keep_until_over);
        self.steward.ring(&self.own);
        self.steward.close();
        self.own.seat.close();
        steward.join().expect("it does not panic");
        self.end_keeper(keeper);
        self.is_let_go();
    }

    fn end_keeper(&self, keeper: JoinHandle<()>) {
        self.is_over.set(true);
        self.idle.waker().wake_by_ref();
        keeper.join().expect("it does not panic");
    }

    /// Nobody has it any more who could keep it from being dropped.
    fn is_let_go(&self) {
        drop(unpoisoned(&self.job).take());
        assert_eq!(Arc::strong_count(&self.own), 1);
    }

    /// The steward's life.
    fn look_after(&self) {
        let rest = |has_listed: bool| {
            ATTENDED.with(|attended| attended.set(Some(false)));
            if has_listed {
                return !self.parker.park_timeout(SOME_TIME);
            }
            if self.own.seat.is_closed() {
                self.forgotten.waker().wake_by_ref();
            }
            self.parker.park();
            false
        };
        self.steward.run(rest, |own| {
            match self.failure.take() {
                Some(Failure::AtOnce) => return self.steward.leave(&own),
                Some(Failure::Later) => {
                    let steward = Arc::clone(&self.steward);
                    let starter = thread::spawn(move || steward.leave(&own));
                    return self.starter.set(Some(starter));
                }
                None => {}
            }
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

    /// The life of a keeper that no runtime ends.
    fn keep_until_over(&self) {
        while !self.is_over.get() {
            let job = unpoisoned(&self.job).take();
            match job {
                Some(own) => self.steward.keep(&own, || self.drive(own.ward.parker())),
                None => self.idle.park(),
            }
        }
    }

    /// As `Home` does.
    fn drive(&self, parker: &Parker) {
        assert!(!self.has_crashed.get(), "it is driven all the same");
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
    wait_in_a_row(household);
    call(household);
}

/// So many waits that the next one claims the seat if the keeper has it.
fn wait_in_a_row(household: &Household) {
    let parker = Parker::new();
    for _ in 0..10 {
        household.own.seat.wait(&parker, Sleep::Briefly, || ());
    }
}

/// As the bell of one that has looked before a keeper was sent.
fn ring_late(household: &Household) {
    household.steward.ring(&household.own);
}

/// Waits until the keeper, if it has the seat, has left that. Nothing else wakes it.
fn call_from_the_seat(household: &Household) {
    let parker = Parker::new();
    let has_driven = Cell::new(false);
    while !has_driven.get() {
        let seat = &household.own.seat;
        seat.wait(&parker, Sleep::UntilWoken, || has_driven.set(true));
    }
}

fn are_served(explore: Explore, callers: &'static [Caller]) {
    check(explore, || Household::new().serve(callers));
}

fn are_served_after_a_row(explore: Explore, callers: &'static [Caller]) {
    check(explore, || {
        let household = Household::new();
        wait_in_a_row(&household);
        household.serve(callers);
    });
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

/// The steward finds it in the seat, and then no more, while a keeper is asked for.
#[test]
fn an_owner_that_is_gone_before_it_is_watched() {
    are_served(Preemptions(1), &[call_elsewhere, call_beside]);
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

/// Nothing but the keeper wakes it.
#[test]
fn an_owner_that_waits_for_its_seat() {
    are_served_after_a_row(Preemptions(2), &[call_from_the_seat]);
}

/// The steward may see to that when the keeper is there, when it is just leaving, or when it has left.
#[test]
fn an_owner_that_rings_late_and_claims_its_seat() {
    are_served_after_a_row(Preemptions(2), &[ring_late, call_from_the_seat]);
    are_served(Preemptions(1), &[call_beside, call_often]);
}

/// The steward sends another.
#[test]
fn a_keeper_that_cannot_be_started() {
    for failure in [Failure::AtOnce, Failure::Later] {
        check(Preemptions(1), move || {
            let household = Household::new();
            household.failure.set(Some(failure));
            household.serve(&[call]);
        });
    }
}

/// The owner drives for the other, or the keeper does, which comes without a look.
#[test]
fn an_owner_and_another_that_must_not_drive() {
    check(Preemptions(1), || {
        Household::new().serve_both(call, call_beside)
    });
    check(Preemptions(1), || {
        clock::stop_after(0);
        Household::new().serve_both(call, call_beside);
    });
}

/// Nobody drives any more, and the steward does not look for ever.
#[test]
fn an_owner_that_crashes() {
    check(Preemptions(2), || Household::new().crash());
}

/// A keeper that drives leaves at once, and one that is on its way does not drive for long.
#[test]
fn a_seat_that_is_closed() {
    check(Preemptions(2), || Household::new().shut_down());
}

/// Who rings meanwhile is not held on to.
#[test]
fn a_steward_that_ends() {
    check(Preemptions(3), || {
        let household = Household::new();
        let steward = household.spawn(Household::look_after);
        let ringing = household.spawn(|household| household.steward.ring(&household.own));
        household.steward.close();
        ringing.join().expect("it does not panic");
        steward.join().expect("it does not panic");
        household.is_let_go();
    });
}

/// Not the seat of a thread that makes one call after the other, wherever that is when the steward looks.
#[test]
fn a_seat_that_nobody_drives() {
    check(Explore::All, || {
        let (seat, parker) = (Seat::new(Waker::noop().clone()), Parker::new());
        let drive = |drive: &dyn Fn()| seat.wait(&parker, Sleep::Briefly, drive);
        let (looked, looked_inside) = (Cell::default(), Cell::default());
        let look = |last: &Cell<Looked>| {
            let mut looked = last.get();
            let found = seat.look(&mut looked);
            last.set(looked);
            found
        };
        assert!(matches!(look(&looked), Found::Busy), "the first look");
        assert!(matches!(look(&looked), Found::Idle));
        drive(&|| assert!(matches!(look(&looked_inside), Found::Busy)));
        assert!(matches!(look(&looked), Found::Busy));
        drive(&|| {
            assert!(matches!(look(&looked_inside), Found::Busy));
            assert!(matches!(look(&looked_inside), Found::Driven));
        });
        assert!(matches!(look(&looked), Found::Busy));
        assert!(matches!(look(&looked), Found::Idle));
    });
}
