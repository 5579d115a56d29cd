//! The caller's span and dispatcher hold where a call is polled on another thread, and nowhere else.

#![cfg(feature = "tracing")]

mod deadline;

use deadline::{test_name, watch};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{block_on, spawn, sync_wrapper, to_thread};
use tokio::task::yield_now;
use tracing::dispatcher::{self, Dispatch};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Span, Subscriber, info, info_span};
use tracing_core::span::Current;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// Writes down each event, with the spans that it is in.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn dispatch(&self) -> Dispatch {
        Dispatch::new(Registry::default().with(self.clone()))
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, _: &Field, value: &dyn fmt::Debug) {
                self.0 = format!("{value:?}");
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        let mut line = String::new();
        for span in context.event_scope(event).into_iter().flatten() {
            line = format!("{}:{line}", span.name());
        }
        self.0.lock().unwrap().push(line + &message.0);
    }
}

/// Calls `code` in a span, with a log of its own. Returns that.
fn logged<T>(code: impl FnOnce() -> T) -> (T, Vec<String>) {
    let log = Log::default();
    let output = dispatcher::with_default(&log.dispatch(), || info_span!("request").in_scope(code));
    (output, log.take())
}

async fn say(what: &str) {
    info!("{what} begins");
    yield_now().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    info_span!("inner").in_scope(|| info!("{what} ends"));
}

#[sync_wrapper(isolation = "always")]
async fn isolated() {
    say("a call").await;
}

const CALL: [&str; 2] = ["request:a call begins", "request:inner:a call ends"];

#[test]
fn in_isolated_calls() {
    let _watch = watch(&test_name());
    assert_eq!(logged(isolated_sync).1, CALL);
    // The next one on that thread is in no span, and is logged by nobody, or elsewhere.
    let log = Log::default();
    dispatcher::with_default(&log.dispatch(), isolated_sync);
    assert_eq!(log.take(), ["a call begins", "inner:a call ends"]);
    isolated_sync();
    assert_eq!(log.take(), [""; 0]);
}

#[sync_wrapper]
async fn auto() {
    say("a call").await;
}

#[tokio::test]
async fn in_calls_that_leave_a_driver() {
    let _watch = watch(&test_name());
    assert_eq!(logged(auto_sync).1, CALL);
}

#[test]
fn not_after_a_panic() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "always")]
    async fn panics() {
        say("a call").await;
        resume_unwind(Box::new(()));
    }
    #[sync_wrapper(isolation = "always")]
    async fn is_in_a_span() -> bool {
        !Span::current().is_none()
    }
    let (panicked, log) = logged(|| catch_unwind(panics_sync).is_err());
    assert!(panicked);
    assert_eq!(log, CALL);
    assert!(!is_in_a_span_sync());
    assert!(logged(is_in_a_span_sync).0);
}

/// Many take turns on a few threads.
#[test]
fn in_tasks() {
    let _watch = watch(&test_name());
    let work = || {
        let tasks: Vec<_> = (0..20).map(|_| spawn(say("a task"))).collect();
        tasks.into_iter().for_each(|task| task.join());
    };
    let ((), mut log) = logged(work);
    log.sort();
    let counts = log.chunk_by(|a, b| a == b);
    let counts: Vec<_> = counts.map(|same| (&*same[0], same.len())).collect();
    let expected = [
        ("request:a task begins", 20),
        ("request:inner:a task ends", 20),
    ];
    assert_eq!(counts, expected);
    let is_in_a_span = || spawn(async { !Span::current().is_none() }).join();
    assert!((0..20).all(|_| !is_in_a_span()));
    let failing = || spawn(async { resume_unwind(Box::new(())) }).try_join();
    let failed = logged(failing).0;
    failed.map(|never: ()| never).unwrap_err();
    assert!((0..20).all(|_| !is_in_a_span()));
}

#[test]
fn in_to_thread() {
    let _watch = watch(&test_name());
    let ((), log) = logged(|| block_on(to_thread(|| block_on(say("code")))));
    assert_eq!(log, ["request:code begins", "request:inner:code ends"]);
    assert!(block_on(to_thread(|| Span::current().is_none())));
    let panics = || block_on(to_thread(|| resume_unwind(Box::new(()))));
    let (panicked, _) = logged(|| catch_unwind(AssertUnwindSafe(panics)));
    panicked.map(|never: ()| never).unwrap_err();
    assert!((0..20).all(|_| block_on(to_thread(|| Span::current().is_none()))));
}

