//! What a call leaves behind goes on: in the next call, from another thread, and between calls.

use crate::home::within_deadline;
use crate::ways::{WAYS, Way, in_each_way};
use crate::{current_thread as in_current_thread, plain};
use std::sync::mpsc;
use std::thread;
use sync_twin_tests::harness::runtimes::{current_thread, one_worker};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time::{Duration, sleep};

const MOMENT: Duration = Duration::from_millis(1);

/// Nobody is in a call when this task has to be driven.
fn a_task_goes_on(way: Way) {
    let (sender, receiver) = mpsc::channel();
    way.call(async move || {
        tokio::spawn(async move {
            for n in 0..10 {
                sleep(MOMENT).await;
                yield_now().await;
                sender.send(n).unwrap();
            }
        });
    });
    assert_eq!(receiver.iter().count(), 10);
}

#[test]
fn a_task_goes_on_between_calls_from_a_plain_thread() {
    in_each_way(plain::thread, a_task_goes_on);
}

/// It was spawned on an isolation thread's runtime, or in the context of one.
#[test]
fn a_task_goes_on_between_calls_from_a_driver() {
    in_each_way(in_current_thread::root, a_task_goes_on);
}

#[test]
fn a_task_goes_on_between_calls_from_a_second_block_on() {
    in_each_way(in_current_thread::second_block_on, a_task_goes_on);
}

/// A connection made in one call, used in later ones: here, and on another thread.
fn a_connection_is_good_for_later_calls(way: Way) {
    let (mut one, mut other) = way.call(async || {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (accepted, connected) = tokio::join!(listener.accept(), TcpStream::connect(address));
        (accepted.unwrap().0, connected.unwrap())
    });
    let exchange = async |one: &mut TcpStream, other: &mut TcpStream, n| {
        tokio::join!(async { one.write_u32(n).await.unwrap() }, async {
            assert_eq!(other.read_u32().await.unwrap(), n);
        });
    };
    for n in 0..3 {
        way.call(async || exchange(&mut one, &mut other, n).await);
    }
    // While this call has whatever it has been lent, the next one needs another.
    way.call(async || {
        yield_now().await;
        way.call(async || exchange(&mut other, &mut one, 3).await);
        yield_now().await;
    });
    thread::spawn(move || {
        way.call(async || exchange(&mut one, &mut other, 4).await);
        current_thread().block_on(async {
            way.call(async || exchange(&mut one, &mut other, 5).await);
        });
    })
    .join()
    .unwrap();
}

#[test]
fn a_connection_from_a_plain_thread() {
    in_each_way(plain::thread, a_connection_is_good_for_later_calls);
}

#[test]
fn a_connection_from_a_driver() {
    in_each_way(
        in_current_thread::root,
        a_connection_is_good_for_later_calls,
    );
}

/// Each task is spawned in one context and joined in another.
#[test]
fn a_task_of_one_call_is_joined_in_another() {
    for way in WAYS {
        within_deadline(&format!("{way:?}"), move || {
            let mut task = way.call(async || tokio::spawn(sleep(MOMENT)));
            let runtime = one_worker();
            runtime.block_on(async {
                way.call(async || (&mut task).await.unwrap());
                task = way.call(async || tokio::spawn(sleep(MOMENT)));
            });
            current_thread().block_on(async {
                way.call(async || (&mut task).await.unwrap());
                // Not on the runtime that this thread is driving: nobody would do so after this line.
                task = way.call(async || tokio::spawn(sleep(MOMENT)));
            });
            way.call(async || task.await.unwrap());
        });
    }
}
