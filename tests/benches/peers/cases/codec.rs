//! Connections whose tasks compute: decrypt, decompress, parse. Which thread does that is up to the runtime.

use super::Setup;
use crate::client::{current_thread, two_workers};
use crate::measure::{Contestant, race};
use crate::result::Unit;
use std::array;
use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_twin::sync_wrapper;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

const THREADS: [usize; 3] = [1, 2, 8];

/// What a reply costs to decode: about as much as 64 KiB of TLS.
const DECODING: Duration = Duration::from_micros(50);

/// How often the mixing is repeated that stands for decoding, which is not to read a clock.
type Work = u64;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

/// A connection that a task drives.
struct Client(mpsc::Sender<oneshot::Sender<u64>>);

#[sync_wrapper]
async fn connect(server: SocketAddr, work: Work) -> Client {
    let (sender, mut asked) = mpsc::channel::<oneshot::Sender<u64>>(1);
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.set_nodelay(true).unwrap();
    tokio::spawn(async move {
        let mut reply = [0; 4096];
        while let Some(answer) = asked.recv().await {
            stream.write_all(REQUEST).await.unwrap();
            // It comes in one piece.
            assert_ne!(stream.read(&mut reply).await.unwrap(), 0);
            let _ = answer.send(decode(work));
        }
    });
    Client(sender)
}

#[sync_wrapper]
async fn ask(client: &Client) -> u64 {
    let (answer, answered) = oneshot::channel();
    client.0.send(answer).await.unwrap();
    answered.await.unwrap()
}

/// The same two in another flavor each.
macro_rules! in_flavor {
    ($name:ident, $flavor:literal) => {
        mod $name {
            use super::*;

            #[sync_wrapper(flavor = $flavor)]
            async fn connect(server: SocketAddr, work: Work) -> Client {
                super::connect(server, work).await
            }

            #[sync_wrapper(flavor = $flavor)]
            async fn ask(client: &Client) -> u64 {
                super::ask(client).await
            }

            pub(super) fn open(server: SocketAddr, work: Work) -> impl FnMut() {
                let client = connect_sync(server, work);
                move || _ = black_box(ask_sync(&client))
            }
        }
    };
}

in_flavor!(multi_thread, "multi_thread");
in_flavor!(per_thread, "per_thread");

fn decode(work: Work) -> u64 {
    let mut lanes: [u64; 4] = array::from_fn(|lane| lane as u64);
    for n in 0..work {
        for lane in &mut lanes {
            *lane = (*lane ^ black_box(n))
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(31);
        }
    }
    lanes.into_iter().fold(0, u64::wrapping_add)
}

/// How much work takes that long here.
fn measured() -> Work {
    const PROBE: Work = 100_000;
    let times = array::from_fn::<_, 5, _>(|_| {
        let start = Instant::now();
        black_box(decode(PROBE));
        start.elapsed()
    });
    let shortest = times.into_iter().min().unwrap_or_default();
    let share = DECODING.div_duration_f64(shortest.max(Duration::from_nanos(1)));
    (PROBE as f64 * share) as Work
}

pub(super) fn measure(setup: &mut Setup) {
    let server = setup.backend.address();
    for threads in THREADS {
        let id = format!("codec/{threads}");
        if !setup.wants(&id) {
            continue;
        }
        let work = measured();
        let shared = Arc::new(two_workers());
        let plural = if threads == 1 { "" } else { "s" };
        let case = race(
            &id,
            &format!(
                "{threads} thread{plural} with a connection each, whose task computes for 50 µs a reply"
            ),
            Unit::Rate,
            setup.pace.slower(5),
            vec![
                Contestant::regulars("sync-twin", threads, move || {
                    let client = connect_sync(server, work);
                    move || _ = black_box(ask_sync(&client))
                }),
                Contestant::regulars(
                    "sync-twin, `flavor = \"multi_thread\"`",
                    threads,
                    move || multi_thread::open(server, work),
                ),
                Contestant::regulars("sync-twin, `flavor = \"per_thread\"`", threads, move || {
                    per_thread::open(server, work)
                }),
                Contestant::regulars("private runtime, 2 workers", threads, move || {
                    let runtime = Arc::clone(&shared);
                    let client = runtime.block_on(connect(server, work));
                    move || _ = black_box(runtime.block_on(ask(&client)))
                }),
                Contestant::regulars(
                    "private current-thread runtime for each",
                    threads,
                    move || {
                        let runtime = current_thread();
                        let client = runtime.block_on(connect(server, work));
                        move || _ = black_box(runtime.block_on(ask(&client)))
                    },
                ),
            ],
        );
        setup.done(case);
    }
}
