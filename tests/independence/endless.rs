//! Time limits that fire on futures that are always ready: a peer that sends faster than we read.
//!
//! tokio's operations yield when a poll has used up its coop budget, and only then is whatever limits the time looked at.
//! `Runtime::block_on`, `Handle::block_on` and tasks have a budget, so these futures end there. In place on a driver a
//! call has none, since tokio's scheduler would keep back the wake-up, and no limit fires: the documented exception,
//! which [`Way::is_tried_in`] leaves out because the test would hang.

use crate::echo::double;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;
use sync_twin::{Elapsed, batch, block_on, block_on_timeout, spawn, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::coop::poll_proceed;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

/// When the limits fire.
const SHORT: Duration = Duration::from_millis(10);

/// What is always ready.
#[derive(Clone, Copy, Debug)]
enum Peer {
    Channel,
    Socket,
}

const PEERS: [Peer; 2] = [Peer::Channel, Peer::Socket];

/// Sends to everybody as much as the socket takes, for as long as the process lives.
static FLOOD: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.expect("loopback works");
            // Ends when the client goes away.
            thread::spawn(move || while socket.write_all(&[7; 1 << 16]).is_ok() {});
        }
    });
    address
});

impl Peer {
    /// Never ends, and hardly ever waits.
    async fn read_for_ever(self) -> Infallible {
        match self {
            Peer::Channel => {
                let (sender, mut receiver) = unbounded_channel();
                loop {
                    // The peer is always ahead.
                    sender.send(()).unwrap();
                    receiver.recv().await.unwrap();
                }
            }
            Peer::Socket => {
                let mut socket = TcpStream::connect(*FLOOD).await.unwrap();
                // Until the peer is ahead.
                sleep(SHORT).await;
                loop {
                    socket.read_u8().await.unwrap();
                }
            }
        }
    }
}

/// Without `biased`: with the peer first and the timer second it hangs in `Runtime::block_on`, too, since the timer finds
/// the budget used up whenever it is looked at.
async fn select(peer: Peer) {
    tokio::select! {
        never = peer.read_for_ever() => match never {},
        () = sleep(SHORT) => {}
    }
}

#[sync_wrapper]
async fn selecting(peer: Peer) {
    select(peer).await;
}

#[sync_wrapper(isolation = "always")]
async fn selecting_isolated(peer: Peer) {
    select(peer).await;
}

#[sync_wrapper(isolation = "never")]
async fn selecting_in_place(peer: Peer) {
    select(peer).await;
}

#[sync_wrapper(flavor = "current_thread")]
async fn selecting_at_home(peer: Peer) {
    select(peer).await;
}

#[sync_wrapper(flavor = "multi_thread")]
async fn selecting_in_the_crew(peer: Peer) {
    select(peer).await;
}

/// The inner call is a nested one, polled in the middle of the outer one's poll.
#[sync_wrapper]
async fn selecting_nested(peer: Peer) {
    yield_now().await;
    selecting_sync(peer);
}

#[sync_wrapper]
async fn timing_out(peer: Peer) {
    timeout(SHORT, peer.read_for_ever()).await.unwrap_err();
}

#[sync_wrapper(isolation = "never")]
async fn timing_out_in_place(peer: Peer) {
    timeout(SHORT, peer.read_for_ever()).await.unwrap_err();
}

/// Not before it has waited once.
#[sync_wrapper]
async fn timing_out_later(peer: Peer) {
    sleep(Duration::from_millis(1)).await;
    timeout(SHORT, peer.read_for_ever()).await.unwrap_err();
}

#[sync_wrapper(timeout = SHORT)]
async fn limited(peer: Peer) -> Infallible {
    peer.read_for_ever().await
}

#[sync_wrapper(timeout = SHORT, isolation = "always")]
async fn limited_isolated(peer: Peer) -> Infallible {
    peer.read_for_ever().await
}

#[sync_wrapper(timeout = SHORT, isolation = "never")]
async fn limited_in_place(peer: Peer) -> Infallible {
    peer.read_for_ever().await
}

#[sync_wrapper(timeout = SHORT, flavor = "current_thread")]
async fn limited_at_home(peer: Peer) -> Infallible {
    peer.read_for_ever().await
}