/// The task's span holds in the code and in the calls that the task serves, and so does what the code has entered. The
/// task itself is in its own span between them.
#[test]
fn in_calls_that_a_task_serves() {
    let _watch = watch(&test_name());
    for is_local in [false, true] {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let code = || {
            info!("code");
            auto_sync();
            info_span!("deeper").in_scope(auto_sync);
        };
        let ((), log) = logged(|| {
            runtime.block_on(async {
                let task = async {
                    match is_local {
                        false => to_thread(code).serve().await,
                        true => to_thread(code).serve_local().await,
                    }
                };
                let others = async {
                    loop {
                        let in_span = Span::current().metadata().map(|span| span.name());
                        assert_eq!(in_span, Some("request"));
                        yield_now().await;
                    }
                };
                tokio::select! {
                    () = task => {}
                    () = others => {}
                }
            });
        });
        let expected = [
            "request:code",
            "request:a call begins",
            "request:inner:a call ends",
            "request:deeper:a call begins",
            "request:deeper:inner:a call ends",
        ];
        assert_eq!(log, expected);
    }
}

/// A thread that drives while it waits leaves its spans meanwhile, and is in them again for its call, also when that panics.
///
/// The home is that of the thread: the other tests would have it drive the one of all by chance only.
#[test]
fn not_in_tasks_that_the_caller_drives() {
    let _watch = watch(&test_name());
    #[sync_wrapper(flavor = "per_thread")]
    async fn begin(here: ThreadId) -> tokio::task::JoinHandle<()> {
        tokio::spawn(async move {
            let mut polls = 0;
            while polls < 50 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                assert!(Span::current().is_none(), "in the caller's span");
                polls += usize::from(thread::current().id() == here);
            }
        })
    }
    #[sync_wrapper(flavor = "per_thread")]
    async fn end(task: &mut tokio::task::JoinHandle<()>) {
        say("a call").await;
        // One wait after the other: if another thread has driven meanwhile, this one takes over.
        while !task.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        task.await.unwrap();
    }
    #[sync_wrapper(flavor = "per_thread")]
    async fn panics() {
        say("a panic").await;
        resume_unwind(Box::new(()))
    }
    let mut task = begin_sync(thread::current().id());
    let ((), log) = logged(|| {
        let outer = info_span!("outer").entered();
        // Entered twice.
        outer.in_scope(|| {
            end_sync(&mut task);
            info!("after it");
        });
        catch_unwind(panics_sync).unwrap_err();
        info!("after that");
    });
    let expected = [
        "request:outer:a call begins",
        "request:outer:inner:a call ends",
        "request:outer:after it",
        "request:outer:a panic begins",
        "request:outer:inner:a panic ends",
        "request:outer:after that",
    ];
    assert_eq!(log, expected);
}

/// While an isolation thread waits, it drives home, and with it tasks that belong to others.
#[test]
fn not_in_others_tasks() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "always")]
    async fn begin() -> tokio::task::JoinHandle<()> {
        tokio::spawn(async {
            let mut polls = 0;
            while polls < 50 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                assert!(Span::current().is_none());
                // Other tests drive this, too, and have dispatchers of their own.
                if thread::current().name() == Some("sync-twin-isolated") {
                    info!("not of the request");
                    polls += 1;
                }
            }
        })
    }
    let task = begin_sync();
    let (calls, log) = logged(|| {
        let mut calls = 0;
        while !task.is_finished() {
            isolated_sync();
            calls += 1;
        }
        calls
    });
    assert_eq!(log, CALL.repeat(calls));
    block_on(task).unwrap();
}

/// One that is set while a task is at work serves that, too.
#[test]
fn a_global_dispatcher_that_comes_later() {
    let _watch = watch(&test_name());
    let (set, is_set) = tokio::sync::oneshot::channel();
    let task = spawn(async {
        is_set.await.unwrap();
        info!("late");
    });
    let log = Log::default();
    dispatcher::set_global_default(log.dispatch()).expect("it is the only one");
    set.send(()).unwrap();
    task.join();
    assert!(log.take().contains(&"late".to_owned()));
}

/// A fiber that is suspended in a span leaves it to nobody, and is in it again when it goes on.
#[test]
fn a_span_that_is_entered_in_a_fiber() {
    let _watch = watch(&test_name());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let ((), mut log) = logged(|| {
        runtime.block_on(async {
            let code = sync_twin::fiber(|| {
                info_span!("outer").in_scope(|| {
                    info_span!("inner").in_scope(|| {
                        block_on(yield_now());
                        info!("in the fiber");
                        block_on(yield_now());
                    });
                });
                info!("after them");
            });
            let other = async {
                yield_now().await;
                info!("beside it");
            };
            tokio::join!(code, other);
            info!("in the end");
        });
    });
    // Who is polled first is left to chance.
    log.sort();
    assert_eq!(
        log,
        [
            "request:after them",
            "request:beside it",
            "request:in the end",
            "request:outer:inner:in the fiber",
        ]
    );
}

