//! Blocking code, called from async code.

mod deadline;

use deadline::{test_name, watch};
use std::panic::{catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use sync_twin::testing::in_every_context;
use sync_twin::{OneThread, batch, block_on, block_on_timeout, sync_wrapper, to_thread};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::sleep;

#[sync_wrapper]
async fn work(n: u32) -> u32 {
    yield_now().await;
    sleep(Duration::from_millis(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.expect("a connection");
        peer.write_u32(n + 1).await.expect("the peer reads");
    });
    let mut client = TcpStream::connect(address).await.expect("it listens");
    let answer = client.read_u32().await.expect("the peer writes");
    server.await.expect("no panic");
    answer
}

/// Blocking code below blocking code, also where the caller blocks the thread that everything else runs on.
#[test]
fn with_twins_inside_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        assert_eq!(block_on(to_thread(|| work_sync(1))), 2);
        let deep = || block_on(to_thread(|| block_on(to_thread(|| work_sync(1)))));
        assert_eq!(block_on(to_thread(deep)), 2);
    });
}

#[test]
fn on_any_runtime_and_on_none() {
    let _watch = watch(&test_name());
    let here = thread::current().id();
    let elsewhere = move || to_thread(move || thread::current().id() != here);
    assert!(futures_executor::block_on(elsewhere()));
    for builder in [
        &mut Builder::new_current_thread(),
        &mut Builder::new_multi_thread(),
    ] {
        let runtime = builder.build().expect("it starts");
        assert!(runtime.block_on(elsewhere()));
        let in_task = async { tokio::spawn(elsewhere()).await };
        assert!(runtime.block_on(in_task).expect("no panic"));
    }
}

#[test]
fn a_panic_passes_with_its_payload() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let panic = catch_unwind(|| block_on(to_thread(|| resume_unwind(Box::new(7)))));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&7));
    });
}

/// The last thing that happens to what nobody awaits any more. A thread that it ended would leave all other code waiting.
#[test]
fn a_panic_of_a_drop_does_not_end_the_thread() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let _watch = watch(&test_name());
    let thread = OneThread::new("one");
    let on_thread = || block_on(to_thread(|| thread::current().id()).on(&thread));
    let id = on_thread();
    let (sender, receiver) = mpsc::channel::<()>();
    let bomb = Bomb;
    let begun = to_thread(move || {
        let _ = receiver.recv();
        Bomb
    });
    let not_begun = to_thread(move || drop(bomb));
    assert!(block_on_timeout(Duration::ZERO, begun.on(&thread)).is_err());
    assert!(block_on_timeout(Duration::ZERO, not_begun.on(&thread).serve()).is_err());
    drop(sender);
    assert_eq!(on_thread(), id);
}

#[test]
fn the_executor_goes_on_meanwhile() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().build().expect("it starts");
    let (sender, receiver) = mpsc::channel();
    let (received, ()) = runtime.block_on(async {
        tokio::join!(
            to_thread(move || receiver.recv_timeout(Duration::from_secs(60))),
            async {
                yield_now().await;
                sender.send(7).expect("it is waiting");
            }
        )
    });
    assert_eq!(received, Ok(7));
}

#[test]
fn nothing_happens_before_it_is_awaited_and_no_end_is_lost() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel();
    drop(to_thread({
        let sender = sender.clone();
        move || sender.send("never")
    }));
    let late = sync_twin::block_on_timeout(
        Duration::ZERO,
        to_thread(move || {
            thread::sleep(Duration::from_millis(10));
            sender.send("to its end")
        }),
    );
    assert!(late.is_err());
    assert_eq!(receiver.recv().ok(), Some("to its end"));
    assert!(receiver.recv().is_err());
}

#[test]
fn more_than_there_are_threads() {
    let _watch = watch(&test_name());
    let inputs = (0..1200).map(|n| {
        to_thread(move || {
            thread::sleep(Duration::from_millis(1));
            n
        })
    });
    assert!(batch(inputs).run().into_iter().eq(0..1200));
}

#[cfg(feature = "tracing")]
#[test]
fn the_current_span_comes_along() {
    let _watch = watch(&test_name());
    use tracing::{Instrument, Span, info_span};
    // For the process: one that is set for a thread would not be there on the other.
    tracing::subscriber::set_global_default(tracing_subscriber::registry()).expect("the only one");
    in_every_context(|| {
        let span = info_span!("request");
        let id = span.id();
        assert!(id.is_some());
        let there = block_on(to_thread(|| Span::current().id()).instrument(span));
        assert_eq!(there, id);
        let without = block_on(to_thread(|| Span::current().id()));
        assert_eq!(without, Span::current().id());
    });
}
