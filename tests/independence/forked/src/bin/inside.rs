//! A call that is forked in its middle cannot go on in the child. It is refused when it has to wait next; a child that comes
//! back to a thread of sync-twin's own is ended. Either is said, and the parent goes on.

use forked::calls::{PLACES, call_everywhere, current_thread, workers};
use forked::case;
use forked::child::{Child, End, exit, exit_if_no_threads, fork, message};
use forked::others::while_others_call;
use futures_util::{StreamExt as _, stream};
use std::cell::Cell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process;
use std::rc::Rc;
use std::sync::{LazyLock, OnceLock, mpsc};
use std::thread;
use std::time::Duration;
use sync_twin::{batch, block_on, spawn, sync_wrapper, to_thread};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// When a call forks.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Before it has waited.
    AtOnce,
    Later,
}

const MOMENT: Duration = Duration::from_millis(1);

/// Waits for a moment in the parent, and for ever in the child.
///
/// Not by a timer: at the moment of the fork a thread of the parent may have had the lock of the runtime's timers, which nobody gives
/// back in the child.
async fn wait_after(child: Option<&Child>) {
    static CLOCK: LazyLock<mpsc::Sender<oneshot::Sender<()>>> = LazyLock::new(|| {
        let (sender, receiver) = mpsc::channel::<oneshot::Sender<()>>();
        thread::spawn(move || {
            for over in receiver {
                thread::sleep(MOMENT);
                // The call may have been dropped.
                let _ = over.send(());
            }
        });
        sender
    });
    let (over, is_over) = oneshot::channel();
    match child {
        Some(_) => CLOCK.send(over).expect("it does not end"),
        None => mem::forget(over),
    }
    is_over.await.expect("nobody drops it unsent");
}

/// Waits in the parent and in the child.
#[sync_wrapper]
async fn forks(when: When) -> Option<Child> {
    if matches!(when, When::Later) {
        sleep(MOMENT).await;
    }
    let child = fork();
    wait_after(child.as_ref()).await;
    child
}

#[sync_wrapper(isolation = "always")]
async fn forks_isolated(when: When) -> Option<Child> {
    forks(when).await
}

#[sync_wrapper(isolation = "never")]
async fn forks_in_place(when: When) -> Option<Child> {
    forks(when).await
}

#[sync_wrapper(runtime = runtime)]
async fn forks_in(runtime: &Runtime, when: When) -> Option<Child> {
    let _ = runtime;
    forks(when).await
}

/// Forks in a task of the runtime that the call lives on.
#[sync_wrapper]
async fn forks_in_a_task(when: When) -> Option<Child> {
    tokio::spawn(forks(when)).await.expect("it does not panic")
}

struct Opened(Cell<Option<Child>>);

#[sync_wrapper(type = BlockingOpened, isolation = "never")]
impl Opened {
    pub async fn open(when: When) -> Self {
        Opened(Cell::new(forks(when).await))
    }

    pub fn child(&self) -> Option<Child> {
        self.0.take()
    }
}