/// Sync code that is handed the span of its task enters it once more, and a subscriber does not tell.
#[test]
fn the_span_of_the_task_that_is_entered_in_its_fiber() {
    use tracing::Instrument as _;
    let _watch = watch(&test_name());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let in_span = |times: usize| {
        move || {
            let here = Span::current();
            let code = || {
                block_on(yield_now());
                info!("in the fiber");
                block_on(yield_now());
            };
            match times {
                1 => here.in_scope(code),
                _ => here.in_scope(|| info_span!("inner").in_scope(|| here.in_scope(code))),
            }
            info!("after them");
        }
    };
    for (times, name) in [(1, ""), (2, "inner:")] {
        let ((), mut log) = logged(|| {
            runtime.block_on(async {
                let code = sync_twin::fiber(in_span(times)).instrument(info_span!("task"));
                let other = async {
                    for _ in 0..3 {
                        assert_eq!(
                            Span::current().metadata().map(Metadata::name),
                            Some("request")
                        );
                        yield_now().await;
                    }
                    info!("beside it");
                };
                tokio::join!(code, other);
                info!("in the end");
            });
        });
        log.sort();
        let mut expected = [
            String::from("request:beside it"),
            String::from("request:in the end"),
            String::from("request:task:after them"),
            format!("request:task:{name}in the fiber"),
        ];
        expected.sort();
        assert_eq!(log, expected);
    }
}

/// A fiber whose code is left where it is leaves its span, too.
#[test]
fn a_span_of_a_fiber_that_is_given_up() {
    let _watch = watch(&test_name());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let ((), log) = logged(|| {
        runtime.block_on(async {
            let mut code = Box::pin(sync_twin::fiber(|| {
                let _entered = info_span!("outer").entered();
                loop {
                    let _ = catch_unwind(|| block_on(std::future::pending::<()>()));
                }
            }));
            let cx = &mut std::task::Context::from_waker(Waker::noop());
            assert!(Future::poll(code.as_mut(), cx).is_pending());
            drop(code);
            info!("after it");
        });
    });
    assert_eq!(log, ["request:after it"]);
}

/// Subscribers are code of the user's. What they throw at a fiber reaches who polls it, wherever that is.
#[test]
fn a_subscriber_that_panics_around_a_fiber() {
    static IS_ON: AtomicBool = AtomicBool::new(false);
    struct Panics(Registry);
    impl Subscriber for Panics {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.0.enabled(metadata)
        }
        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.0.new_span(span)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &Event<'_>) {}
        fn enter(&self, id: &Id) {
            self.0.enter(id);
        }
        fn exit(&self, id: &Id) {
            self.0.exit(id);
        }
        fn current_span(&self) -> Current {
            assert!(!IS_ON.load(Ordering::Relaxed), "of the subscriber");
            self.0.current_span()
        }
    }
    let _watch = watch(&test_name());
    dispatcher::with_default(&Dispatch::new(Panics(Registry::default())), || {
        // Where it begins, and where it goes on.
        for panics_at in [0, 1] {
            let mut code = pin!(sync_twin::fiber(|| block_on(yield_now())));
            let poll = |code: Pin<&mut _>| {
                let cx = &mut std::task::Context::from_waker(Waker::noop());
                Future::poll(code, cx).is_pending()
            };
            for _ in 0..panics_at {
                assert!(poll(code.as_mut()));
            }
            IS_ON.store(true, Ordering::Relaxed);
            let caught = catch_unwind(AssertUnwindSafe(|| poll(code.as_mut())));
            IS_ON.store(false, Ordering::Relaxed);
            let panic = caught.expect_err("the subscriber panics");
            assert_eq!(panic.downcast_ref(), Some(&"of the subscriber"));
        }
        assert_eq!(block_on(sync_twin::fiber(|| block_on(async { 7 }))), 7);
    });
}

/// What is carried to a fiber thread holds around each of its polls.
#[test]
fn on_fiber_threads() {
    let _watch = watch(&test_name());
    let ((), log) = logged(|| {
        block_on(sync_twin::to_fiber(|| {
            block_on(say("a fiber"));
        }));
    });
    assert_eq!(
        log,
        ["request:a fiber begins", "request:inner:a fiber ends"]
    );
}
