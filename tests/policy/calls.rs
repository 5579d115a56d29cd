//! Calls that async code makes: allowed, reported, refused, or told to the program.

use crate::child::Child;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use sync_twin::{
    Builder, CallInAsync, Context, Policy, batch, block_on, block_on_timeout, block_on_with, iter,
    shutdown, spawn, sync_wrapper, to_thread,
};
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::task::{spawn_blocking, yield_now};

/// How many futures have been polled.
static POLLED: AtomicUsize = AtomicUsize::new(0);

#[sync_wrapper]
async fn fetch() -> u8 {
    POLLED.fetch_add(1, SeqCst);
    7
}

#[sync_wrapper]
async fn stays() -> u8 {
    let here = Rc::new(7);
    yield_now().await;
    *here
}

#[sync_wrapper]
async fn shared(value: Rc<u8>) -> u8 {
    *value
}

#[sync_wrapper(isolation = "always")]
async fn isolated() -> u8 {
    7
}

#[sync_wrapper]
fn numbers() -> impl futures::Stream<Item = u8> {
    futures::stream::iter([7])
}

/// A kind of call, and the async fn that it has to name.
type Kind = (&'static str, Option<&'static str>, fn());

const KINDS: [Kind; 13] = [
    ("a twin", Some("fetch"), || _ = fetch_sync()),
    ("a future that is not `Send`", Some("stays"), || {
        _ = stays_sync();
    }),
    ("in place", Some("shared"), || _ = shared_sync(Rc::new(7))),
    ("isolated", Some("isolated"), || _ = isolated_sync()),
    ("a stream", Some("numbers"), || _ = numbers_sync()),
    ("block_on", None, || _ = block_on(fetch())),
    ("block_on_with", None, || _ = block_on_with(fetch)),
    ("block_on_timeout", None, || {
        _ = block_on_timeout(Duration::from_secs(60), fetch());
    }),
    ("iter", None, || {
        _ = iter(futures::stream::iter([7])).next();
    }),
    ("batch", None, || _ = batch([fetch()]).run()),
    ("as_completed", None, || {
        _ = batch([fetch()]).as_completed().next();
    }),
    ("join", None, || spawn(async {}).join()),
    ("join_timeout", None, || {
        _ = spawn(async {}).join_timeout(Duration::from_secs(60));
    }),
];

/// A process in which nothing is said about drivers. For tests cargo says that they are allowed.
fn unset(test: &str) -> Child<'_> {
    Child::new(test).with("SYNC_TWIN_ON_DRIVER", "")
}

fn alone(test: &str, body: impl FnOnce()) {
    unset(test).run(body);
}

const DRIVERS: [Place; 4] = [
    Place::Driver,
    Place::DriverTask,
    Place::LocalTask,
    Place::LocalRuntime,
];

fn is_driver(place: Place) -> bool {
    DRIVERS.contains(&place)
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<String>().expect("a message of ours")
}

/// What is denied panics in its place and names the fn; nothing has begun. Elsewhere it works.
#[test]
fn every_kind_can_be_denied() {
    alone("calls::every_kind_can_be_denied", || {
        Builder::new()
            .on_driver(Policy::Deny)
            .on_worker(Policy::Deny)
            .install()
            .unwrap();
        for (kind, name, call) in KINDS {
            for place in PLACES {
                let denied = if is_driver(place) {
                    Some("on_driver")
                } else {
                    (place == Place::OneWorker).then_some("on_worker")
                };
                let outcome = place.run(move || {
                    let before = POLLED.load(SeqCst);
                    let outcome = catch_unwind(call);
                    (outcome, POLLED.load(SeqCst) != before)
                });
                let (outcome, has_begun) = outcome;
                let at = format!("{kind}, {place:?}");
                match (denied, outcome) {
                    (None, outcome) => assert!(outcome.is_ok(), "{at}"),
                    (Some(setting), Err(panic)) => {
                        let said = message(&*panic);
                        assert!(said.contains("calls.rs:"), "{at}: {said}");
                        assert!(
                            said.contains(&format!("denied by `{setting}`")),
                            "{at}: {said}"
                        );
                        let instead = match name {
                            Some(name) => format!("call the async `{name}`, with `.await`"),
                            None => ".await`".to_owned(),
                        };
                        assert!(said.contains(&instead), "{at}: {said}");
                        assert!(!has_begun, "{at}");
                    }
                    (Some(_), Ok(())) => panic!("{at}: it is made"),
                }
            }
        }
    });
}

