//! Calls that may never end: who notices, and what is said.
//!
//! A call that has to wait is [listed](crate::calls), and due for a report after its [`threshold`]. The thread that
//! it blocks cannot see to that: it may be driving home, or be blocked in a poll. So a *watcher* does, on a thread of its
//! own. [`bell`](crate::calls::bell) says when there is one, and why no call is left out.

mod reason;
mod signs;
mod text;
pub(crate) mod threshold;

use crate::calls::bell::{FAR, TICK};
use crate::calls::{Blocked, Key, Seen, Strategy, Waiting, calls};
use crate::context::Place;
use crate::process::{Process, started};
use signs::{LentSign, Sign};
use std::collections::HashMap;
use std::mem;
use std::panic::Location;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};

/// So long after a call has begun to wait we first look at the runtime on which it lives.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// Lists a call that has to wait until what this returns is dropped, and has it reported if that takes too long.
///
/// Must be called outside the call's context.
pub(crate) fn begin(
    process: &Process,
    site: &'static Location<'static>,
    async_fn: Option<&'static str>,
    place: Place,
    strategy: Strategy,
    is_part: bool,
    lent: Option<&Handle>,
) -> Blocked {
    let threshold = threshold::of(place, &process.settings);
    let lent = lent
        .filter(|runtime| matches!(runtime.runtime_flavor(), RuntimeFlavor::CurrentThread))
        .cloned();
    let caller = match place {
        Place::Driver => Handle::try_current().ok(),
        _ => None,
    };
    // Of a lent runtime we know sooner.
    let patience = match (threshold, &lent) {
        (Some(threshold), Some(_)) => Some(threshold.min(FIRST_LOOK / 2)),
        (threshold, _) => threshold,
    };
    let patience = patience.filter(|_| !is_part);
    let now = Instant::now();
    let due = patience.and_then(|patience| now.checked_add(patience));
    let blocked = calls().begin(
        Waiting {
            site,
            async_fn,
            place,
            strategy,
            is_part,
            caller,
            lent,
            has_lost: false,
            due,
        },
        now,
    );
    if threshold.is_some() {
        let first = now + FIRST_LOOK;
        let look = due.map_or(first, |due| due.min(first));
        if calls().bell.ring(tick_after(look)) {
            start(process);
        }
    }
    blocked
}

/// Notes that the scheduler of the calling thread has kept back a wake-up of one of the children of a call's future. If the call does not go
/// on, that is why, and it need not wait for its threshold to be told.
pub(crate) fn note_lost(process: &Process, blocked: &Blocked) {
    let Some(patience) = threshold::certain(&process.settings) else {
        return;
    };
    let due = Instant::now() + patience;
    if blocked.note_lost(due) && calls().bell.ring(tick_after(due)) {
        start(process);
    }
}

/// Starts a watcher. If that cannot be, calls wait unwatched, and the next one tries again.
#[cold]
fn start(process: &Process) {
    let calls = calls();
    let started = process
        .starter
        .start(process.settings.own_thread("watch"), move || {
            let mut watcher = Watcher::default();
            calls.bell.watch(tick, || watcher.look());
        });
    if started.is_err() {
        calls.bell.give_up();
    }
}

fn base() -> Instant {
    static BASE: OnceLock<Instant> = OnceLock::new();
    *BASE.get_or_init(Instant::now)
}

/// The time, in ticks since the first call that had to wait.
fn tick() -> usize {
    ticks(Instant::now().saturating_duration_since(base()))
}

/// The first tick that is not before `moment`.
fn tick_after(moment: Instant) -> usize {
    ticks(moment.saturating_duration_since(base())).saturating_add(1)
}

fn ticks(time: Duration) -> usize {
    let ticks = time.as_millis() / TICK.as_millis();
    usize::try_from(ticks).unwrap_or(FAR - 1).min(FAR - 1)
}

/// What the watcher remembers from one look to the next.
#[derive(Default)]
struct Watcher {
    home: Sign,
    /// Of the homes of single threads, by number.
    thread_homes: HashMap<usize, Sign>,
    crew: Sign,
    lent: HashMap<Key, Lent>,
}

/// What is known of a lent runtime.
enum Lent {
    Sent(LentSign),
    Driven,
}

