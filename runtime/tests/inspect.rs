//! What can be asked about the calls of the process.

mod deadline;

use deadline::{test_name, watch};
use std::panic::Location;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;
use sync_twin::{
    BlockedCall, Context, Elapsed, Strategy, batch, block_on, block_on_timeout, blocked_calls,
    metrics, spawn, sync_wrapper,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// These count the calls of the process.
static ALONE: Mutex<()> = Mutex::new(());

#[sync_wrapper]
async fn receive(from: oneshot::Receiver<u8>) -> u8 {
    from.await.expect("it is sent")
}

#[sync_wrapper]
async fn ready() {}

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The call that waits, once it does.
fn waiting(site: &Location<'_>) -> BlockedCall {
    loop {
        let found = blocked_calls().into_iter().find(|call| {
            (call.location().file(), call.location().line()) == (site.file(), site.line())
        });
        if let Some(call) = found {
            return call;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Where a call is made, what it is there, and the call.
type Case<'a> = (
    &'static str,
    Context,
    Strategy,
    &'a (dyn Fn(oneshot::Receiver<u8>) + Sync),
);

#[test]
fn a_call_is_listed_while_it_waits() {
    let _watch = watch(&test_name());
    let _alone = ALONE.lock();
    let site: Mutex<Option<u32>> = Mutex::new(None);
    let cases: [Case<'_>; 4] = [
        ("plain", Context::Outside, Strategy::Home, &|receiver| {
            *site.lock().unwrap() = Some(line!() + 1);
            receive_sync(receiver);
        }),
        ("driver", Context::Driver, Strategy::Isolated, &|receiver| {
            current_thread().block_on(async {
                *site.lock().unwrap() = Some(line!() + 1);
                receive_sync(receiver);
            });
        }),
        ("in place", Context::Driver, Strategy::Crew, &|receiver| {
            current_thread().block_on(async {
                *site.lock().unwrap() = Some(line!() + 1);
                let _ = block_on(receiver);
            });
        }),
        ("join", Context::Outside, Strategy::Join, &|receiver| {
            let task = spawn(receiver);
            *site.lock().unwrap() = Some(line!() + 1);
            let _ = task.join();
        }),
    ];
    for (name, context, strategy, case) in cases {
        *site.lock().unwrap() = None;
        let (sender, receiver) = oneshot::channel();
        let before = metrics();
        thread::scope(|scope| {
            let thread = thread::Builder::new().name(name.to_owned());
            thread
                .spawn_scoped(scope, || case(receiver))
                .expect("a thread");
            let line = loop {
                if let Some(line) = *site.lock().unwrap() {
                    break line;
                }
                thread::yield_now();
            };
            let call = loop {
                let calls = blocked_calls();
                if let Some(call) = calls.iter().find(|call| call.location().line() == line) {
                    break call.clone();
                }
                thread::sleep(Duration::from_millis(1));
            };
            assert_eq!(call.location().file(), file!());
            assert_eq!(call.thread_name(), Some(name));
            assert!(call.thread_id().is_some());
            assert_eq!(
                (call.context(), call.strategy()),
                (context, strategy),
                "{name}"
            );
            assert_eq!(call.inside(), None);
            let of_twin = matches!(name, "plain" | "driver").then_some("receive");
            assert_eq!(call.async_fn(), of_twin, "{name}");
            let shown = call.to_string();
            assert!(
                shown.starts_with(&format!("{}:{line}:", file!())),
                "{shown}"
            );
            for part in [
                format!("thread `{name}`"),
                context.to_string(),
                strategy.to_string(),
            ] {
                assert!(shown.contains(&part), "{shown}");
            }
            // Listed once, also where an isolation thread has a part in it.
            assert_eq!(metrics().blocked_now(), 1, "{:?}", blocked_calls());
            thread::sleep(Duration::from_millis(5));
            sender.send(1).expect("it waits");
        });
        let after = metrics();
        assert!(blocked_calls().is_empty(), "{name}");
        assert_eq!(after.blocked_now(), 0);
        assert_eq!(
            after.calls(context, strategy),
            before.calls(context, strategy) + 1,
            "{name}"
        );
        assert!(after.time_blocked() >= before.time_blocked() + Duration::from_millis(5));
    }
    assert!(metrics().isolation_threads() >= 1);
    assert!(metrics().idle_isolation_threads() <= metrics().isolation_threads());
    assert_eq!(metrics().retired_homes(), 0);
}

#[test]
fn calls_that_are_ready_are_counted() {
    let _watch = watch(&test_name());
    let _alone = ALONE.lock();
    let before = metrics();
    // On threads that have ended by the time that they are counted, and one after the other.
    for _ in 0..3 {
        let thread = thread::spawn(|| {
            for _ in 0..100 {
                ready_sync();
            }
        });
        thread.join().expect("it does not panic");
    }
    let after = metrics();
    let calls = |of: &sync_twin::Metrics| of.calls(Context::Outside, Strategy::Home);
    assert_eq!(calls(&after), calls(&before) + 300);
    assert_eq!(after.all_calls(), before.all_calls() + 300);
    assert!(
        after.to_string().contains("outside any runtime, in home: "),
        "{after}"
    );
}

/// A batch and an iterator's `next` are calls as well.
#[test]
fn a_batch_is_one_call() {
    let _watch = watch(&test_name());
    let _alone = ALONE.lock();
    let before = metrics().all_calls();
    batch((0..10).map(|n| async move { n })).run();
    assert_eq!(metrics().all_calls(), before + 1);
    let mut numbers = sync_twin::iter(three::Three(0));
    assert_eq!(numbers.by_ref().count(), 3);
    assert_eq!(metrics().all_calls(), before + 5);
}

mod three {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// A stream of three numbers.
    pub(crate) struct Three(pub(crate) u8);

    impl futures_core::Stream for Three {
        type Item = u8;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u8>> {
            self.0 += 1;
            Poll::Ready((self.0 <= 3).then_some(self.0))
        }
    }
}

const LIMIT: Duration = Duration::from_millis(5);

#[sync_wrapper(timeout = LIMIT)]
async fn never() {
    std::future::pending().await
}

#[track_caller]
fn is_at(late: Elapsed, line: u32) {
    assert_eq!(late.limit(), LIMIT);
    assert_eq!(
        (late.location().file(), late.location().line()),
        (file!(), line)
    );
    let shown = late.to_string();
    let expected = format!(
        "the blocking call at {} did not complete within 5ms",
        late.location()
    );
    assert_eq!(shown, expected);
    let error = std::io::Error::from(late);
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_late_call_names_its_place_and_its_limit() {
    let _watch = watch(&test_name());
    let _alone = ALONE.lock();
    is_at(never_sync().expect_err("it is late"), line!());
    is_at(
        block_on_timeout(LIMIT, never()).expect_err("it is late"),
        line!() - 1,
    );
    // Isolated, too.
    current_thread().block_on(async {
        is_at(never_sync().expect_err("it is late"), line!());
    });
    let whole = batch([never()]).timeout(LIMIT);
    is_at(whole.run().expect_err("it is late"), line!());
    let each = batch([never()]).timeout_each(LIMIT);
    let (mut outputs, line) = (each.run(), line!());
    is_at(outputs.remove(0).expect_err("it is late"), line);
    let each = batch([never()]).timeout_each(LIMIT);
    let (mut outputs, line) = (each.as_completed(), line!());
    is_at(outputs.next().expect("one").expect_err("it is late"), line);
}

/// A chain of calls shows how they are nested.
#[test]
fn a_call_inside_another_names_it() {
    let _watch = watch(&test_name());
    let _alone = ALONE.lock();
    #[sync_wrapper]
    async fn outer(from: oneshot::Receiver<u8>) {
        // It is listed when it has had to wait.
        tokio::time::sleep(Duration::from_millis(1)).await;
        receive_sync(from);
    }
    let (sender, receiver) = oneshot::channel();
    let line = line!() + 1;
    let thread = thread::spawn(|| outer_sync(receiver));
    let inner = loop {
        let found = blocked_calls()
            .into_iter()
            .find(|call| call.inside().is_some());
        if let Some(call) = found {
            break call;
        }
        thread::sleep(Duration::from_millis(1));
    };
    let outer = inner.inside().expect("it is inside");
    assert_eq!((outer.file(), outer.line()), (file!(), line));
    assert_eq!(waiting(outer).inside(), None);
    sender.send(1).expect("it waits");
    thread.join().expect("it does not panic");
}
