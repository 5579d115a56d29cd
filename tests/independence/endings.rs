//! Calls in tasks of a runtime that is shut down while they wait: they are ended as the tasks are, after a grace.
//!
//! `shutdown.rs` has the calls that are made once a runtime shuts down. tokio cancels a task at its next `.await`, and one
//! in a blocking call has none. The recipe's sockets and timers die with the caller's runtime, which is what ends it. With
//! `panic = "abort"` calls are only reported; that needs a standard library and tests built in that way, and is not tried.

use crate::child::{Child, alone};
use std::future::pending;
use std::net::{SocketAddr, TcpListener};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{batch, block_on, block_on_timeout, spawn, sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::workers;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

/// Far above the grace of a second: it only means "hangs".
const BOUND: Duration = Duration::from_secs(20);

/// No test lasts that long.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Until a call counts as one that waits.
const A_WHILE: Duration = Duration::from_millis(300);

/// Accepts, and says nothing.
static SILENT: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        let _kept: Vec<_> = listener.incoming().collect();
    });
    address
});

#[sync_wrapper]
async fn wait_for_socket() {
    let mut socket = TcpStream::connect(*SILENT).await.unwrap();
    socket.read_u8().await.unwrap();
}

#[sync_wrapper]
async fn wait_for_timer() {
    sleep(AN_HOUR).await;
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated() {
    wait_for_socket().await;
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated_for_timer() {
    sleep(AN_HOUR).await;
}

#[sync_wrapper(flavor = "current_thread")]
async fn wait_at_home() {
    wait_for_socket().await;
}

#[sync_wrapper(flavor = "multi_thread")]
async fn wait_in_the_crew() {
    wait_for_socket().await;
}

#[sync_wrapper(timeout = AN_HOUR)]
async fn wait_for_an_hour() {
    wait_for_socket().await;
}

/// The inner call waits in the first poll of the outer one.
#[sync_wrapper]
async fn wait_in_nested_call() {
    wait_for_timer_sync();
}

/// The inner call waits in a later poll of the outer one.
#[sync_wrapper]
async fn wait_in_later_nested_call() {
    sleep(Duration::from_millis(1)).await;
    wait_for_socket_sync();
}

#[sync_wrapper]
async fn wait_isolated_in_nested_call() {
    yield_now().await;
    wait_isolated_sync();
}

#[sync_wrapper(isolation = "always")]
async fn wait_in_call_in_isolated_one() {
    yield_now().await;
    wait_for_timer_sync();
}

/// The task goes on for as long as the process does.
fn join_for_ever() {
    spawn(pending::<()>()).join();
}

#[sync_wrapper]
async fn wait_for_thread() {
    let (_sender, never) = channel::<()>();
    to_thread(move || never.recv_timeout(AN_HOUR)).await.ok();
}

/// A loop of calls each of which is short.
fn call_again_and_again() {
    #[sync_wrapper]
    async fn nap() {
        sleep(Duration::from_millis(20)).await;
    }
    loop {
        nap_sync();
    }
}

/// Calls that do not end by themselves.
const WAITS: &[(&str, fn())] = &[
    ("silent socket", wait_for_socket_sync),
    ("long timer", wait_for_timer_sync),
    ("join of a task that never ends", join_for_ever),
    ("isolated, silent socket", wait_isolated_sync),
    ("isolated, long timer", wait_isolated_for_timer_sync),
    ("current_thread", wait_at_home_sync),
    ("multi_thread", wait_in_the_crew_sync),
    ("nested", wait_in_nested_call_sync),
    ("nested later", wait_in_later_nested_call_sync),
    ("isolated in a call", wait_isolated_in_nested_call_sync),
    ("in an isolated call", wait_in_call_in_isolated_one_sync),
    ("block_on", || block_on(wait_for_socket())),
    ("long limit", || wait_for_an_hour_sync().unwrap()),
    ("block_on_timeout", || {
        block_on_timeout(AN_HOUR, wait_for_socket()).unwrap();
    }),
    ("batch", || {
        batch([wait_for_socket(), wait_for_socket()]).run();
    }),
    ("thread that never ends", wait_for_thread_sync),
    ("join_timeout", || {
        spawn(pending::<()>()).join_timeout(AN_HOUR).ok();
    }),
    ("loop of short calls", call_again_and_again),
];

#[derive(Clone, Copy, Debug)]
enum Shutdown {
    Drop,
    Timeout,
    Background,
}

const SHUTDOWNS: [Shutdown; 3] = [Shutdown::Drop, Shutdown::Timeout, Shutdown::Background];

impl Shutdown {
    fn of(self, runtime: Runtime) {
        match self {
            Shutdown::Drop => drop(runtime),
            Shutdown::Timeout => runtime.shutdown_timeout(AN_HOUR),
            Shutdown::Background => runtime.shutdown_background(),
        }
    }
}

/// How the frame around a call was left.
#[derive(Debug, PartialEq, Eq)]
enum Left {
    ByReturning,
    ByUnwinding,
}

/// A local of a task: says how the task's stack was left.
struct Local(Sender<Left>);

impl Drop for Local {
    fn drop(&mut self) {
        let left = match thread::panicking() {
            true => Left::ByUnwinding,
            false => Left::ByReturning,
        };
        // Nobody listens after a failure.
        let _ = self.0.send(left);
    }
}

/// Shuts `runtime` down on a thread of its own, and comes back when that has returned.
fn shut_down(runtime: Runtime, how: Shutdown, case: &str) {
    let (sender, returned) = channel();
    thread::spawn(move || {
        how.of(runtime);
        // Nobody listens after a failure.
        let _ = sender.send(());
    });
    let in_time = returned.recv_timeout(BOUND);
    assert_eq!(in_time, Ok(()), "the shutdown does not return: {case}");
}

fn left(leaving: &Receiver<Left>, case: &str) -> Left {
    let left = leaving.recv_timeout(BOUND);
    left.unwrap_or_else(|_| panic!("the call goes on: {case}"))
}

/// Tries all waits at once.
fn with_each_wait(test: impl Fn(&'static str, fn()) + Clone + Send + 'static) {
    let cases: Vec<_> = WAITS
        .iter()
        .map(|&(name, wait)| {
            let test = test.clone();
            thread::spawn(move || test(name, wait))
        })
        .collect();
    let failures = cases.into_iter().filter_map(|case| case.join().err());
    assert_eq!(failures.count(), 0, "their panics are above");
}

/// A call waits for so long in a task of a runtime, which is then shut down by `how`.
fn ends(how: Shutdown, waiting: Duration) {
    with_each_wait(move |name, wait| {
        let case = format!("{name}, {how:?}");
        let runtime = workers(2);
        let (sender, leaving) = channel();
        let (started, is_started) = channel();
        runtime.spawn(async move {
            let _local = Local(sender);
            started.send(()).unwrap();
            wait();
        });
        is_started.recv().unwrap();
        thread::sleep(waiting);
        shut_down(runtime, how, &case);
        assert_eq!(left(&leaving, &case), Left::ByUnwinding, "{case}");
    });
}

/// `drop(runtime)` while a task's call waits for what never comes. The recipe's call ends with an error where it waits
/// for a socket, and holds `drop` up for ever where it waits for a task elsewhere.
#[test]
fn a_runtime_that_is_dropped_while_its_tasks_call() {
    ends(Shutdown::Drop, A_WHILE);
}

/// `shutdown_timeout` with an hour comes back as soon as the calls have been ended.
#[test]
fn shutdown_timeout_while_tasks_call() {
    ends(Shutdown::Timeout, A_WHILE);
}

/// `shutdown_background` returns at once, and the calls are ended all the same.
#[test]
fn shutdown_background_while_tasks_call() {
    ends(Shutdown::Background, A_WHILE);
}

/// The calls have just begun when the runtime shuts down: nobody looks after them yet.
#[test]
fn a_runtime_that_is_dropped_as_soon_as_its_tasks_call() {
    ends(Shutdown::Drop, Duration::ZERO);
}

/// More tasks than workers, each with a call of its own kind.
#[test]
fn many_calls_of_one_runtime() {
    for how in SHUTDOWNS {
        within_deadline(&format!("{how:?}"), move || {
            let runtime = workers(2);
            let (sender, leaving) = channel();
            for &(_, wait) in WAITS {
                let local = Local(sender.clone());
                runtime.spawn(async move {
                    let _local = local;
                    wait();
                });
            }
            thread::sleep(A_WHILE);
            shut_down(runtime, how, "many");
            for _ in WAITS {
                // One that has not been polled yet is dropped.
                left(&leaving, "many");
            }
        });
    }
}

/// Calls when it is dropped; says how that call was left.
struct WaitOnDrop(fn(), Sender<Left>);

impl Drop for WaitOnDrop {
    fn drop(&mut self) {
        let _local = Local(self.1.clone());
        (self.0)();
    }
}

/// The shutdown drops an idle task, which then makes a call that never ends.
#[test]
fn a_cancelled_task_whose_drop_calls() {
    for how in SHUTDOWNS {
        with_each_wait(move |name, wait| {
            let case = format!("{name}, {how:?}");
            let runtime = workers(2);
            let (sender, leaving) = channel();
            let (started, is_started) = channel();
            runtime.spawn(async move {
                let _value = WaitOnDrop(wait, sender);
                started.send(()).unwrap();
                pending::<()>().await;
            });
            is_started.recv().unwrap();
            shut_down(runtime, how, &case);
            assert_eq!(left(&leaving, &case), Left::ByUnwinding, "{case}");
        });
    }
}

/// Is dropped with its runtime's tasks, and says so.
struct Cancelled(Option<oneshot::Sender<u32>>);

impl Drop for Cancelled {
    fn drop(&mut self) {
        if let Some(answer) = self.0.take() {
            // Nobody listens after a failure.
            let _ = answer.send(42);
        }
    }
}

#[sync_wrapper]
async fn wait_for_answer(answer: oneshot::Receiver<u32>) -> u32 {
    answer.await.unwrap()
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated_for_answer(answer: oneshot::Receiver<u32>) -> u32 {
    answer.await.unwrap()
}

/// The answer comes because the runtime shuts down, from another task that is cancelled.
#[test]
fn a_call_that_completes_within_the_grace() {
    let ways = [
        ("auto", wait_for_answer_sync as fn(_) -> _),
        ("isolated", wait_isolated_for_answer_sync),
    ];
    for (way, call) in ways {
        for how in SHUTDOWNS {
            let case = format!("{way}, {how:?}");
            within_deadline(&case.clone(), move || {
                let runtime = workers(2);
                let (sender, answer) = oneshot::channel();
                let (result, results) = channel();
                runtime.spawn(async move {
                    let _cancelled = Cancelled(Some(sender));
                    pending::<()>().await;
                });
                runtime.spawn(async move { result.send(call(answer)).unwrap() });
                thread::sleep(A_WHILE);
                shut_down(runtime, how, &case);
                assert_eq!(results.recv_timeout(BOUND), Ok(42), "{case}");
            });
        }
    }
}

/// Catches what ends its call, tries again, and is ended again, at once: there is one grace for each runtime.
#[test]
fn a_task_that_catches_what_ends_its_call() {
    within_deadline("three calls", || {
        let runtime = workers(2);
        let (sender, caught) = channel();
        runtime.spawn(async move {
            for _ in 0..3 {
                let outcome = catch_unwind(wait_for_socket_sync);
                sender.send(outcome.is_err()).unwrap();
            }
        });
        thread::sleep(A_WHILE);
        shut_down(runtime, Shutdown::Drop, "three calls");
        let caught: Vec<_> = caught.iter().collect();
        assert_eq!(caught, [true; 3]);
    });
}

/// The end of a call is nobody's mistake: no message is printed, and no crash reporter is told.
#[test]
fn the_panic_hook_is_not_told() {
    static TOLD: AtomicUsize = AtomicUsize::new(0);
    alone("endings::the_panic_hook_is_not_told", || {
        let before = panic::take_hook();
        panic::set_hook(Box::new(|_| {
            TOLD.fetch_add(1, SeqCst);
        }));
        let runtime = workers(2);
        let (sender, caught) = channel();
        for &(_, wait) in WAITS {
            let caught = sender.clone();
            runtime.spawn(async move {
                let outcome = catch_unwind(AssertUnwindSafe(wait));
                caught.send(outcome.is_err()).unwrap();
            });
        }
        drop(sender);
        // Until each has got a worker.
        thread::sleep(Duration::from_secs(1));
        shut_down(runtime, Shutdown::Drop, "with a hook");
        let caught: Vec<_> = caught.iter().collect();
        panic::set_hook(before);
        assert_eq!(caught, [true; WAITS.len()]);
        assert_eq!(TOLD.load(SeqCst), 0);
    });
}

/// A blocking closure goes on to its end, as tokio's do, and so do its calls.
#[test]
fn a_call_of_a_blocking_thread_is_not_ended() {
    Child::new("endings::a_call_of_a_blocking_thread_is_not_ended")
        .with("SYNC_TWIN_GRACE", "100")
        .run(|| {
            let ways = [
                ("auto", wait_for_answer_sync as fn(_) -> _),
                ("isolated", wait_isolated_for_answer_sync),
            ];
            for (way, call) in ways {
                let runtime = workers(1);
                let (sender, answer) = oneshot::channel();
                let thread = runtime.spawn_blocking(move || call(answer));
                thread::sleep(A_WHILE);
                runtime.shutdown_background();
                // Far longer than the grace.
                thread::sleep(Duration::from_secs(1));
                sender.send(42).unwrap();
                assert_eq!(output(thread), 42, "{way}");
            }
        });
}

/// Of a task or closure of a runtime that is gone, from outside.
fn output<T>(task: JoinHandle<T>) -> T {
    workers(1).block_on(task).unwrap()
}

/// `drop` waits for a blocking closure, which waits in a call: that is said.
#[test]
fn a_runtime_that_waits_for_a_call_of_a_blocking_thread_is_reported() {
    let test = "endings::a_runtime_that_waits_for_a_call_of_a_blocking_thread_is_reported";
    Child::new(test).reports("shutting down", || {
        let runtime = workers(1);
        runtime.spawn_blocking(wait_for_socket_sync);
        thread::sleep(A_WHILE);
        drop(runtime);
    });
}

/// With the grace `off`, a task's call has all the time of the world, and `drop` waits for it.
#[test]
fn a_grace_that_is_off() {
    Child::new("endings::a_grace_that_is_off")
        .with("SYNC_TWIN_GRACE", "off")
        .run(|| {
            let runtime = workers(2);
            let (sender, answer) = oneshot::channel();
            let call = runtime.spawn(async { wait_for_answer_sync(answer) });
            thread::sleep(A_WHILE);
            let dropping = thread::spawn(move || drop(runtime));
            // Longer than the grace that holds without the variable.
            thread::sleep(Duration::from_secs(3));
            assert!(!dropping.is_finished(), "there was a grace");
            sender.send(42).unwrap();
            dropping.join().unwrap();
            assert_eq!(output(call), 42);
        });
}

/// With the grace `off`, that `drop` waits is still said.
#[test]
fn a_grace_that_is_off_is_reported() {
    Child::new("endings::a_grace_that_is_off_is_reported")
        .with("SYNC_TWIN_GRACE", "off")
        .reports("shutting down", || {
            let runtime = workers(2);
            runtime.spawn(async { wait_for_socket_sync() });
            thread::sleep(A_WHILE);
            drop(runtime);
        });
}

/// A grace that is set to five seconds: a call that ends after two returns its value, one that does not end is ended.
#[test]
fn a_long_grace() {
    Child::new("endings::a_long_grace")
        .with("SYNC_TWIN_GRACE", "5000")
        .run(|| {
            let runtime = workers(2);
            let (sender, answer) = oneshot::channel();
            let call = runtime.spawn(async { wait_for_answer_sync(answer) });
            let (local, leaving) = channel();
            runtime.spawn(async move {
                let _local = Local(local);
                wait_for_socket_sync();
            });
            thread::sleep(A_WHILE);
            let dropping = thread::spawn(move || drop(runtime));
            thread::sleep(Duration::from_secs(2));
            sender.send(42).unwrap();
            assert_eq!(output(call), 42);
            assert_eq!(left(&leaving, "five seconds"), Left::ByUnwinding);
            dropping.join().unwrap();
        });
}

/// `main` returns, and drops its runtime, while tasks are in calls that never end. A task that awaits instead is
/// cancelled, and the process ends.
#[test]
fn a_main_that_returns_while_its_tasks_call() {
    #[tokio::main]
    async fn main() {
        for &(_, wait) in WAITS {
            tokio::spawn(async move { wait() });
        }
        sleep(A_WHILE).await;
    }
    alone("endings::a_main_that_returns_while_its_tasks_call", main);
}

/// Waits until no task is alive: what we had there has gone with the last call.
fn is_left_alone(runtime: &Runtime) {
    let end = Instant::now() + BOUND;
    while runtime.metrics().num_alive_tasks() > 0 {
        let alive = runtime.metrics().num_alive_tasks();
        assert!(Instant::now() < end, "{alive} tasks are alive");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Calls that last long enough to be looked after.
const LONG_ENOUGH: &[(&str, fn())] = &[
    ("auto", long_sync),
    ("isolated", long_isolated_sync),
    ("join", || spawn(long()).join()),
    ("batch", || {
        batch([long(), long()]).run();
    }),
    ("short calls", || {
        for _ in 0..10 {
            block_on(async { sleep(Duration::from_millis(25)).await });
        }
    }),
];

#[sync_wrapper]
async fn long() {
    sleep(Duration::from_millis(250)).await;
}

#[sync_wrapper(isolation = "always")]
async fn long_isolated() {
    long().await;
}

/// A program that waits until its runtime has no tasks, as some do before they shut down.
#[test]
fn no_task_is_alive_when_no_call_waits() {
    within_deadline("num_alive_tasks", || {
        let runtime = workers(2);
        for round in 0..3 {
            for &(_, call) in LONG_ENOUGH {
                let tasks = (0..4).map(|_| runtime.spawn(async move { call() }));
                let blocking = (0..2).map(|_| runtime.spawn_blocking(call));
                for task in tasks.chain(blocking).collect::<Vec<_>>() {
                    runtime.block_on(task).unwrap();
                }
                is_left_alone(&runtime);
            }
            // Ours must not be counted forever, nor come back too late in the next round.
            assert_eq!(runtime.metrics().num_alive_tasks(), 0, "round {round}");
        }
    });
}

/// What a runtime owns lives until the last handle of it has gone.
fn is_freed(work: impl FnOnce(&Runtime)) {
    let owned = Arc::new(());
    let kept = Arc::clone(&owned);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_stop(move || {
            let _ = &kept;
        })
        .build()
        .unwrap();
    work(&runtime);
    shut_down(runtime, Shutdown::Drop, "to be freed");
    let end = Instant::now() + BOUND;
    while Arc::strong_count(&owned) > 1 {
        assert!(Instant::now() < end, "the runtime is still there");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A program with many runtimes, one after the other, must not keep them all.
#[test]
fn a_runtime_whose_calls_have_ended_is_freed() {
    for &(way, call) in LONG_ENOUGH {
        within_deadline(way, move || {
            is_freed(|runtime| {
                let task = runtime.spawn(async move { call() });
                runtime.block_on(task).unwrap();
                runtime.block_on(runtime.spawn_blocking(call)).unwrap();
                runtime.block_on(async { call() });
            });
        });
    }
}

/// The same if its shutdown is what ended them.
#[test]
fn a_runtime_that_has_ended_calls_is_freed() {
    with_each_wait(|_, wait| {
        is_freed(|runtime| {
            runtime.spawn(async move { wait() });
            thread::sleep(A_WHILE);
        });
    });
}

/// The end of one runtime is none of another's business, also where one call stands inside the other.
#[test]
fn calls_of_other_runtimes_go_on() {
    within_deadline("two runtimes", || {
        let (ending, staying) = (workers(2), workers(2));
        let (sender, answer) = oneshot::channel();
        let call = staying.spawn(async { wait_for_answer_sync(answer) });
        let (plain_sender, plain_answer) = oneshot::channel();
        let plain = thread::spawn(|| wait_for_answer_sync(plain_answer));
        let (local, leaving) = channel();
        ending.spawn(async move {
            let _local = Local(local);
            wait_for_socket_sync();
        });
        thread::sleep(A_WHILE);
        shut_down(ending, Shutdown::Drop, "the one that ends");
        assert_eq!(left(&leaving, "the one that ends"), Left::ByUnwinding);
        sender.send(42).unwrap();
        plain_sender.send(42).unwrap();
        assert_eq!(staying.block_on(call).unwrap(), 42);
        assert_eq!(plain.join().unwrap(), 42);
        // And a new runtime has a grace of its own.
        let next = workers(2);
        let call = next.spawn(async { crate::echo::double_sync(21) });
        assert_eq!(next.block_on(call).unwrap(), 42);
    });
}

/// These do not hand over again what nobody has taken up: one drives, the others wait inside a call that has handed over.
const HAND_OVER_ONCE: [&str; 3] = ["current_thread", "nested later", "isolated in a call"];

/// The task begins when the blocking pool has ended already, which takes over no core from its worker.
#[test]
fn a_runtime_that_is_dropped_before_its_tasks_have_begun() {
    with_each_wait(|way, wait| {
        if HAND_OVER_ONCE.contains(&way) {
            return;
        }
        for (workers_, tasks) in [(1, 1), (1, 3), (4, 8)] {
            let case = format!("{way}, {workers_} workers, {tasks} tasks");
            let runtime = workers(workers_);
            for _ in 0..tasks {
                runtime.spawn(async move {
                    thread::sleep(Duration::from_millis(20));
                    wait();
                });
            }
            shut_down(runtime, Shutdown::Drop, &case);
        }
    });
}
