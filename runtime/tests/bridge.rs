//! Blocking reads and writes over async I/O: `tokio_util::io::SyncIoBridge`, and where it works.

mod deadline;

use deadline::{test_name, watch};
use std::io::{BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use sync_twin::testing::in_every_context;
use sync_twin::{block_on, sync_wrapper, to_thread};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio_util::io::SyncIoBridge;

async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let client = TcpStream::connect(address).await.expect("it listens");
    let (server, _) = listener.accept().await.expect("a connection");
    (client, server)
}

/// Code that knows nothing of async.
fn converse(mut client: impl Read + Write, server: impl Read + Write) {
    client.write_all(b"hello\n").expect("it is open");
    let mut server = BufReader::new(server);
    let mut line = String::new();
    server.read_line(&mut line).expect("it is open");
    assert_eq!(line, "hello\n");
    server.get_mut().write_all(b"bye").expect("it is open");
    drop(server);
    line.clear();
    client.read_to_string(&mut line).expect("it is open");
    assert_eq!(line, "bye");
}

/// The pattern of the cookbook: the bridge is built and used inside `to_thread`.
#[sync_wrapper]
async fn converse_over_sockets() {
    let (client, server) = pair().await;
    to_thread(|| converse(SyncIoBridge::new(client), SyncIoBridge::new(server))).await;
}

#[test]
fn in_to_thread_it_works_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(converse_over_sockets_sync);
    in_every_context(|| {
        let (client, server) = block_on(pair());
        let code = || converse(SyncIoBridge::new(client), SyncIoBridge::new(server));
        block_on(to_thread(code));
    });
}

/// Uses the bridge where it is called, with a runtime's handle that was taken inside a twin.
fn converse_directly() {
    let (client, server, handle) = block_on(async {
        let (client, server) = pair().await;
        (client, server, Handle::current())
    });
    converse(
        SyncIoBridge::new_with_handle(client, handle.clone()),
        SyncIoBridge::new_with_handle(server, handle),
    );
}

/// The same, with the runtime that is around the call.
fn converse_directly_without_a_handle() {
    let (client, server) = block_on(pair());
    converse(SyncIoBridge::new(client), SyncIoBridge::new(server));
}

/// The contexts in which `code` panics.
fn failures(code: fn()) -> Vec<String> {
    let report = catch_unwind(AssertUnwindSafe(|| in_every_context(code)));
    let report = *report.unwrap_err().downcast::<String>().expect("a report");
    let lines = report.lines().filter_map(|line| line.strip_prefix("  "));
    lines
        .map(|line| {
            let panic = line.split_once(": panicked: ");
            let panic = panic.or_else(|| line.split_once(": the same as in "));
            panic.expect("a panic").0.to_owned()
        })
        .collect()
}

const UNDER_A_SCHEDULER: [&str; 14] = [
    "the root of a multi-thread runtime",
    "a task of a multi-thread runtime",
    "the root of a one-worker runtime",
    "a task of a one-worker runtime",
    "a drop during unwinding in a task",
    "the root of a current-thread runtime",
    "a task of a current-thread runtime",
    "a LocalSet in a multi-thread runtime",
    "a LocalSet in a current-thread runtime",
    "a task of a LocalRuntime",
    "a task of a twin",
    "a task of an isolated twin",
    "sync_twin::spawn",
    "a fiber in a current-thread runtime",
];

/// Why the pattern: `Handle::block_on`, which the bridge uses, panics where async code is running.
#[test]
fn directly_it_panics_under_a_scheduler() {
    let _watch = watch(&test_name());
    assert_eq!(failures(converse_directly), UNDER_A_SCHEDULER);
}

/// And `SyncIoBridge::new` needs a runtime around it.
#[test]
fn directly_and_without_a_handle_it_panics_on_a_plain_thread_too() {
    let _watch = watch(&test_name());
    let failures = failures(converse_directly_without_a_handle);
    assert_eq!(failures[..2], ["a plain thread", "a drop during unwinding"]);
    assert_eq!(failures[2..], UNDER_A_SCHEDULER);
}
