//! Many futures at once from sync code: in order, limited, timed, and gone when they should be.

mod deadline;

use deadline::{test_name, watch};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn, ready};
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;
use sync_twin::testing::in_every_context;
use sync_twin::{Elapsed, batch};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

/// Longer than anything here takes, unless it hangs.
const HANG: Duration = Duration::from_secs(60);

/// Something of all that a future can wait for. Not `Send`.
async fn work(n: u32) -> u32 {
    let shared = Rc::new(Cell::new(n));
    yield_now().await;
    sleep(Duration::from_millis(u64::from(n % 3))).await;
    shared.set(shared.get() + tokio::spawn(async { 1 }).await.expect("no panic"));
    yield_now().await;
    shared.set(shared.get() + spawn_blocking(|| 1).await.expect("no panic"));
    let (sender, receiver) = oneshot::channel();
    let (result, ()) = tokio::join!(receiver, async {
        yield_now().await;
        sender.send(shared.get()).expect("somebody listens");
    });
    for _ in 0..200 {
        tokio::task::consume_budget().await;
    }
    result.expect("it has been sent")
}

#[test]
fn run_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let outputs = batch((0..50).map(work)).limit(8).run();
        assert_eq!(outputs, (2..52).collect::<Vec<_>>());
        assert_eq!(batch((0..20).map(work)).run().len(), 20);
    });
}

#[test]
fn try_run_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let fails_at = |bad| {
            batch((0..20).map(move |n| async move {
                let output = work(n).await;
                if n == bad { Err(n) } else { Ok(output) }
            }))
        };
        assert_eq!(fails_at(7).limit(4).try_run(), Err(7));
        assert_eq!(fails_at(99).limit(4).try_run(), Ok((2..22).collect()));
    });
}

#[test]
fn as_completed_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let mut outputs: Vec<_> = batch((0..20).map(work)).limit(4).as_completed().collect();
        outputs.sort_unstable();
        assert_eq!(outputs, (2..22).collect::<Vec<_>>());

        let mut given_up = batch((0..).map(work)).limit(4).as_completed();
        assert!(given_up.next().is_some());
        drop(given_up);
    });
}

#[test]
fn timeouts_and_progress_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let told = Cell::new(0);
        let timed = batch((0..4).map(work))
            .timeout_each(HANG)
            .timeout(HANG)
            .on_progress(|done, total| {
                assert_eq!(total, Some(4));
                told.set(done);
            });
        assert_eq!(timed.run(), Ok(vec![Ok(2), Ok(3), Ok(4), Ok(5)]));
        assert_eq!(told.get(), 4);

        let one_hangs = batch((0..3).map(|n| async move {
            if n == 1 {
                pending::<()>().await;
            }
            n
        }));
        let outputs = one_hangs.timeout_each(Duration::from_millis(2)).run();
        assert_eq!((outputs[0], outputs[2]), (Ok(0), Ok(2)));
        assert!(outputs[1].is_err());

        let late = batch([pending::<()>()]).timeout(Duration::from_millis(2));
        assert!(late.run().is_err());
    });
}

/// Answers every connection with what it has sent, and closes it.
static ECHO: LazyLock<SocketAddr> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.expect("it starts").block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let _ = sender.send(listener.local_addr().expect("it is bound"));
            loop {
                let (mut peer, _) = listener.accept().await.expect("a connection");
                tokio::spawn(async move {
                    let number = peer.read_u32().await?;
                    peer.write_u32(number).await
                });
            }
        });
    });
    receiver.recv().expect("it listens")
});

async fn echo(number: u32) -> io::Result<u32> {
    let mut peer = TcpStream::connect(*ECHO).await?;
    peer.write_u32(number).await?;
    peer.read_u32().await
}

#[test]
fn a_thousand_requests_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let answers = batch((0..1000).map(echo))
            .limit(100)
            .timeout(HANG)
            .try_run();
        let answers = answers.expect("the server answers");
        assert!(answers.into_iter().eq(0..1000));
    });
}

/// Counts those that are alive, and the most that ever were.
#[derive(Default)]
struct Census {
    alive: Cell<usize>,
    most: Cell<usize>,
    ever: Cell<usize>,
}