/// A call that forks, by name.
type Call = (&'static str, fn(When) -> Option<Child>);

/// They fork on the thread that makes them.
const CALLS: &[Call] = &[
    ("block_on", |when| block_on(forks(when))),
    ("in place", forks_in_place_sync),
    ("not Send", |when| {
        let when = Rc::new(when);
        block_on(async { forks(*when).await })
    }),
    ("batch", |when| batch([forks(when)]).run().pop().flatten()),
    ("iter", |when| {
        let items = stream::iter([when]).then(forks);
        sync_twin::iter(items).next().flatten()
    }),
    ("blocking type", |when| BlockingOpened::open(when).child()),
    ("nested", |when| {
        block_on(async {
            let child = block_on(forks(when));
            sleep(MOMENT).await;
            child
        })
    }),
];

/// They fork elsewhere.
const CALLS_ELSEWHERE: &[Call] = &[
    ("isolated", forks_isolated_sync),
    ("spawn", |when| spawn(forks(when)).join()),
    ("to_thread", |_| block_on(to_thread(fork))),
    ("a task of the crew's", |when| {
        workers(1).block_on(async { forks_in_a_task_sync(when) })
    }),
    ("a call in to_thread", |when| {
        let call = move || {
            let child = catch_unwind(|| forks_sync(when));
            // In the child it is refused, and then the closure ends.
            child.unwrap_or_default()
        };
        block_on(to_thread(call))
    }),
];

/// The process that all others descend from.
static PARENT: OnceLock<u32> = OnceLock::new();

fn is_parent() -> bool {
    PARENT.get() == Some(&process::id())
}

/// Makes a call that must be refused in the child, where other calls must work, and returns the child.
fn is_refused_in_child(call: impl FnOnce() -> Option<Child>) -> Child {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Some(child)) => child,
        Err(panic) if is_parent() => resume_unwind(panic),
        Ok(None) => {
            eprintln!("it is not refused");
            exit(true)
        }
        Err(panic) => {
            let is_told = message(&*panic).contains("forked in the middle of this blocking call");
            if is_told {
                exit_if_no_threads();
            }
            let others = thread::spawn(call_everywhere);
            exit(!is_told || others.join().is_err())
        }
    }
}

/// Makes each call while others wait, at once and later, and sees to it that the parent is well.
fn each(calls: &[Call], run: impl Fn(fn(When) -> Option<Child>, When, &str)) {
    while_others_call(0, || {
        for (name, call) in calls {
            for when in [When::AtOnce, When::Later] {
                run(*call, when, &format!("{name}, {when:?}"));
                call_everywhere();
            }
        }
    });
}

fn on_the_calling_thread() {
    for (place, run) in PLACES {
        case(&format!("refused on: {place}"), || {
            each(CALLS, |call, when, name| {
                let name = name.to_owned();
                run(Box::new(move || {
                    is_refused_in_child(|| call(when)).succeeds(&name);
                }));
            });
        });
    }
}

fn in_a_runtime_of_the_users() {
    case("refused in: a runtime of the user's", || {
        for when in [When::AtOnce, When::Later] {
            // Dropped in the parent alone.
            for runtime in [workers(1), current_thread()] {
                let call = || forks_in_sync(&runtime, when);
                is_refused_in_child(call).succeeds(&format!("{runtime:?}, {when:?}"));
            }
            call_everywhere();
        }
    });
}

fn elsewhere() {
    for (place, run) in PLACES {
        // Those below start runtimes.
        let calls = match *place {
            "a plain thread" => CALLS_ELSEWHERE,
            _ => &CALLS_ELSEWHERE[..3],
        };
        case(&format!("ended elsewhere, called on: {place}"), || {
            each(calls, |call, when, name| {
                let name = name.to_owned();
                run(Box::new(move || is_ended(call(when), &name)));
            });
        });
    }
}

fn is_ended(child: Option<Child>, name: &str) {
    let (end, said) = child.expect("this is the parent").end(name);
    assert_eq!(end, End::Aborted, "{name}: {said}");
    let is_told = said.contains("forked on a thread of sync-twin's own");
    assert!(is_told, "{name}: {said}");
}

/// Home is driven by the thread that waits, or by its own.
fn in_a_task_of_home() {
    case("refused or ended: a task of home", || {
        for _ in 0..10 {
            each(
                &[("a task of home", forks_in_a_task_sync)],
                |call, when, name| {
                    let (end, said) = is_refused_in_child(|| call(when)).end(name);
                    match end {
                        End::Success | End::NoThreads => {}
                        End::Aborted => assert!(said.contains("sync-twin's own"), "{name}: {said}"),
                        End::Failure => panic!("{name}: {said}"),
                    }
                },
            );
        }
    });
}

fn main() {
    PARENT.get_or_init(process::id);
    on_the_calling_thread();
    in_a_runtime_of_the_users();
    elsewhere();
    in_a_task_of_home();
}
