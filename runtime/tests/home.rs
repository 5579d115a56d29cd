//! sync-twin's own runtime: somebody drives it whenever there is anything to drive, and nobody more than one
//! call at a time.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{Context, sync_wrapper};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

/// Longer than anything here takes, unless it hangs.
const HANG: Duration = Duration::from_secs(60);

/// Some timers, some sockets and some tasks, all on the home runtime when called on a plain thread.
#[sync_wrapper]
async fn work() -> u8 {
    sleep(Duration::from_millis(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.expect("somebody connects");
        peer.write_all(&[7]).await.expect("the peer reads");
    });
    let mut client = TcpStream::connect(address).await.expect("somebody listens");
    let byte = client.read_u8().await.expect("the peer writes");
    server.await.expect("the server does not panic");
    byte
}

#[sync_wrapper]
async fn pause(length: Duration) {
    sleep(length).await;
}

#[test]
fn a_task_that_a_call_leaves_behind_goes_on_without_calls() {
    let (sender, receiver) = mpsc::channel();
    sync_twin::block_on(async {
        tokio::spawn(async move {
            for step in 0..20 {
                sleep(Duration::from_millis(1)).await;
                yield_now().await;
                sender.send(step).expect("the test listens");
            }
        });
    });
    for step in 0..20 {
        assert_eq!(receiver.recv_timeout(HANG), Ok(step));
    }
}

#[test]
fn a_caller_that_computes_holds_up_nobody() {
    let (computing, started) = mpsc::channel();
    let (finish, finished) = mpsc::channel();
    let computer = thread::spawn(move || {
        sync_twin::block_on(async move {
            yield_now().await;
            computing.send(()).expect("the test listens");
            finished
                .recv_timeout(HANG)
                .expect("the others get through meanwhile");
        });
    });
    started.recv_timeout(HANG).expect("it starts");
    for _ in 0..10 {
        assert_eq!(work_sync(), 7);
    }
    finish.send(()).expect("it waits for this");
    computer.join().expect("it does not panic");
}

#[test]
fn connections_work_in_later_calls_from_any_thread() {
    let (mut client, mut server) = sync_twin::block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let client = TcpStream::connect(listener.local_addr()?).await?;
        let (server, _) = listener.accept().await?;
        std::io::Result::Ok((client, server))
    })
    .expect("loopback works");
    for round in 0..50 {
        thread::scope(|scope| {
            scope.spawn(|| sync_twin::block_on(client.write_all(&[round])).expect("it is open"));
            let read = scope.spawn(|| sync_twin::block_on(server.read_u8()));
            let byte = read.join().expect("it does not panic");
            assert_eq!(byte.expect("it is open"), round);
        });
    }
}

#[test]
fn callers_come_compute_sleep_panic_and_go() {
    let finished = AtomicUsize::new(0);
    let deadline = Instant::now() + HANG;
    thread::scope(|scope| {
        for caller in 0_u64..12 {
            let finished = &finished;
            scope.spawn(move || {
                for round in 0_u64..60 {
                    // A fixed mixture that differs from caller to caller and from round to round.
                    match (caller * 7 + round * 13) % 6 {
                        0 => assert_eq!(work_sync(), 7),
                        1 => pause_sync(Duration::from_micros(caller * round)),
                        2 => sync_twin::block_on(async {
                            yield_now().await;
                            thread::sleep(Duration::from_micros(300));
                        }),
                        3 => {
                            let panic = catch_unwind(|| {
                                sync_twin::block_on(async {
                                    yield_now().await;
                                    std::panic::resume_unwind(Box::new(round));
                                });
                            });
                            assert_eq!(panic.unwrap_err().downcast_ref(), Some(&round));
                        }
                        4 => thread::sleep(Duration::from_micros(caller * 100)),
                        _ => sync_twin::block_on(async {
                            yield_now().await;
                            pause_sync(Duration::from_micros(100));
                        }),
                    }
                    assert!(
                        Instant::now() < deadline,
                        "caller {caller} hangs in round {round}"
                    );
                }
                finished.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(finished.into_inner(), 12);
    assert_eq!(work_sync(), 7);
}

#[test]
fn nested_twins_drive_too() {
    let inner = sync_twin::block_on(async {
        yield_now().await;
        assert_eq!(Context::current(), Context::Outside);
        work_sync()
    });
    assert_eq!(inner, 7);
}

#[test]
fn beside_the_home_runtime_others_drive() {
    // `spawn_blocking` on the home runtime: in its context without a twin around.
    let (context, byte) = sync_twin::block_on(async {
        spawn_blocking(|| (Context::current(), work_sync()))
            .await
            .expect("it does not panic")
    });
    assert_eq!(context, Context::BesideCurrentThread);
    assert_eq!(byte, 7);

    // A task on it: some thread is driving the home runtime, and this is that thread.
    let (context, byte) = sync_twin::block_on(async {
        tokio::spawn(async { (Context::current(), work_sync()) })
            .await
            .expect("it does not panic")
    });
    assert_eq!(context, Context::Driver);
    assert_eq!(byte, 7);
}

/// Between the two twins the thread is in a `block_on` of the home runtime that nothing shows.
#[test]
fn a_block_on_of_user_code_in_between_is_survived() {
    let byte = sync_twin::block_on(async { Handle::current().block_on(async { work_sync() }) });
    assert_eq!(byte, 7);

    #[sync_wrapper(isolation = "always")]
    async fn isolated() -> u8 {
        Handle::current().block_on(async { work_sync() })
    }
    assert_eq!(isolated_sync(), 7);
}