impl Census {
    fn enter(&self) -> Inhabitant<'_> {
        self.alive.set(self.alive.get() + 1);
        self.ever.set(self.ever.get() + 1);
        self.most.set(self.most.get().max(self.alive.get()));
        Inhabitant(self)
    }
}

struct Inhabitant<'a>(&'a Census);

impl Drop for Inhabitant<'_> {
    fn drop(&mut self) {
        self.0.alive.set(self.0.alive.get() - 1);
    }
}

#[test]
fn a_million_inputs_need_room_for_the_limit() {
    let _watch = watch(&test_name());
    let census = Census::default();
    let inputs = (0..1_000_000).map(|n| {
        let inhabitant = census.enter();
        async move {
            if n % 1000 == 0 {
                yield_now().await;
            }
            drop(inhabitant);
        }
    });
    assert_eq!(batch(inputs).limit(100).as_completed().count(), 1_000_000);
    assert_eq!(census.ever.get(), 1_000_000);
    assert_eq!(census.alive.get(), 0);
    assert!(census.most.get() <= 100, "{}", census.most.get());
}

#[test]
fn without_a_limit_all_are_in_flight_at_once() {
    let _watch = watch(&test_name());
    let census = Census::default();
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..500).map(|_| oneshot::channel()).unzip();
    let senders = RefCell::new(Some(senders));
    let outputs = batch(receivers.into_iter().map(|receiver| {
        let inhabitant = census.enter();
        let (census, senders) = (&census, &senders);
        async move {
            // The last one to start lets all go.
            if census.alive.get() == 500 {
                for (n, sender) in senders.take().into_iter().flatten().enumerate() {
                    sender.send(n).expect("it is waiting");
                }
            }
            let n = receiver.await.expect("it is sent");
            drop(inhabitant);
            n
        }
    }));
    assert!(outputs.run().into_iter().eq(0..500));
    assert_eq!(census.most.get(), 500);
}

#[test]
fn outputs_come_in_input_order_or_as_they_complete() {
    let _watch = watch(&test_name());
    // Each waits for the one that it names.
    let (first, starts_last) = oneshot::channel();
    let (last, starts_second) = oneshot::channel();
    let chain = |waits: Option<oneshot::Receiver<()>>, tells: Option<oneshot::Sender<()>>, n| async move {
        if let Some(waits) = waits {
            waits.await.expect("it is told");
        }
        if let Some(tells) = tells {
            tells.send(()).expect("it waits");
        }
        n
    };
    let completed = batch([
        chain(Some(starts_second), None, 0),
        chain(None, Some(first), 1),
        chain(Some(starts_last), Some(last), 2),
    ]);
    assert_eq!(completed.as_completed().collect::<Vec<_>>(), [1, 2, 0]);

    let naps = batch([9, 1, 5].map(|ms| async move {
        sleep(Duration::from_millis(ms)).await;
        ms
    }));
    assert_eq!(naps.run(), [9, 1, 5]);
    let one_at_a_time = batch((0..10).map(work)).limit(1).as_completed();
    assert!(one_at_a_time.eq(2..12));
}

#[test]
fn a_limit_of_zero_is_refused_where_it_is_given() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().expect("panics have one");
        let _ = sender.send((place.file().to_owned(), place.line()));
    }));
    let line = line!() + 1;
    let refused = catch_unwind(|| batch([ready(())]).limit(0));
    std::panic::set_hook(hook);
    let message = *refused.unwrap_err().downcast::<&str>().expect("a message");
    assert!(message.contains("limit of a batch is 0"), "{message}");
    let places: Vec<_> = receiver.try_iter().collect();
    assert!(places.contains(&(file!().to_owned(), line)), "{places:?}");
}

#[test]
fn an_empty_batch() {
    let _watch = watch(&test_name());
    let none = || batch(Vec::<std::future::Ready<Result<u8, Elapsed>>>::new());
    assert_eq!(none().run(), []);
    assert_eq!(none().timeout(Duration::ZERO).run(), Ok(vec![]));
    assert_eq!(none().timeout(Duration::ZERO).try_run(), Ok(vec![]));
    assert_eq!(none().as_completed().next(), None);
}

