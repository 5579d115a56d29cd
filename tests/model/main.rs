//! The parker, the seat of home, the steward of threads' runtimes, isolation threads, tasks that serve, and the bell for calls
//! that wait, model-checked:
//! [loom](https://docs.rs/loom) runs each of these tests in one interleaving of its threads after the other, and with every
//! value that a load may see.
//!
//! The code is the real one, included by its path. What it is made of is not: [`sync`] stands in for
//! `runtime/src/sync.rs`, [`clock`] for time, [`runtime`] for tokio's, [`starter`] for the thread that starts others.
//!
//! A hang is a deadlock, which loom reports, or an execution that does not end, which [`check`] bounds. The small models
//! are explored completely, the others up to a number of preemptions; `LOOM_MAX_PREEMPTIONS=4 cargo test --test model` goes
//! further, for as long as you like. Not explored at all is load buffering, where a load sees a store that comes after
//! it: loom cannot.
//!
//! What is found, for one: a caller that looks at the seat before it counts as waiting, or that leaves it after its look
//! at those who wait; either of the two looks with any weaker ordering than `SeqCst`; a home thread that nobody calls; a claim
//! without a wake-up; a ring before its news, or a task that looks before it has left its waker; a job that is taken without the
//! lock; a count or a seat that a panic leaves behind; a keeper that is sent before the seat counts as kept; a ring that a
//! keeper or a steward misses as it leaves; a seat that is driven after a crash; a listener that outlives its drive; a wake-up
//! without the lock; one that the timeout swallows.

/// Each modelled thread has its own, as loom sees to: they all are one thread really.
macro_rules! thread_local {
    ($($(#[$attribute:meta])* static $NAME:ident: $Type:ty = const { $init:expr };)*) => {
        $(loom::thread_local! { $(#[$attribute])* static $NAME: $Type = $init; })*
    };
    ($($other:tt)*) => {
        loom::thread_local! { $($other)* }
    };
}

#[path = "../../runtime/src/calls/bell.rs"]
mod bell;
mod check;
mod clock;
mod driving;
mod fork;
mod isolating;
#[path = "../../runtime/src/isolation/mod.rs"]
mod isolation;
mod keeping;
mod own_thread;
mod runtime;
#[path = "../../runtime/src/runtimes/home/seat.rs"]
mod seat;
mod serving;
mod settings;
mod starter;
#[path = "../../runtime/src/runtimes/home/steward.rs"]
mod steward;
mod sync;
mod waking;
mod watching;
mod world;

#[path = "../../runtime/src/context"]
mod context {
    #[expect(dead_code, reason = "no call is made here that asks for them")]
    pub(crate) mod blocked;
}

#[path = "../../runtime/src/serve"]
mod serve {
    pub(crate) mod bell;
    pub(crate) mod hub;
}

#[path = "../../runtime/src/park"]
mod park {
    pub(crate) mod deferred;
    #[expect(dead_code, reason = "a thread has one parker here")]
    pub(crate) mod parker;
}
