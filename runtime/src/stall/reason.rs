//! Why a call may never end, and what to write instead: as far as its context tells.

use crate::calls::{Seen, Strategy};
use crate::context::Place;
use crate::fork;

/// What a report says besides the facts.
pub(crate) struct Reason {
    /// The most likely reason.
    pub(crate) why: String,
    /// What to do about it, the best first.
    pub(crate) instead: Vec<&'static str>,
}

const AWAIT: &str = "in async code, `.await` the async fn instead of calling its twin";
const TIMEOUT: &str =
    "to be sure that the wait ends, give the twin a `timeout`, or use `block_on_timeout`";
const TIMEOUT_UNLESS_LOCK: &str =
    "to be sure that the wait ends, unless it is for such a lock, give the twin a `timeout`";
const OWN_CLIENT: &str =
    "give blocking code a client or pool of its own, that no async code uses before it";
const ELSEWHERE: &str = "run what it waits for on another runtime: start that by `sync_twin::spawn`, or write \
                         `flavor = \"multi_thread\"` in `#[tokio::test]` or `#[tokio::main]`";
const TO_THREAD: &str =
    "call the blocking code by `sync_twin::to_thread(|| …).await`, so that this thread stays free";
const SERVE: &str = "if the call is to live on this very runtime, with its tasks and connections, use \
                     `sync_twin::to_thread(|| …).serve().await`, or `serve_local`";
const RELEASE: &str =
    "drop the guard or the permit before the call, or `.await` the async fn while you hold it";
const LET_GO: &str =
    "drop the guard, the sender or the permit before the call, or let another thread have it";
const OTHER_POOL: &str =
    "start what it waits for on threads that this call does not need, such as a pool of its own";
const IN_PLACE: &str = "write `isolation = \"never\"` on the async fn, as is right for `Display`, `Debug` and the like: \
                        then the call stays on this thread";
const NEW_ONE: &str =
    "make a new client, task or runtime in the child, or make the call in the parent";
const SPAWN: &str = "start the task by `sync_twin::spawn`, whose tasks may call twins";

/// The most likely reason for what is seen.
pub(crate) fn of(seen: &Seen) -> Reason {
    let waiting = &seen.waiting;
    if fork::depth() > 0 && waiting.place != Place::DriverOfHome {
        return Reason {
            why: "this process is the child of a fork; what it has inherited from its parent, such as a pooled \
                  connection, a task or a runtime, does not work here"
                .to_owned(),
            instead: vec![NEW_ONE],
        };
    }
    if waiting.has_lost {
        return lost();
    }
    match (waiting.place, waiting.strategy) {
        (_, Strategy::Served) => served(),
        (Place::DriverOfHome, _) => held(),
        (Place::Driver | Place::NestedDriver, _) => driver(seen),
        (_, Strategy::Join) => join(),
        (_, Strategy::Lent) => lent(),
        (Place::Worker, _) => worker(),
        (Place::Beside, _) => beside(),
        (Place::Plain | Place::Nested | Place::Served | Place::ThreadExit, _) => outside(seen),
        // It is not listed.
        #[cfg(feature = "fiber")]
        (Place::Fiber, _) => outside(seen),
    }
}

fn lost() -> Reason {
    Reason {
        why: "its future is a set that polls only those of its futures that were woken (`FuturesUnordered`, \
              `buffer_unordered`, `join_all` of many, a `LocalSet`). One of them has yielded (`yield_now`), and the \
              current-thread runtime that this thread drives keeps that wake-up back until the call returns"
            .to_owned(),
        instead: vec![
            "run the futures by `sync_twin::batch`, which polls all of them then",
            "if this is the blocking type of a stream, write `isolation = \"always\"`: another thread then polls it",
            AWAIT,
            TO_THREAD,
        ],
    }
}

fn held() -> Reason {
    Reason {
        why: "it is made in a task that another blocking call has spawned (`tokio::spawn` inside an async fn). While it \
              blocks, no other task of that kind runs"
            .to_owned(),
        instead: vec![AWAIT, SPAWN],
    }
}