/// Never completes; tells when it is dropped, and insists on a runtime being there.
struct Stuck<'a>(&'a Census, #[allow(dead_code)] Inhabitant<'a>);

impl<'a> Stuck<'a> {
    fn new(census: &'a Census) -> Self {
        Stuck(census, census.enter())
    }
}

impl Future for Stuck<'_> {
    type Output = Result<(), &'static str>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let Stuck(census, _) = &*self;
        assert!(census.alive.get() > 0);
        Poll::Pending
    }
}

impl Drop for Stuck<'_> {
    fn drop(&mut self) {
        assert!(Handle::try_current().is_ok(), "dropped in no context");
    }
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

fn stuck_and<'a>(
    census: &'a Census,
    one: impl Future<Output = Result<(), &'static str>> + 'a,
) -> impl Iterator<Item = Boxed<'a, Result<(), &'static str>>> {
    let mut one = Some(Box::pin(one) as Boxed<_>);
    (0..100).map(move |n| match n {
        50 => one.take().expect("there is one"),
        _ => Box::pin(Stuck::new(census)),
    })
}

#[test]
fn the_first_error_has_dropped_all_others_when_try_run_returns() {
    let _watch = watch(&test_name());
    let census = Census::default();
    let fails = async {
        sleep(Duration::from_millis(3)).await;
        assert_eq!(census.alive.get(), 99);
        Err("no")
    };
    assert_eq!(batch(stuck_and(&census, fails)).try_run(), Err("no"));
    assert_eq!((census.ever.get(), census.alive.get()), (99, 0));

    // One that fails at once, before all have been taken.
    let census = Census::default();
    let fails = async { Err("no") };
    assert_eq!(batch(stuck_and(&census, fails)).try_run(), Err("no"));
    assert!(census.ever.get() > 0);
    assert_eq!(census.alive.get(), 0);
}

#[test]
fn a_timeout_has_dropped_all_when_run_returns() {
    let _watch = watch(&test_name());
    let census = Census::default();
    // Long enough for all to begin, also on a busy machine.
    let late = batch(stuck_and(&census, async { Ok(()) })).timeout(Duration::from_millis(500));
    assert!(late.run().is_err());
    assert_eq!((census.ever.get(), census.alive.get()), (99, 0));

    let late = batch(stuck_and(&census, async { Ok(()) })).timeout_each(Duration::from_millis(5));
    let outputs = late.run();
    assert_eq!(outputs.iter().filter(|output| output.is_ok()).count(), 1);
    assert_eq!((census.ever.get(), census.alive.get()), (198, 0));
}

#[test]
fn a_panic_reaches_the_caller_after_all_others_are_dropped() {
    let _watch = watch(&test_name());
    let census = Census::default();
    let panics = async {
        sleep(Duration::from_millis(1)).await;
        resume_unwind(Box::new(7_u8));
    };
    let flight = AssertUnwindSafe(|| batch(stuck_and(&census, panics)).run());
    let panic = catch_unwind(flight).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&7_u8));
    assert_eq!((census.ever.get(), census.alive.get()), (99, 0));
}

#[test]
fn as_completed_goes_on_after_a_panic_and_cancels_when_dropped() {
    let _watch = watch(&test_name());
    let census = Census::default();
    let panics = async {
        sleep(Duration::from_millis(1)).await;
        resume_unwind(Box::new(7_u8));
    };
    let ready = std::iter::once(Box::pin(async { Ok(()) }) as Boxed<_>);
    let inputs = ready.chain(stuck_and(&census, panics));
    let mut completed = batch(inputs).as_completed();
    assert_eq!(completed.next(), Some(Ok(())));
    let panic = catch_unwind(AssertUnwindSafe(|| completed.next())).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&7_u8));
    assert_eq!(census.alive.get(), 99);
    assert_eq!(completed.size_hint(), (0, Some(99)));
    // On a plain thread: `Stuck` insists on a context when it is dropped.
    drop(completed);
    assert_eq!((census.ever.get(), census.alive.get()), (99, 0));
}

