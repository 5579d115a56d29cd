//! sync-twin's own runtime, and how calls that are made in its context wait. For who drives it when, see
//! `home_driver`, `home_burst`, `home_pool` and `home_stress`.

mod deadline;

use deadline::{test_name, within_deadline};
use std::thread;
use std::time::Duration;
use sync_twin::{Context, sync_wrapper};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

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

#[test]
fn connections_work_in_later_calls_from_any_thread() {
    within_deadline(&test_name(), || {
        let (mut client, mut server) = sync_twin::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let client = TcpStream::connect(listener.local_addr()?).await?;
            let (server, _) = listener.accept().await?;
            std::io::Result::Ok((client, server))
        })
        .expect("loopback works");
        for round in 0..50 {
            thread::scope(|scope| {
                scope
                    .spawn(|| sync_twin::block_on(client.write_all(&[round])).expect("it is open"));
                let read = scope.spawn(|| sync_twin::block_on(server.read_u8()));
                let byte = read.join().expect("it does not panic");
                assert_eq!(byte.expect("it is open"), round);
            });
        }
    });
}

#[test]
fn nested_twins_drive_too() {
    within_deadline(&test_name(), || {
        let inner = sync_twin::block_on(async {
            yield_now().await;
            assert_eq!(Context::current(), Context::Outside);
            work_sync()
        });
        assert_eq!(inner, 7);
    });
}

#[test]
fn beside_the_home_runtime_others_drive() {
    within_deadline(&test_name(), || {
        // `spawn_blocking` on the home runtime: in its context without a twin around.
        let (context, byte) = sync_twin::block_on(async {
            spawn_blocking(|| (Context::current(), work_sync()))
                .await
                .expect("it does not panic")
        });
        assert_eq!(context, Context::Beside);
        assert_eq!(byte, 7);

        // A task on it: some thread is driving the home runtime, and this is that thread.
        let (context, byte) = sync_twin::block_on(async {
            tokio::spawn(async { (Context::current(), work_sync()) })
                .await
                .expect("it does not panic")
        });
        assert_eq!(context, Context::Driver);
        assert_eq!(byte, 7);
    });
}

/// Between the two twins the thread is in a `block_on` of the home runtime that nothing shows.
#[test]
fn a_block_on_of_user_code_in_between_is_survived() {
    within_deadline(&test_name(), || {
        let byte = sync_twin::block_on(async { Handle::current().block_on(async { work_sync() }) });
        assert_eq!(byte, 7);

        #[sync_wrapper(isolation = "always")]
        async fn isolated() -> u8 {
            Handle::current().block_on(async { work_sync() })
        }
        assert_eq!(isolated_sync(), 7);
    });
}

/// One that only wakes itself is polled again at once, but not for ever.
#[test]
fn a_future_may_yield_until_a_task_is_done() {
    within_deadline(&test_name(), || {
        sync_twin::block_on(async {
            let task = tokio::spawn(async {});
            while !task.is_finished() {
                yield_now().await;
            }
        });
    });
}