#[sync_wrapper(timeout = SHORT, flavor = "multi_thread")]
async fn limited_in_the_crew(peer: Peer) -> Infallible {
    peer.read_for_ever().await
}

fn late<T>(result: Result<T, Elapsed>) {
    assert!(result.is_err(), "what never ends has ended");
}

/// A limit on a peer that never ends; returns when it has fired.
struct Way {
    name: &'static str,
    call: fn(Peer),
    /// Whether it is polled in place on a driver, too.
    in_place: bool,
}

impl Way {
    const fn new(name: &'static str, call: fn(Peer)) -> Self {
        Way {
            name,
            call,
            in_place: false,
        }
    }

    const fn in_place(name: &'static str, call: fn(Peer)) -> Self {
        Way {
            name,
            call,
            in_place: true,
        }
    }

    fn is_tried_in(&self, place: Place) -> bool {
        !(self.in_place && place.drives())
    }
}

const SELECTS: &[Way] = &[
    Way::new("auto", selecting_sync),
    Way::new("isolated", selecting_isolated_sync),
    Way::in_place("in place", selecting_in_place_sync),
    Way::new("current_thread", selecting_at_home_sync),
    Way::new("multi_thread", selecting_in_the_crew_sync),
    Way::new("nested", selecting_nested_sync),
    Way::in_place("block_on", |peer| block_on(select(peer))),
];

const TOKIO_TIMEOUTS: &[Way] = &[
    Way::new("auto", timing_out_sync),
    Way::new("after a wait", timing_out_later_sync),
    Way::in_place("in place", timing_out_in_place_sync),
    Way::in_place("block_on", |peer| {
        block_on(async { timeout(SHORT, peer.read_for_ever()).await.unwrap_err() });
    }),
];

const OPTIONS: &[Way] = &[
    Way::new("auto", |peer| late(limited_sync(peer))),
    Way::new("isolated", |peer| late(limited_isolated_sync(peer))),
    Way::in_place("in place", |peer| late(limited_in_place_sync(peer))),
    Way::new("current_thread", |peer| late(limited_at_home_sync(peer))),
    Way::new("multi_thread", |peer| late(limited_in_the_crew_sync(peer))),
];

/// These ask for no `Send`, so on a driver they are polled in place.
const OF_OURS: &[Way] = &[
    Way::in_place("block_on_timeout", |peer| {
        late(block_on_timeout(SHORT, peer.read_for_ever()));
    }),
    Way::in_place("timeout of a batch", |peer| {
        late(
            batch([peer.read_for_ever(), peer.read_for_ever()])
                .timeout(SHORT)
                .run(),
        );
    }),
    Way::in_place("timeout of a batch of one", |peer| {
        late(batch([peer.read_for_ever()]).timeout(SHORT).run());
    }),
    Way::in_place("timeout of each", |peer| {
        let both = [peer.read_for_ever(), peer.read_for_ever()];
        batch(both)
            .timeout_each(SHORT)
            .run()
            .into_iter()
            .for_each(late);
    }),
    Way::in_place("as_completed", |peer| {
        let mut batch = batch([peer.read_for_ever()]).timeout(SHORT).as_completed();
        late(batch.next().unwrap());
    }),
];

/// The task has a worker of its own, and a budget as all tasks have.
const JOINS: &[Way] = &[Way::new("join_timeout", |peer| {
    let task = spawn(async move { match peer.read_for_ever().await {} });
    let task: sync_twin::Task<()> = task.join_timeout(SHORT).unwrap_err();
    assert_eq!(task.cancel(), None);
})];

fn fires(ways: &'static [Way]) {
    for place in PLACES {
        for way in ways.iter().filter(|way| way.is_tried_in(place)) {
            for peer in PEERS {
                let call = way.call;
                let name = format!("{place:?}, {}, {peer:?}", way.name);
                within_deadline(&name, move || place.run(move || call(peer)));
            }
        }
    }
}

/// A `select!` between the peer and a timer. `Runtime::block_on`, `Handle::block_on` and a task end in time.
#[test]
fn a_select_between_an_endless_peer_and_a_timer() {
    fires(SELECTS);
}

/// tokio's own timeout around the peer. `Runtime::block_on`, `Handle::block_on` and a task end in time.
#[test]
fn a_timeout_of_tokio_around_an_endless_peer() {
    fires(TOKIO_TIMEOUTS);
}