#[test]
fn as_completed_ends_with_one_error_when_it_is_late() {
    let _watch = watch(&test_name());
    let census = Census::default();
    let mut completed = batch(stuck_and(&census, async { Ok(()) }))
        .timeout(Duration::from_millis(5))
        .as_completed();
    assert_eq!(completed.next(), Some(Ok(Ok(()))));
    assert!(matches!(completed.next(), Some(Err(_))));
    assert_eq!(census.alive.get(), 0);
    assert_eq!(completed.next(), None);
    assert_eq!(completed.size_hint(), (0, Some(0)));

    // The time between two items counts too.
    let mut completed = batch([ready(1), ready(2)])
        .limit(1)
        .timeout(Duration::from_millis(5))
        .as_completed();
    completed.next();
    thread::sleep(Duration::from_millis(10));
    assert!(matches!(completed.next(), Some(Err(_))));
}

#[test]
fn as_completed_may_change_its_context_between_items() {
    let _watch = watch(&test_name());
    let current_thread = Builder::new_current_thread().enable_all().build();
    let current_thread = current_thread.expect("it starts");
    let multi_thread = Builder::new_multi_thread().enable_all().build();
    let multi_thread = multi_thread.expect("it starts");
    let mut outputs = batch((0..12).map(work)).limit(3).as_completed();
    for _ in 0..4 {
        assert!(outputs.next().is_some());
        current_thread.block_on(async { assert!(outputs.next().is_some()) });
        multi_thread.block_on(async { assert!(outputs.next().is_some()) });
    }
    assert_eq!(outputs.next(), None);
}

/// A driver keeps the wake-up of a `yield_now` to itself until it goes on, and drops it if that never happens.
#[test]
fn as_completed_loses_no_wake_up_between_items() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().build().expect("it starts");
    let yielding = || {
        batch([0, 1, 0, 2].map(|yields| async move {
            for _ in 0..yields {
                yield_now().await;
            }
            yields
        }))
        .as_completed()
    };
    let mut outputs = yielding();
    runtime.block_on(async { assert_eq!(outputs.next(), Some(0)) });
    assert_eq!(outputs.collect::<Vec<_>>(), [0, 1, 2]);

    let mut outputs = yielding();
    for expected in [0, 0, 1, 2] {
        runtime.block_on(async { assert_eq!(outputs.next(), Some(expected)) });
    }
    let mut outputs = yielding();
    runtime.block_on(async { assert_eq!(outputs.by_ref().take(2).sum::<i32>(), 0) });
    thread::scope(|scope| scope.spawn(|| assert_eq!(outputs.sum::<i32>(), 3)).join())
        .expect("no panic");
}

/// A future that panics ends a call, too.
#[test]
fn as_completed_loses_no_wake_up_in_a_panic() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().build().expect("it starts");
    runtime.block_on(async {
        let mut outputs = batch((0..2).map(|n| async move {
            yield_now().await;
            assert_eq!(n, 0, "the second one panics");
            yield_now().await;
            n
        }))
        .as_completed();
        let first = catch_unwind(AssertUnwindSafe(|| outputs.next()));
        assert!(first.is_err());
        assert_eq!(outputs.next(), Some(0));
    });
}

/// Only what has been woken is polled, also after a call on the same thread has deferred something.
#[test]
fn as_completed_polls_nothing_in_vain() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().build().expect("it starts");
    runtime.block_on(async { sync_twin::block_on(yield_now()) });
    let polls = Rc::new(Cell::new(0));
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..100).map(|_| oneshot::channel()).unzip();
    let futures = receivers.into_iter().map(|mut receiver| {
        let polls = Rc::clone(&polls);
        poll_fn(move |cx| {
            polls.set(polls.get() + 1);
            Pin::new(&mut receiver).poll(cx)
        })
    });
    let mut outputs = batch(futures).as_completed();
    for sender in senders {
        sender.send(()).expect("it is waited for");
        assert_eq!(outputs.next(), Some(Ok(())));
    }
    assert!(polls.get() <= 300, "{} polls", polls.get());
}