/// The next item of a stream that was made elsewhere is a call, too, of the twin that has made it.
#[test]
fn an_item_of_a_stream() {
    alone("calls::an_item_of_a_stream", || {
        Builder::new().on_driver(Policy::Deny).install().unwrap();
        let mut numbers = numbers_sync();
        Place::Driver.run(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| numbers.next()));
            let panic = outcome.unwrap_err();
            assert!(
                message(&*panic).contains("`numbers`"),
                "{}",
                message(&*panic)
            );
            drop(numbers);
        });
    });
}

struct Session;

#[sync_wrapper(on_driver = "allow", on_worker = "allow")]
impl Session {
    async fn close(&self) -> u8 {
        yield_now().await;
        7
    }

    /// It calls what would be denied, inside a call that is allowed.
    async fn nested(&self) -> u8 {
        fetch_sync() + block_on(async { 7 })
    }

    async fn nested_in_place(&self, _not_send: Rc<u8>) -> u8 {
        fetch_sync() + block_on(async { 7 })
    }

    #[sync_wrapper]
    fn numbers(&self) -> impl futures::Stream<Item = u8> + use<> {
        futures::stream::iter([7])
    }

    #[sync_wrapper(unset(on_driver), on_worker = "warn")]
    async fn load(&self) -> u8 {
        7
    }
}

#[sync_wrapper(on_driver = "deny", on_worker = "deny")]
async fn never() {}

/// What a twin says counts, and inside a call nobody asks again.
#[test]
fn the_option_of_a_twin_wins() {
    alone("calls::the_option_of_a_twin_wins", || {
        Builder::new()
            .on_driver(Policy::Deny)
            .on_worker(Policy::Deny)
            .install()
            .unwrap();
        for place in PLACES {
            let outcome = place.run(move || {
                assert_eq!(Session.close_sync(), 7);
                assert_eq!(Session.nested_sync(), 14);
                assert_eq!(Session.nested_in_place_sync(Rc::new(1)), 14);
                assert_eq!(Session.numbers_sync().next(), Some(7));
                catch_unwind(|| Session.load_sync()).is_ok()
            });
            assert_eq!(outcome, !is_driver(place), "{place:?}");
        }
    });
}

/// Nobody else has said anything.
#[test]
fn the_option_of_a_twin_alone() {
    alone("calls::the_option_of_a_twin_alone", || {
        for place in PLACES {
            let is_ok = place.run(|| catch_unwind(never_sync).is_ok());
            let is_denied = is_driver(place) || place == Place::OneWorker;
            assert_eq!(is_ok, !is_denied, "{place:?}");
        }
    });
}

/// Tasks on our own runtimes are async code; closures of theirs are not.
#[test]
fn tasks_of_ours() {
    Child::new("calls::tasks_of_ours")
        .with("SYNC_TWIN_ON_DRIVER", "deny")
        .with("SYNC_TWIN_ON_WORKER", "deny")
        .run(|| {
            let is_ok = || catch_unwind(fetch_sync).is_ok();
            assert!(!spawn(async move { is_ok() }).join());
            assert!(block_on(to_thread(is_ok)));
            let in_home = block_on(async move { tokio::spawn(async move { is_ok() }).await });
            assert!(!in_home.unwrap());
            let closure = block_on(async move { spawn_blocking(is_ok).await });
            assert!(closure.unwrap());
            let in_crew = Place::Root.run(move || {
                block_on(async move { tokio::spawn(async move { is_ok() }).await.unwrap() })
            });
            assert!(!in_crew);
        });
}

/// Runs `body` with these variables, ends, and returns what has been reported.
fn reports(test: &str, variables: &[(&str, &str)], body: impl FnOnce()) -> Option<Vec<String>> {
    let mut child = unset(test);
    for (variable, value) in variables {
        child = child.with(variable, value);
    }
    let said = child.run_and_listen(|| {
        body();
        // What is to be written is written before all threads have ended.
        assert!(shutdown(Duration::from_secs(10)).is_empty());
    })?;
    let reports = said.split("sync-twin: ").skip(1);
    Some(reports.map(str::to_owned).collect())
}

