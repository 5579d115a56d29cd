//! A waker that panics in the driver of home takes it down. No call hangs for it, and the next one finds another home.

mod deadline;

use deadline::{test_name, within_deadline};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;
use sync_twin::block_on;
use tokio::time::sleep;

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("on purpose");
    }
}

/// Leaves a timer in home whose waker panics.
async fn leave_a_bomb() {
    let mut timer = Box::pin(sleep(Duration::from_millis(30)));
    let waker = Waker::from(Arc::new(Panics));
    assert!(
        timer
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    tokio::spawn(async move {
        let _timer = timer;
        std::future::pending::<()>().await;
    });
}

fn message_of(call: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(call)).err()?;
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
}

#[test]
fn calls_in_flight_end_and_the_next_one_works() {
    std::panic::set_hook(Box::new(|_| {}));
    within_deadline(&test_name(), || {
        for _ in 0..10 {
            let (begun, all_begun) = channel();
            let callers: Vec<_> = (0..8)
                .map(|_| {
                    let begun = begun.clone();
                    thread::spawn(move || {
                        message_of(|| {
                            block_on(async {
                                begun.send(()).expect("the test listens");
                                sleep(Duration::from_secs(3600)).await;
                            });
                        })
                    })
                })
                .collect();
            (0..8).for_each(|_| all_begun.recv().expect("they all begin"));
            // Some have been waiting for long by now, and are on a list.
            thread::sleep(Duration::from_millis(20));
            // The driver's panic may hit this very thread, in this call or not at all.
            let _ = message_of(|| block_on(leave_a_bomb()));
            for caller in callers {
                let message = caller.join().expect("its panic is caught");
                let message = message.expect("the call ends with a panic");
                let said = message.contains("driver") || message == "on purpose";
                assert!(said, "{message}");
            }
            let slept = block_on(async {
                sleep(Duration::from_millis(1)).await;
                42
            });
            assert_eq!(slept, 42);
        }
    });
}
