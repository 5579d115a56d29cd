//! A home runtime, its seat, its home thread, and callers of all kinds.

use crate::clock;
use crate::park::deferred::Deferring;
use crate::park::parker::Parker;
use crate::runtime::{Io, Over, Runtime};
use crate::seat::{Seat, Sleep};
use loom::thread;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;

/// How often the home thread may look from one drive to the next, or during one: the two times of which the seat speaks,
/// and once more if it finds a caller who has just sat down.
const LOOKS: usize = 3;

/// More waits in a row than it takes to claim the seat.
const STREAK: usize = 10;

std::thread_local! {
    /// How many callers, in all executions, have been called to the seat because they had claimed it.
    pub(crate) static HONOURED: Cell<usize> = const { Cell::new(0) };
}

pub(crate) struct World {
    seat: Seat,
    runtime: Runtime,
    /// The home thread's.
    parker: Parker,
    /// How often the home thread had looked when somebody last began to drive, or ended.
    looks: Cell<usize>,
}

/// What one caller does.
pub(crate) type Caller = fn(&Rc<World>);

impl World {
    pub(crate) fn new() -> Rc<Self> {
        let parker = Parker::new();
        Rc::new(World {
            seat: Seat::new(parker.waker().clone()),
            runtime: Runtime::new(),
            parker,
            looks: Cell::new(0),
        })
    }

    /// Runs each caller on a thread of its own, beside the home thread, until that drives after all of them have gone.
    pub(crate) fn serve(self: &Rc<Self>, callers: &[Caller]) {
        let spawn = |run: Caller| {
            let world = Rc::clone(self);
            thread::spawn(move || run(&world))
        };
        let home = spawn(|world| world.keep());
        let (last, others) = callers.split_last().expect("there are some");
        let others: Vec<_> = others.iter().copied().map(spawn).collect();
        last(self);
        for other in others {
            other.join().expect("it does not panic");
        }
        clock::start();
        self.runtime.end();
        home.join().expect("it does not panic");
    }

    /// Ends the home thread, whatever it is at, as a shutdown does.
    pub(crate) fn close(self: &Rc<Self>) {
        let home = {
            let world = Rc::clone(self);
            thread::spawn(move || {
                let parker = &world.parker;
                world.seat.keep(parker, || world.drive(parker));
            })
        };
        self.seat.close();
        home.join().expect("it does not panic");
    }

    /// The home thread's life.
    fn keep(&self) {
        clock::count_looks();
        let keep = || self.seat.keep(&self.parker, || self.drive(&self.parker));
        let end = catch_unwind(AssertUnwindSafe(keep));
        assert!(end.expect_err("it does not return").is::<Over>());
    }

    /// As `Home` does.
    fn drive(&self, parker: &Parker) {
        let _deferring = Deferring::begin();
        parker.drive(|woken| {
            self.count_looks();
            self.runtime.block_on(woken);
            self.count_looks();
        });
    }

    /// It is neither long that nobody drives, nor does the home thread look often while somebody does.
    fn count_looks(&self) {
        let before = self.looks.replace(clock::looks());
        let looks = clock::looks() - before;
        assert!(looks <= LOOKS, "the home thread has looked {looks} times");
    }

    fn wait(&self, parker: &Parker) {
        self.seat
            .wait(parker, Sleep::UntilWoken, || self.drive(parker));
    }

    /// False if that panics, as it does inside a `block_on` of the home runtime.
    fn try_to_drive(&self, parker: &Parker) -> bool {
        let drive = || {
            self.seat.wait(parker, Sleep::UntilWoken, || {
                resume_unwind(Box::new("inside"))
            })
        };
        catch_unwind(AssertUnwindSafe(drive)).is_ok()
    }

    /// A caller that panics in the seat and does not come again.
    pub(crate) fn panic_in_the_seat(&self) {
        assert!(!self.try_to_drive(&Parker::new()));
    }

    /// So many waits with nobody else there that the next one claims the seat if the home thread has it.
    pub(crate) fn wait_in_a_row(&self) {
        let parker = Parker::new();
        for _ in 0..STREAK {
            self.seat.wait(&parker, Sleep::UntilWoken, || ());
        }
    }
}

/// Waits for I/O that is finished before the caller waits.
pub(crate) fn call(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    world.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        world.wait(&parker);
    }
}

pub(crate) fn call_twice(world: &Rc<World>) {
    call(world);
    call(world);
}

/// Waits for I/O that takes its time, so that whoever drives sleeps.
pub(crate) fn call_slowly(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    let kernel = {
        let (world, io) = (Rc::clone(world), Arc::clone(&io));
        thread::spawn(move || world.runtime.finish(io))
    };
    while !io.is_done() {
        let drove = Cell::new(false);
        world.seat.wait(&parker, Sleep::UntilWoken, || {
            drove.set(true);
            world.drive(&parker);
        });
        if !drove.get() && !io.is_done() {
            HONOURED.set(HONOURED.get() + 1);
        }
    }
    kernel.join().expect("it does not panic");
}

/// Waits for a thread that drives nothing.
pub(crate) fn call_elsewhere(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    let other = {
        let io = Arc::clone(&io);
        thread::spawn(move || io.complete())
    };
    while !io.is_done() {
        world.wait(&parker);
    }
    other.join().expect("it does not panic");
}

/// Waits until it has driven for a turn.
pub(crate) fn call_from_the_seat(world: &Rc<World>) {
    let parker = Parker::new();
    let has_driven = Cell::new(false);
    while !has_driven.get() {
        world.seat.wait(&parker, Sleep::UntilWoken, || {
            has_driven.set(true);
            parker.waker().wake_by_ref();
            world.drive(&parker);
        });
    }
}

/// Wakes itself, as a future that yields until something has happened.
pub(crate) fn call_yielding(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    world.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        parker.waker().wake_by_ref();
        thread::yield_now();
        world.wait(&parker);
    }
}

/// Waits where the thread must not drive.
pub(crate) fn call_beside(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    world.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        world.seat.wait_beside(&parker, Sleep::UntilWoken);
    }
}

/// Sleeps briefly again and again, where it finds another caller or the home thread in the seat.
pub(crate) fn call_briefly(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    world.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        world
            .seat
            .wait(&parker, Sleep::Briefly, || world.drive(&parker));
    }
}

/// Waits where the thread finds out by a panic that it must not drive.
pub(crate) fn call_inside(world: &Rc<World>) {
    let parker = Parker::new();
    let io = Io::new(parker.waker());
    world.runtime.finish(Arc::clone(&io));
    while !io.is_done() {
        if !world.try_to_drive(&parker) {
            world.seat.wait_beside(&parker, Sleep::UntilWoken);
        }
    }
}