/// Zero and the greatest duration, for the whole and for each.
#[test]
fn extreme_timeouts() {
    let _watch = watch(&test_name());
    let readies = |n: u8| batch((0..n).map(ready));
    assert_eq!(readies(1).timeout(Duration::ZERO).run(), Ok(vec![0]));
    assert!(readies(2).timeout(Duration::ZERO).run().is_err());
    let sleeps = batch([1].into_iter().map(|ms| sleep(Duration::from_millis(ms))));
    assert!(sleeps.timeout(Duration::ZERO).run().is_err());
    let each = readies(3).timeout_each(Duration::ZERO).run();
    assert_eq!(each, [Ok(0), Ok(1), Ok(2)]);
    let each = batch([yield_now()]).timeout_each(Duration::ZERO).run();
    assert!(each[0].is_err());

    for huge in [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 4),
        Duration::from_secs(1 << 40),
    ] {
        let patient = batch((0..3).map(work)).timeout(huge).timeout_each(huge);
        assert_eq!(patient.run(), Ok(vec![Ok(2), Ok(3), Ok(4)]));
    }
}

/// A batch that never has to wait is stopped all the same.
#[test]
fn a_timeout_ends_an_endless_batch_of_ready_futures() {
    let _watch = watch(&test_name());
    let endless = batch(std::iter::repeat_with(|| ready(Ok::<(), io::Error>(()))));
    let error = endless
        .limit(10)
        .timeout(Duration::from_millis(20))
        .try_run();
    assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
}

/// There is no memory for the results of so many.
#[test]
fn an_error_ends_a_batch_of_more_than_can_be() {
    let _watch = watch(&test_name());
    for inputs in [0..usize::MAX, 0..usize::MAX / 64, 0..1 << 40] {
        let fails = inputs.map(|n| ready(if n < 1000 { Ok(n) } else { Err(n) }));
        assert_eq!(batch(fails).limit(10).try_run(), Err(1000));
    }
}

/// The types that each combination gives, as the documentation has them.
#[test]
fn timeouts_change_the_type_of_the_result() {
    let _watch = watch(&test_name());
    let of = || batch([ready(Ok::<u8, io::Error>(1))]);
    let day = Duration::from_secs(86400);
    let _: Vec<io::Result<u8>> = of().run();
    let _: Result<Vec<io::Result<u8>>, Elapsed> = of().timeout(day).run();
    let _: Vec<Result<io::Result<u8>, Elapsed>> = of().timeout_each(day).run();
    let _: Result<Vec<Result<io::Result<u8>, Elapsed>>, Elapsed> =
        of().timeout(day).timeout_each(day).run();
    let _: io::Result<Vec<u8>> = of().try_run();
    let _: io::Result<Vec<u8>> = of().timeout(day).timeout_each(day).try_run();
    let _: Option<io::Result<u8>> = of().as_completed().next();
    let _: Option<Result<io::Result<u8>, Elapsed>> = of().timeout(day).as_completed().next();
    let _: Option<Result<Result<io::Result<u8>, Elapsed>, Elapsed>> =
        of().timeout(day).timeout_each(day).as_completed().next();

    // An error that cannot tell of a timeout is fine where there is none.
    let _: Result<Vec<u8>, String> = batch([ready(Ok(1))]).try_run();
    let late = batch([pending::<Result<u8, Box<dyn std::error::Error>>>()]);
    let late = late.timeout_each(Duration::from_millis(1)).try_run();
    assert!(late.unwrap_err().is::<Elapsed>());
}

#[test]
fn progress_tells_the_total_once_it_is_known() {
    let _watch = watch(&test_name());
    let mut told = Vec::new();
    batch((0..3).map(ready))
        .on_progress(|done, total| told.push((done, total)))
        .run();
    assert_eq!(told, [(1, Some(3)), (2, Some(3)), (3, Some(3))]);

    told.clear();
    let odd = (0..6).filter(|n| n % 2 == 1).map(ready);
    batch(odd)
        .limit(1)
        .on_progress(|done, total| told.push((done, total)))
        .run();
    assert_eq!(told[..2], [(1, None), (2, None)]);
    assert_eq!(told[2].0, 3);

    // All have been taken when the first has completed.
    told.clear();
    let odd = (0..6).filter(|n| n % 2 == 1).map(work);
    batch(odd)
        .on_progress(|done, total| told.push((done, total)))
        .run();
    assert_eq!(told, [(1, Some(3)), (2, Some(3)), (3, Some(3))]);
}