fn driver(seen: &Seen) -> Reason {
    let caller = seen.waiting.caller.as_ref();
    let alive = caller.map(|runtime| runtime.metrics().num_alive_tasks());
    let tasks = match alive {
        None | Some(0) => String::new(),
        Some(1) => " (one is alive)".to_owned(),
        Some(tasks) => format!(" ({tasks} are alive)"),
    };
    let mut why = format!(
        "this thread drives a current-thread runtime, as in `#[tokio::test]`, `#[tokio::main(flavor = \
         \"current_thread\")]`, a `LocalSet` or an actix-web worker. While the call blocks it, none of that runtime's \
         tasks runs{tasks}. If the call waits for one of them, such as a server that was spawned in the same test, a \
         task that sends to a channel or holds a lock, or the connection of a client that async code has used before, \
         it waits for ever"
    );
    let mut instead = vec![AWAIT, TO_THREAD, SERVE, ELSEWHERE, OWN_CLIENT];
    if seen.waiting.strategy == Strategy::Isolated {
        why += ". Or it needs a lock that this thread holds: the call runs on another thread, for which that of standard \
                output is taken inside `println!`";
        // Without a task of that runtime's, there is little else that it could wait for.
        let index = if alive == Some(0) { 0 } else { instead.len() };
        instead.insert(index, IN_PLACE);
        instead.push(TIMEOUT_UNLESS_LOCK);
    } else {
        instead.push(TIMEOUT);
    }
    Reason { why, instead }
}

fn worker() -> Reason {
    Reason {
        why: "this task holds something that the call needs, across the call: the guard of a lock, a permit of a \
              semaphore, the only connection of a pool; or the call waits for another branch of the same `join!`, \
              `select!` or set of futures, which cannot run while this one blocks. Else the other side does not answer"
            .to_owned(),
        instead: vec![RELEASE, AWAIT, TIMEOUT],
    }
}

fn beside() -> Reason {
    Reason {
        why: "it waits for something that only the code around it could deliver: another branch of the same `join!` or \
              `select!` at the root of the runtime, the guard of a lock or a permit that this thread holds, or a \
              runtime that waits for this thread to end. Else the other side does not answer"
            .to_owned(),
        instead: vec![AWAIT, RELEASE, TIMEOUT],
    }
}

fn outside(seen: &Seen) -> Reason {
    let why = "it waits for something that only this thread could deliver, such as a channel whose sender it has, the \
               guard of a lock that it holds, or a thread or thread pool (rayon's, for one) that waits for this thread. \
               Else the other side does not answer";
    let mut instead = vec![LET_GO, OTHER_POOL, TIMEOUT];
    if seen.call.inside.is_some() {
        instead.insert(0, AWAIT);
    }
    Reason {
        why: why.to_owned(),
        instead,
    }
}

fn served() -> Reason {
    Reason {
        why: "it is polled by the task that awaits this code (`to_thread(…).serve()`). Either what it waits for does not come, or \
              that task does not poll: its future is in a `select!` or a set whose other branches are being awaited \
              instead, was forgotten, or its thread is blocked, perhaps by a call or a lock that waits for this code"
            .to_owned(),
        instead: vec![
            "await the future of `serve` to its end, or drop it, which ends this call",
            "call blocking code of the async side by `sync_twin::to_thread(|| …).await`, too, so that its thread stays free",
            TIMEOUT,
        ],
    }
}

fn join() -> Reason {
    Reason {
        why: "the task that it joins has not ended: it waits for something that this thread holds, or that needs this \
              thread, or it is blocked itself"
            .to_owned(),
        instead: vec![
            "look for the task among the calls below, or in what it awaits",
            "use `join_timeout`, which gives the task back, or `cancel`",
        ],
    }
}

fn lent() -> Reason {
    Reason {
        why: "its future lives in a runtime of yours (`runtime = …`), which the call depends on: its workers may be \
              blocked, among them those that wait for this call, or it has ended"
            .to_owned(),
        instead: vec![
            "leave `runtime` out: on sync-twin's own runtimes the call depends on nobody else's",
            TIMEOUT,
        ],
    }
}

/// A lent runtime that has run no task since the call began.
pub(crate) fn undriven() -> Reason {
    Reason {
        why: "it waits for a current-thread runtime that nobody drives: it was lent by its `Handle`, and has run no task \
              since the call began"
            .to_owned(),
        instead: vec![
            "lend the `Runtime` itself (`runtime = self.runtime`), which the call then drives",
            "leave `runtime` out: sync-twin's own runtimes are driven",
        ],
    }
}
