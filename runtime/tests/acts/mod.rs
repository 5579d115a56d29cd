//! What a caller at random does.

use crate::http::Client;
use std::any::Any;
use std::cell::Cell;
use std::panic::{catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{block_on, block_on_timeout, sync_wrapper};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

/// SplitMix64: small, and good enough to be unpredictable.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is less than that")
    }

    fn micros(&mut self, end: usize) -> Duration {
        Duration::from_micros(self.below(end) as u64)
    }
}

/// What all callers share.
pub(crate) struct Scene {
    pub(crate) client: Client,
    pub(crate) workers: Runtime,
    /// Tasks that calls have left behind, and those of them that have come to their end.
    pub(crate) left: AtomicUsize,
    pub(crate) ended: AtomicUsize,
}

pub(crate) type Act = fn(&Arc<Scene>, &mut Random);

/// What a caller may do. None of it may hang, and none may hold up another one.
pub(crate) const REPERTOIRE: [(&str, Act); 17] = [
    ("requests", request),
    ("pauses", |_, random| pause_sync(random.micros(2000))),
    ("computes", compute),
    ("is ready at once", |_, _| block_on(async {})),
    ("panics", panic_in_a_call),
    ("panics in a task", panic_in_a_task),
    ("panics in the end", panic_in_a_drop),
    ("nests", |_, random| {
        nest_sync(random.below(4), random.micros(200))
    }),
    ("leaves a task behind", leave_a_task_behind),
    ("gives up", give_up),
    ("sleeps between calls", |_, random| {
        thread::sleep(random.micros(2000))
    }),
    ("meets another one", meet),
    ("calls in a block_on of its own", in_a_block_on),
    ("calls on a worker", on_a_worker),
    ("calls on a driver", on_a_driver),
    ("calls on a blocking thread", on_a_blocking_thread),
    ("sends somebody else", somebody_else),
];

pub(crate) fn act(scene: &Arc<Scene>, random: &mut Random, tell: impl FnOnce(&'static str)) {
    let (name, act) = REPERTOIRE[random.below(REPERTOIRE.len())];
    tell(name);
    act(scene, random);
}

pub(crate) fn request(scene: &Arc<Scene>, random: &mut Random) {
    let path = format!("/{}", random.next());
    let body = scene.client.get_sync(&path);
    assert_eq!(body.expect("the server answers"), path);
}

#[sync_wrapper]
async fn pause(length: Duration) {
    sleep(length).await;
}

fn compute(_: &Arc<Scene>, random: &mut Random) {
    let (first, second) = (random.micros(300), random.micros(300));
    block_on(async {
        thread::sleep(first);
        yield_now().await;
        let begin = Instant::now();
        while begin.elapsed() < second {}
    });
}

/// Not told to the panic hook, which would print it.
fn panic_with(number: u64) -> ! {
    resume_unwind(Box::new(number))
}

fn assert_panicked_with(number: u64, outcome: Result<(), Box<dyn Any + Send>>) {
    let panic = outcome.expect_err("it has panicked");
    assert_eq!(panic.downcast_ref(), Some(&number));
}

fn panic_in_a_call(_: &Arc<Scene>, random: &mut Random) {
    let (number, length) = (random.next(), random.micros(500));
    let outcome = catch_unwind(|| {
        block_on(async {
            yield_now().await;
            sleep(length).await;
            // With a call that waits on the stack below.
            block_on(async {
                yield_now().await;
                panic_with(number)
            })
        })
    });
    assert_panicked_with(number, outcome);
}

fn panic_in_a_task(_: &Arc<Scene>, random: &mut Random) {
    let (number, length) = (random.next(), random.micros(500));
    let outcome = block_on(async move {
        let task = tokio::spawn(async move {
            sleep(length).await;
            panic_with(number)
        });
        task.await.map_err(|error| error.into_panic())
    });
    assert_panicked_with(number, outcome);
}

/// Makes a call and then panics when dropped, as a future may while its call ends.
struct PanicOnDrop(u64);

impl Drop for PanicOnDrop {
    fn drop(&mut self) {
        block_on(yield_now());
        panic_with(self.0);
    }
}

fn panic_in_a_drop(_: &Arc<Scene>, random: &mut Random) {
    let number = random.next();
    let outcome = catch_unwind(|| {
        block_on(async {
            let _panic = PanicOnDrop(number);
            yield_now().await;
        });
    });
    assert_panicked_with(number, outcome);
}

#[sync_wrapper]
async fn nest(depth: usize, length: Duration) {
    sleep(length).await;
    if depth > 0 {
        nest_sync(depth - 1, length);
    }
    yield_now().await;
}

pub(crate) fn leave_a_task_behind(scene: &Arc<Scene>, random: &mut Random) {
    let (first, second) = (random.micros(3000), random.micros(3000));
    scene.left.fetch_add(1, SeqCst);
    let scene = scene.clone();
    block_on(async {
        tokio::spawn(async move {
            sleep(first).await;
            yield_now().await;
            sleep(second).await;
            scene.ended.fetch_add(1, SeqCst);
        });
    });
}

/// Before the call's end or after it, or at the same time.
fn give_up(_: &Arc<Scene>, random: &mut Random) {
    let (limit, length) = (random.micros(1000), random.micros(1000));
    let _ = block_on_timeout(limit, async { sleep(length).await });
}

/// Two callers, of which the one wakes the other.
fn meet(_: &Arc<Scene>, random: &mut Random) {
    let (sender, receiver) = oneshot::channel();
    let (first, second) = (random.micros(500), random.micros(500));
    let other = thread::spawn(move || {
        block_on(async {
            sleep(first).await;
            sender.send(first).expect("the other one waits");
            yield_now().await;
        });
    });
    let answer = block_on(async {
        sleep(second).await;
        receiver.await
    });
    assert_eq!(answer, Ok(first));
    join(other);
}

/// Nothing shows this `block_on`, so the call below it begins to drive, and tokio panics: with the seat taken.
fn in_a_block_on(_: &Arc<Scene>, random: &mut Random) {
    let length = random.micros(500);
    block_on(async { Handle::current().block_on(async { pause_sync(length) }) });
}

fn on_a_worker(scene: &Arc<Scene>, random: &mut Random) {
    let length = random.micros(500);
    let other = scene.clone();
    let mut numbers = Random(random.next());
    let task = scene.workers.spawn(async move {
        pause_sync(length);
        request(&other, &mut numbers);
    });
    block_on(task).expect("it does not panic");
    scene.workers.block_on(async { pause_sync(length) });
}

#[sync_wrapper]
async fn pause_in_place(length: Rc<Cell<Duration>>) {
    sleep(length.get()).await;
}

fn on_a_driver(scene: &Arc<Scene>, random: &mut Random) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be started").block_on(async {
        nest_sync(1, random.micros(300));
        pause_in_place_sync(Rc::new(Cell::new(random.micros(300))));
        request(scene, random);
    });
}

fn on_a_blocking_thread(_: &Arc<Scene>, random: &mut Random) {
    let length = random.micros(500);
    block_on(async {
        let task = spawn_blocking(move || pause_sync(length));
        yield_now().await;
        task.await.expect("it does not panic");
    });
}

/// A thread that comes, does something and goes.
fn somebody_else(scene: &Arc<Scene>, random: &mut Random) {
    let scene = scene.clone();
    let mut random = Random(random.next());
    let other = thread::spawn(move || act(&scene, &mut random, |_| {}));
    join(other);
}

#[track_caller]
pub(crate) fn join<T>(thread: thread::JoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
