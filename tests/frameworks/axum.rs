//! axum, on either kind of runtime.

use crate::client::{get, get_every_kind, handle};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use sync_twin::{Context, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

async fn kinds(Path(kind): Path<usize>) -> String {
    handle(kind)
}

/// Asks the server that it is part of, and blocks for the answer one of the workers that have to give it.
async fn ask_myself(State(myself): State<SocketAddr>) -> String {
    let answer = fetch_sync(myself, "/kinds/0");
    answer.rsplit("\r\n").next().unwrap().to_owned()
}

#[sync_wrapper]
async fn fetch(server: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(server).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A handler that panics in a twin fails alone.
async fn panics() -> String {
    match std::panic::catch_unwind(|| sync_twin::block_on(async { panic!("on purpose") })) {
        Ok(()) => unreachable!("it panics"),
        Err(panic) => (*panic.downcast_ref::<&str>().unwrap()).to_owned(),
    }
}

fn with_server(runtime: Runtime, test: fn(SocketAddr)) {
    let (sender, receiver) = mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = thread::spawn(move || {
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let app = Router::new()
                .route("/kinds/{kind}", routing::get(kinds))
                .route("/myself", routing::get(ask_myself))
                .route("/panics", routing::get(panics))
                .with_state(address);
            sender.send(address).unwrap();
            axum::serve(listener, app)
                .with_graceful_shutdown(async { stopped.await.unwrap() })
                .await
                .unwrap();
        });
    });
    test(receiver.recv().unwrap());
    stop.send(()).unwrap();
    server.join().unwrap();
}

#[test]
fn every_kind_in_a_handler_on_a_multi_thread_runtime() {
    within_deadline("axum, two workers", || {
        with_server(workers(2), |server| {
            get_every_kind(server, &Context::Worker.to_string());
        });
    });
}

#[test]
fn every_kind_in_a_handler_on_one_worker() {
    within_deadline("axum, one worker", || {
        with_server(workers(1), |server| {
            get_every_kind(server, &Context::Worker.to_string());
        });
    });
}

#[test]
fn every_kind_in_a_handler_on_a_current_thread_runtime() {
    within_deadline("axum, current thread", || {
        with_server(current_thread(), |server| {
            get_every_kind(server, &Context::Driver.to_string());
        });
    });
}

#[test]
fn handler_that_asks_its_own_server() {
    within_deadline("axum, one worker", || {
        with_server(workers(1), |server| {
            assert_eq!(get(server, "/myself"), Context::Worker.to_string());
        });
    });
}

#[test]
fn handler_whose_twin_panics() {
    for runtime in [workers(1), current_thread()] {
        within_deadline("axum", || {
            with_server(runtime, |server| {
                assert_eq!(get(server, "/panics"), "on purpose");
                get(server, "/kinds/0");
            });
        });
    }
}