/// By default the first call at each place on a driver is reported, and nothing else.
#[test]
fn a_warning_for_each_place() {
    let reports = reports("calls::a_warning_for_each_place", &[], || {
        for place in PLACES {
            for _ in 0..3 {
                place.run(|| {
                    fetch_sync();
                    block_on(async {});
                    Session.close_sync();
                });
            }
        }
    });
    let Some(reports) = reports else { return };
    assert_eq!(reports.len(), 2, "{reports:#?}");
    let [twin, ours] = &reports[..] else {
        unreachable!()
    };
    let first = twin.lines().next().unwrap();
    assert!(
        first.starts_with("async code makes a blocking call at policy/calls.rs:")
            || first.contains("policy/calls.rs:"),
        "{twin}"
    );
    for words in [
        "driver of a current-thread runtime; until the call returns, none of that runtime's tasks",
        "- call the async `fetch`, with `.await`, instead of its twin",
        "`sync_twin::to_thread(|| …).await`",
        "write `on_driver = \"allow\"` on `fetch`",
        "`SYNC_TWIN_ON_DRIVER=allow`",
    ] {
        let twin = twin.replace("\n                ", " ").replace("  ", "");
        assert!(twin.contains(words), "{words}: {twin}");
    }
    assert!(ours.contains("`.await` instead"), "{ours}");
}

/// A worker is no matter for a warning, unless somebody says so.
#[test]
fn warnings_on_workers() {
    let call = || _ = Place::OneWorker.run(fetch_sync);
    let variables = [("SYNC_TWIN_ON_WORKER", "warn")];
    let Some(reports) = reports("calls::warnings_on_workers", &variables, call) else {
        return;
    };
    assert_eq!(reports.len(), 1, "{reports:#?}");
    assert!(
        reports[0].contains("worker of a multi-thread runtime"),
        "{reports:#?}"
    );
    assert!(reports[0].contains("on_worker = \"allow\""), "{reports:#?}");
}

/// A crate that is built without debug assertions has no warnings, whatever the profile of sync-twin.
#[test]
fn no_warning_in_a_release_build() {
    use sync_twin::__private::{InPlace, Origin, call};
    let reports = reports("calls::no_warning_in_a_release_build", &[], || {
        let of_crate = |is_debug: bool| {
            Place::Driver.run(move || {
                let call = call((), fetch);
                match is_debug {
                    true => InPlace.block_on(call, const { &Origin::new("debug", true) }),
                    false => InPlace.block_on(call, const { &Origin::new("release", false) }),
                }
            })
        };
        of_crate(false);
        of_crate(true);
    });
    let Some(reports) = reports else { return };
    assert_eq!(reports.len(), 1, "{reports:#?}");
    assert!(reports[0].contains("`debug`"), "{reports:#?}");
}

/// A second panic while one unwinds the thread would end the process.
#[test]
fn denied_while_unwinding() {
    struct OnDrop;
    impl Drop for OnDrop {
        fn drop(&mut self) {
            assert_eq!(fetch_sync(), 7);
        }
    }
    let variables = [("SYNC_TWIN_ON_DRIVER", "deny")];
    let reports = reports("calls::denied_while_unwinding", &variables, || {
        let outcome = catch_unwind(|| {
            Place::Driver.run(|| {
                let _on_drop = OnDrop;
                panic!("as it was to be");
            });
        });
        assert!(outcome.is_err());
    });
    let Some(reports) = reports else { return };
    assert_eq!(reports.len(), 1, "{reports:#?}");
    assert!(reports[0].contains("`fetch`"), "{reports:#?}");
}