/// A twin with a `timeout` of its own whose peer never stops.
#[test]
fn the_timeout_option_of_a_twin() {
    fires(OPTIONS);
}

/// `block_on_timeout`, and both timeouts of a batch.
#[test]
fn the_timeouts_of_calls_without_a_twin() {
    fires(OF_OURS);
}

/// A spawned task that never stops is given up, and cancelled.
#[test]
fn joining_an_endless_task_for_some_time() {
    fires(JOINS);
}

/// Several endless calls at once share a driver: no one keeps the limits of the others from firing.
#[test]
fn endless_calls_side_by_side() {
    within_deadline("16 calls", || {
        let calls: Vec<_> = (0..16)
            .map(|n| {
                thread::spawn(move || match n % 4 {
                    0 => selecting_sync(Peer::Channel),
                    1 => late(limited_sync(Peer::Socket)),
                    2 => Place::Driver.run(|| late(limited_sync(Peer::Channel))),
                    _ => Place::OneWorker.run(|| selecting_sync(Peer::Socket)),
                })
            })
            .collect();
        for call in calls {
            call.join().unwrap();
        }
    });
}

/// Far more than any budget.
const MANY: usize = 1000;

/// Spends what is left of the caller's budget, but at most `most`, and says how much that was.
fn spend(most: usize) -> usize {
    let mut cx = Context::from_waker(Waker::noop());
    let mut spent = 0;
    while spent < most {
        match poll_proceed(&mut cx) {
            Poll::Ready(unit) => unit.made_progress(),
            Poll::Pending => break,
        }
        spent += 1;
    }
    spent
}

/// Spends more than one budget, in many polls or without one in a single poll.
#[sync_wrapper]
async fn spending() {
    for _ in 0..MANY {
        poll_fn(|cx| poll_proceed(cx).map(|unit| unit.made_progress())).await;
    }
}

#[sync_wrapper(isolation = "never")]
async fn spending_in_place() {
    spending().await;
}

#[sync_wrapper]
async fn nothing() {}

#[sync_wrapper]
async fn with_its_own_call() {
    nothing_sync();
    spending_sync();
    yield_now().await;
    spending_sync();
}

/// A task calls in the middle of its poll, and goes on with its own operations.
#[test]
fn the_budget_of_an_outer_task_is_left_as_it_was() {
    const BEFORE: usize = 28;
    let calls: [(&str, fn()); 7] = [
        ("a call that is ready", nothing_sync),
        ("a call that spends", spending_sync),
        ("a call that spends in place", spending_in_place_sync),
        ("nested calls", with_its_own_call_sync),
        ("a call that waits", || {
            crate::echo::double_sync(21);
        }),
        ("block_on", || block_on(spending())),
        ("a limit that fires", || {
            late(block_on_timeout(SHORT, async { sleep(SHORT * 1000).await }));
        }),
    ];
    for place in PLACES {
        let left_without = place.run(|| {
            assert_eq!(spend(BEFORE), BEFORE);
            spend(MANY)
        });
        for (name, call) in calls {
            let name = format!("{place:?}, {name}");
            let left = within_deadline(&name, move || {
                place.run(move || {
                    assert_eq!(spend(BEFORE), BEFORE);
                    call();
                    spend(MANY)
                })
            });
            assert_eq!(left, left_without, "{name}");
        }
    }
}

/// A task that has used up its budget calls: the call has one all the same, and ends.
#[test]
fn a_task_whose_budget_is_used_up() {
    for place in PLACES {
        for (way, call) in crate::echo::WAYS {
            within_deadline(&format!("{place:?}, {way}"), move || {
                place.run(move || {
                    spend(MANY);
                    assert_eq!(call(21), 42);
                });
            });
        }
    }
}

/// A call that is polled without a budget by whoever is around it, say a foreign executor, has one of its own.
#[test]
fn under_unconstrained() {
    within_deadline("unconstrained", || {
        Place::OneWorker.run(|| {
            let call = tokio::task::coop::unconstrained(async {
                selecting_sync(Peer::Channel);
                double(21).await
            });
            // As far as to its first wait.
            let mut cx = Context::from_waker(Waker::noop());
            assert!(pin!(call).poll(&mut cx).is_pending());
        });
    });
}
