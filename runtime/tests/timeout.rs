//! Calls that are limited in time, wherever they are made.

mod deadline;

use deadline::{test_name, watch};
use std::future::{pending, ready};
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;
use sync_twin::testing::in_every_context;
use sync_twin::{block_on_timeout, sync_wrapper};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time::sleep;

/// Longer than anything here takes, unless it hangs.
const HANG: Duration = Duration::from_secs(60);

#[test]
fn in_time_and_late_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let in_time = block_on_timeout(HANG, async {
            let shared = Rc::new(6);
            yield_now().await;
            sleep(Duration::from_millis(1)).await;
            *shared * 7
        });
        assert_eq!(in_time, Ok(42));

        let short = Duration::from_millis(5);
        assert!(block_on_timeout(short, pending::<()>()).is_err());
        assert!(block_on_timeout(short, sleep_long()).is_err());
        assert!(block_on_timeout(short, silent_socket()).is_err());
        assert!(block_on_timeout(short, yields_for_ever()).is_err());
    });
}

async fn sleep_long() {
    sleep(HANG * 2).await;
}

async fn silent_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let mut client = TcpStream::connect(address).await.expect("it listens");
    client.read_u8().await.expect("it never comes");
}

async fn yields_for_ever() {
    loop {
        yield_now().await;
    }
}

/// What the attribute's `timeout` calls, in a twin that isolates.
#[test]
fn isolated_calls_are_late_too() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn late(timeout: Duration) -> bool {
        sync_twin::__private::within(
            sync_twin::__private::alarm(sync_twin::__private::time_limit(timeout)),
            pending::<()>(),
        )
        .await
        .is_err()
    }
    in_every_context(|| assert!(late_sync(Duration::from_millis(5))));
}

#[test]
fn zero_is_enough_for_what_is_ready_at_once() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        assert_eq!(block_on_timeout(Duration::ZERO, ready(7)), Ok(7));
        assert!(block_on_timeout(Duration::ZERO, yield_now()).is_err());
        assert!(block_on_timeout(Duration::ZERO, pending::<()>()).is_err());
    });
}

#[test]
fn a_huge_one_never_ends() {
    let _watch = watch(&test_name());
    let huge = [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 4),
        Duration::from_secs(1 << 40),
    ];
    in_every_context(move || {
        for timeout in huge {
            let nap = async { sleep(Duration::from_millis(2)).await };
            assert_eq!(block_on_timeout(timeout, nap), Ok(()));
        }
    });
}

#[test]
fn the_future_is_dropped_when_it_is_late() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel::<()>();
    let late = block_on_timeout(Duration::from_millis(1), async {
        let _sender = sender;
        pending::<()>().await;
    });
    assert!(late.is_err());
    assert_eq!(receiver.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}
