//! A call from a thread that drives a current-thread runtime, which must not wait in place.

use super::Setup;
use crate::client::current_thread;
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};
use std::hint::black_box;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use sync_twin::sync_wrapper;
use tokio::runtime::Runtime;

#[sync_wrapper]
async fn ready(n: u64) -> u64 {
    black_box(n)
}

pub(super) fn measure(setup: &mut Setup) {
    if !setup.wants("isolated") {
        return;
    }
    let runtime = current_thread();
    let parked = Parked::start();
    let case = race(
        "isolated",
        "future that is ready, on a current-thread runtime",
        Unit::Time,
        setup.pace,
        vec![
            on_driver("sync-twin", &runtime, ready_sync),
            on_driver("bare round trip to a parked thread", &runtime, |n| {
                parked.call(n)
            })
            .with_goal(Goal::AtMost(1.3)),
            on_driver("new thread and runtime per call", &runtime, |n| {
                let call = || current_thread().block_on(ready(n));
                thread::scope(|scope| scope.spawn(call).join()).unwrap()
            }),
        ],
    );
    setup.done(case);
}

fn on_driver<'a>(
    name: &str,
    runtime: &'a Runtime,
    call: impl Fn(u64) -> u64 + 'a,
) -> Contestant<'a> {
    Contestant::in_main_future(name, runtime, move || {
        black_box(call(1));
    })
}

/// A thread that does nothing but to wait for a number, and gives it back.
struct Parked(Arc<Exchange>);

#[derive(Default)]
struct Exchange {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    Called(u64),
    Answered(u64),
    Ended,
}

impl Parked {
    fn start() -> Self {
        let exchange = Arc::new(Exchange::default());
        let theirs = Arc::clone(&exchange);
        thread::spawn(move || {
            loop {
                match theirs.wait_while(|state| !matches!(state, State::Called(_) | State::Ended)) {
                    State::Called(n) => theirs.set(State::Answered(n)),
                    _ => return,
                }
            }
        });
        Parked(exchange)
    }

    fn call(&self, n: u64) -> u64 {
        self.0.set(State::Called(n));
        match self
            .0
            .wait_while(|state| !matches!(state, State::Answered(_)))
        {
            State::Answered(n) => n,
            _ => unreachable!("it was waited for"),
        }
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        self.0.set(State::Ended);
    }
}

impl Exchange {
    fn set(&self, state: State) {
        *self.state.lock().unwrap() = state;
        self.changed.notify_one();
    }

    fn wait_while(&self, condition: impl Fn(&State) -> bool) -> State {
        let state = self.state.lock().unwrap();
        *self
            .changed
            .wait_while(state, |state| condition(state))
            .unwrap()
    }
}