/// Context, async fn, line and thread of a call.
type Told = (Context, Option<&'static str>, u32, Option<String>);

static TOLD: Mutex<Vec<Told>> = Mutex::new(Vec::new());

fn note(call: &CallInAsync) {
    let thread = thread::current().name().map(str::to_owned);
    let line = call.location().line();
    TOLD.lock()
        .unwrap()
        .push((call.context(), call.async_fn(), line, thread));
}

/// It is told of each call, with what is known, and nothing is written.
#[test]
fn an_observer_is_told_of_each_call() {
    let reports = reports("calls::an_observer_is_told_of_each_call", &[], || {
        Builder::new().on_blocking_in_async(note).install().unwrap();
        for _ in 0..2 {
            for place in [
                Place::Plain,
                Place::BlockingThread,
                Place::Driver,
                Place::OneWorker,
            ] {
                place.run(|| {
                    fetch_sync();
                    block_on(async {});
                    Session.close_sync();
                });
            }
        }
        let told = TOLD.lock().unwrap();
        let facts: Vec<_> = told
            .iter()
            .map(|&(context, name, ..)| (context, name))
            .collect();
        let once = [
            (Context::Driver, Some("fetch")),
            (Context::Driver, None),
            (Context::Worker, Some("fetch")),
            (Context::Worker, None),
        ];
        assert_eq!(facts, [once, once].concat());
        assert_eq!(told[1].2, told[0].2 + 1);
        assert!(told[2].3.as_ref().unwrap().contains("tokio"));
    });
    assert!(reports.is_none_or(|reports| reports.is_empty()));
}

/// It may make calls itself, also in its own panic, and refuse one.
#[test]
fn an_observer_that_calls_and_panics() {
    alone("calls::an_observer_that_calls_and_panics", || {
        static TOLD: AtomicUsize = AtomicUsize::new(0);
        Builder::new()
            .on_blocking_in_async(|call| {
                TOLD.fetch_add(1, SeqCst);
                fetch_sync();
                stays_sync();
                assert_ne!(call.async_fn(), Some("isolated"), "refused");
            })
            .install()
            .unwrap();
        for place in [Place::Driver, Place::OneWorker] {
            place.run(|| {
                let before = TOLD.load(SeqCst);
                fetch_sync();
                assert!(catch_unwind(isolated_sync).is_err());
                fetch_sync();
                assert_eq!(TOLD.load(SeqCst), before + 3);
            });
        }
    });
}

/// An observer sees what is denied; what is allowed it does not.
#[test]
fn an_observer_beside_policies() {
    Child::new("calls::an_observer_beside_policies")
        .with("SYNC_TWIN_ON_DRIVER", "deny")
        .with("SYNC_TWIN_ON_WORKER", "allow")
        .run(|| {
            Builder::new().on_blocking_in_async(note).install().unwrap();
            Place::OneWorker.run(fetch_sync);
            assert!(Place::Driver.run(|| catch_unwind(fetch_sync).is_err()));
            let told = TOLD.lock().unwrap();
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].0, Context::Driver);
        });
}

/// A `Drop` that the crate makes, to call async code, is never asked. To close by hand is a call as any.
#[test]
fn closing_in_a_drop() {
    alone("calls::closing_in_a_drop", || {
        Builder::new()
            .on_driver(Policy::Deny)
            .on_worker(Policy::Deny)
            .install()
            .unwrap();
        for place in [Place::Driver, Place::OneWorker] {
            let closed = Arc::new(AtomicUsize::new(0));
            place.run({
                let closed = Arc::clone(&closed);
                move || {
                    let close = async |closed: Arc<AtomicUsize>| {
                        yield_now().await;
                        closed.fetch_add(1, SeqCst);
                    };
                    drop(sync_twin::closing(Arc::clone(&closed), close));
                    drop(Closed::from(Goodbye(Arc::clone(&closed))));
                    let by_hand = sync_twin::closing(closed, close);
                    let panic = catch_unwind(AssertUnwindSafe(|| by_hand.close()));
                    assert!(message(&*panic.unwrap_err()).contains("denied"));
                }
            });
            assert_eq!(closed.load(SeqCst), 2, "{place:?}");
        }
    });
}

struct Goodbye(Arc<AtomicUsize>);

#[sync_wrapper(type = Closed, close = quit)]
impl Goodbye {
    async fn quit(self) {
        yield_now().await;
        self.0.fetch_add(1, SeqCst);
    }
}

/// One warning comes of many threads that make the same call.
#[test]
fn many_threads_at_once() {
    let reports = reports("calls::many_threads_at_once", &[], || {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                thread::spawn(|| {
                    Place::Driver.run(|| {
                        for _ in 0..100 {
                            fetch_sync();
                        }
                    });
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
    let Some(reports) = reports else { return };
    assert_eq!(reports.len(), 1, "{reports:#?}");
}