impl Watcher {
    /// Reports what is due, and returns when to look again.
    fn look(&mut self) -> usize {
        let now = Instant::now();
        let seen = calls().seen();
        // After a shutdown nobody is left to write a report, until the next call.
        let Some(process) = started() else {
            return FAR;
        };
        let process = &*process;
        self.lent
            .retain(|key, _| seen.iter().any(|seen| seen.key == *key));
        let mut next: Option<Instant> = None;
        let mut earliest = |moment: Option<Instant>| {
            next = [next, moment].into_iter().flatten().min();
        };
        for call in &seen {
            let mut due = call.waiting.due;
            if due.is_some_and(|due| due <= now) {
                due = self.report(process, call, &seen, now);
                calls().set_due(call.key, due);
            }
            earliest(due);
        }
        if let Some(patience) = threshold::certain(&process.settings) {
            earliest(self.look_at_home(process, &seen, now, patience));
            earliest(self.look_at_thread_homes(process, &seen, now, patience));
            earliest(self.look_at_crew(process, &seen, now, patience));
        }
        next.map_or(FAR, tick_after)
    }

    /// Reports a call that is due, and returns when it is due again.
    fn report(
        &mut self,
        process: &Process,
        call: &Seen,
        all: &[Seen],
        now: Instant,
    ) -> Option<Instant> {
        if !call.is_innermost {
            // The call inside it is the one that waits. If that returns, this one is due.
            return now.checked_add(call.call.age);
        }
        let mut reason = None;
        if let Some(runtime) = &call.waiting.lent {
            let patience = threshold::certain(&process.settings)?;
            match self.lent.get(&call.key) {
                None => {
                    self.lent
                        .insert(call.key, Lent::Sent(LentSign::send(runtime)));
                    return now.checked_add(patience.saturating_sub(call.call.age).max(TICK));
                }
                Some(Lent::Sent(sign)) if sign.has_come_back() => {
                    self.lent.insert(call.key, Lent::Driven);
                    let threshold = threshold::of(call.waiting.place, &process.settings)?;
                    return now.checked_add(threshold.saturating_sub(call.call.age));
                }
                Some(Lent::Sent(_)) => reason = Some(reason::undriven()),
                Some(Lent::Driven) => {}
            }
        }
        let reason = reason.unwrap_or_else(|| reason::of(call));
        let reports = &process.reports;
        if reports.is_new(call.waiting.site, call.waiting.place.context() as usize) {
            reports.send_stall(text::of_call(call, all, &reason));
        }
        None
    }

    /// Whether a task holds up home.
    fn look_at_home(
        &mut self,
        process: &Process,
        seen: &[Seen],
        now: Instant,
        patience: Duration,
    ) -> Option<Instant> {
        let oldest = oldest(seen, Strategy::Home)?;
        let home = process.home().ok()?;
        if home.is_held() {
            // By a call, which is reported itself.
            return now.checked_add(patience);
        }
        let (is_stuck, next) = self.home.look(home.handle(), now, oldest, patience);
        if is_stuck {
            process
                .reports
                .send_stall(text::of_home(home.number, Strategy::Home, seen, patience));
        }
        Some(next)
    }

    /// Whether a task holds up the home of a single thread that waits there.
    fn look_at_thread_homes(
        &mut self,
        process: &Process,
        seen: &[Seen],
        now: Instant,
        patience: Duration,
    ) -> Option<Instant> {
        let oldest = oldest(seen, Strategy::PerThread)?;
        let mut signs = mem::take(&mut self.thread_homes);
        let mut next = None;
        for home in process.waiting_thread_homes() {
            let mut sign = signs.remove(&home.number).unwrap_or_default();
            let again = if home.is_held() {
                now.checked_add(patience)
            } else {
                let (is_stuck, again) = sign.look(home.handle(), now, oldest, patience);
                if is_stuck {
                    let stall = text::of_home(home.number, Strategy::PerThread, seen, patience);
                    process.reports.send_stall(stall);
                }
                Some(again)
            };
            self.thread_homes.insert(home.number, sign);
            next = [next, again].into_iter().flatten().min();
        }
        next
    }

    /// Whether all workers of the crew are held up.
    fn look_at_crew(
        &mut self,
        process: &Process,
        seen: &[Seen],
        now: Instant,
        patience: Duration,
    ) -> Option<Instant> {
        let oldest = oldest(seen, Strategy::Crew)?;
        let crew = process.crew().ok()?;
        let (is_stuck, next) = self.crew.look(crew.handle(), now, oldest, patience);
        if is_stuck {
            process.reports.send_stall(text::of_crew(seen, patience));
        }
        Some(next)
    }
}

/// How long the oldest of the calls has waited that live there.
fn oldest(seen: &[Seen], strategy: Strategy) -> Option<Duration> {
    let there = seen.iter().filter(|seen| seen.waiting.strategy == strategy);
    there.map(|seen| seen.call.age).max()
}