#[test]
fn futures_may_borrow_and_the_iterator_may_build_what_needs_a_runtime() {
    let _watch = watch(&test_name());
    let words = [String::from("to"), String::from("be")];
    let lengths = RefCell::new(Vec::new());
    batch(words.iter().map(|word| async {
        yield_now().await;
        lengths.borrow_mut().push(word.len());
    }))
    .run();
    assert_eq!(lengths.into_inner(), [2, 2]);

    // `sleep` panics where there is no runtime.
    batch([1, 2].into_iter().map(Duration::from_millis).map(sleep)).run();
}

#[test]
fn the_iterator_the_futures_and_the_progress_may_make_calls() {
    let _watch = watch(&test_name());
    let inputs = (0..5).map(|n| {
        let n = sync_twin::block_on(work(n));
        async move { sync_twin::block_on(work(n)) }
    });
    let nested = Mutex::new(Vec::new());
    let outputs = batch(inputs)
        .limit(2)
        .on_progress(|done, _| {
            let inner = batch((0..3).map(work)).run();
            nested.lock().expect("no panic").push((done, inner.len()));
        })
        .run();
    assert_eq!(outputs, [4, 5, 6, 7, 8]);
    assert_eq!(nested.into_inner().expect("no panic").len(), 5);
}

/// An endless row of futures that are ready at once does not keep the others from going on.
#[test]
fn ready_ones_do_not_starve_those_that_wait() {
    let _watch = watch(&test_name());
    let inputs = (0..).map(|n: u64| async move {
        if n == 5 {
            sleep(Duration::from_millis(2)).await;
        }
        n
    });
    assert!(batch(inputs).limit(2).as_completed().any(|n| n == 5));
}

/// On a thread whose scheduler keeps wake-ups back, all futures are polled again after one has yielded, and only then.
#[test]
fn polls_are_as_many_as_wake_ups_on_a_driver() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("it starts").block_on(async {
        let polls = Cell::new(0);
        let counted = |inner| counted(&polls, inner);
        batch((0..10).map(|_| counted(sleep_and_yield()))).run();
        // Each is polled at its start, after its sleep and after its yield; when one of ten yields, all are.
        assert!(polls.get() <= 10 * (2 + 20), "{} polls", polls.get());
    });
}

async fn sleep_and_yield() {
    sleep(Duration::from_millis(50)).await;
    yield_now().await;
}

async fn counted<F: Future>(polls: &Cell<u32>, inner: F) -> F::Output {
    let mut inner = std::pin::pin!(inner);
    poll_fn(|cx| {
        polls.set(polls.get() + 1);
        inner.as_mut().poll(cx)
    })
    .await
}

#[test]
fn ten_thousand_that_yield_under_a_current_thread_runtime() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("it starts").block_on(async {
        let inputs = (0..10_000).map(|n| async move {
            yield_now().await;
            n
        });
        assert!(batch(inputs).limit(1000).run().into_iter().eq(0..10_000));
    });
}

#[test]
fn tasks_and_threads_compute_at_the_same_time() {
    let _watch = watch(&test_name());
    let tasks = batch((0..4).map(|n| sync_twin::spawn(work_send(n)))).run();
    assert_eq!(tasks, [1, 2, 3, 4]);

    // Each waits for the other: they have to run at once.
    let barrier = Arc::new(std::sync::Barrier::new(4));
    let threads = batch((0..4).map(|n| {
        let barrier = Arc::clone(&barrier);
        sync_twin::to_thread(move || {
            barrier.wait();
            n
        })
    }));
    assert_eq!(threads.timeout(HANG).run(), Ok(vec![0, 1, 2, 3]));
}

async fn work_send(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    n + 1
}
