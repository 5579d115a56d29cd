//! A test of blocking code in virtual time: `cargo run --bin virtual_time --features test-util`.

use profiles::end_at_deadline;
use std::time::{Duration, Instant};
use sync_twin::testing::on_runtime;
use sync_twin::{batch, block_on, iter, sync_wrapper};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{self, sleep};

const HOUR: Duration = Duration::from_secs(3600);

#[sync_wrapper]
async fn nap(time: Duration) {
    sleep(time).await;
}

#[sync_wrapper]
async fn now() -> time::Instant {
    time::Instant::now()
}

/// The server of a test: it is down for a day.
struct Server {
    up: time::Instant,
}

#[sync_wrapper(type = BlockingServer, timeout = HOUR)]
impl Server {
    pub async fn ask(&self) -> Option<u32> {
        (time::Instant::now() >= self.up).then_some(42)
    }

    #[sync_wrapper(isolation = "always")]
    pub async fn ask_and_wait(&self) -> u32 {
        time::sleep_until(self.up).await;
        42
    }
}

/// What is tested: it is not async, and patient.
fn ask_until_answered(server: &BlockingServer) -> u32 {
    let mut pause = Duration::from_secs(1);
    loop {
        if let Ok(Some(answer)) = server.ask() {
            return answer;
        }
        nap_sync(pause);
        pause *= 2;
    }
}

fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().unwrap()
}

fn main() {
    end_at_deadline();

    on_runtime(paused(), || {
        let begin = now_sync();
        let server = BlockingServer::from(Server {
            up: begin + 24 * HOUR,
        });
        assert_eq!(ask_until_answered(&server), 42);
        let waited = now_sync() - begin;
        assert!(waited >= 24 * HOUR && waited < 48 * HOUR, "{waited:?}");
        println!("a day of retries");

        let server = BlockingServer::from(Server {
            up: now_sync() + 2 * HOUR,
        });
        let begin = now_sync();
        server.ask_and_wait().unwrap_err();
        assert_eq!(now_sync() - begin, HOUR);
        println!("a time limit of an hour, in an isolated call");

        let begin = now_sync();
        let naps = (1..=3).map(|hours| nap(hours * HOUR));
        batch(naps).timeout(4 * HOUR).run().unwrap();
        assert_eq!(now_sync() - begin, 3 * HOUR);
        let ticks = futures_util::stream::unfold((), async |()| {
            sleep(HOUR).await;
            Some(((), ()))
        });
        assert_eq!(iter(Box::pin(ticks)).take(3).count(), 3);
        assert_eq!(now_sync() - begin, 6 * HOUR);
        println!("a batch and an iterator");
    });

    let begin = Instant::now();
    block_on(nap(Duration::from_millis(50)));
    assert!(begin.elapsed() >= Duration::from_millis(50));
    println!("real time after that");
}
