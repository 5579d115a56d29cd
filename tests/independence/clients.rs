//! Clients and connections that outlive the runtime beside which they were made.

use crate::child::Child;
use crate::echo::{connect_sync, exchange_sync};
use crate::http::{Server, get_by_call_in_task_sync, get_in_task_sync, get_sync};
use reqwest::Client;
use std::sync::mpsc::channel;
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// Until a response that has been read has put its connection back into the pool.
fn settle() {
    thread::sleep(Duration::from_millis(10));
}

/// With `.await` or the recipe the connections die with each test's runtime, and requests fail: "dispatch task is gone:
/// runtime dropped the dispatch task". `reqwest::blocking` panics in most of these places.
#[test]
fn one_static_client_in_tests_that_each_have_a_runtime() {
    static CLIENT: LazyLock<Client> = LazyLock::new(Client::new);
    within_deadline("a static client", || {
        let server = Arc::new(Server::start());
        // None of a thread that would keep the first connection anyway.
        let tests = PLACES.into_iter().filter(|place| *place != Place::Plain);
        for place in tests.clone().chain(tests) {
            let server = Arc::clone(&server);
            place.run(move || {
                let answer = get_sync(&CLIENT, &server.url("/word"));
                assert_eq!(answer.unwrap(), "/word", "{place:?}");
                settle();
            });
        }
        let connections = server.accepted();
        assert!(connections < 3, "{connections} connections");
    });
}

/// Made by a call beside `runtime`.
fn connect_beside(place: Place, runtime: &Runtime) -> TcpStream {
    match place {
        Place::BlockingThread => runtime
            .block_on(runtime.spawn_blocking(connect_sync))
            .unwrap(),
        Place::Guard => {
            let _context = runtime.enter();
            connect_sync()
        }
        Place::Root => runtime.block_on(async { connect_sync() }),
        Place::OneWorker => runtime
            .block_on(runtime.spawn(async { connect_sync() }))
            .unwrap(),
        _ => unreachable!("not beside a multi-thread runtime"),
    }
}

const BESIDE: [Place; 4] = [
    Place::BlockingThread,
    Place::Guard,
    Place::Root,
    Place::OneWorker,
];

/// Made with `Handle::block_on`, it answers every operation with an error.
#[test]
fn a_connection_made_beside_a_runtime_that_has_ended() {
    for place in BESIDE {
        within_deadline(&format!("{place:?}"), move || {
            let runtime = workers(1);
            let mut socket = connect_beside(place, &runtime);
            drop(runtime);
            assert_eq!(exchange_sync(&mut socket, 21), 42);
            Place::Root.run(move || assert_eq!(exchange_sync(&mut socket, 21), 42));
        });
    }
}

/// Made with `Handle::block_on`, it stays silent until the worker comes back.
#[test]
fn a_connection_made_beside_a_runtime_whose_worker_computes() {
    for place in BESIDE {
        within_deadline(&format!("{place:?}"), move || {
            let runtime = workers(1);
            let mut socket = connect_beside(place, &runtime);
            let (stop, stopped) = channel::<()>();
            let (started, is_started) = channel();
            let computing = runtime.spawn(async move {
                started.send(()).unwrap();
                // Ends when the other end is dropped.
                stopped.recv().unwrap_err();
            });
            is_started.recv().unwrap();
            assert_eq!(exchange_sync(&mut socket, 21), 42);
            let thread = runtime.spawn_blocking(move || exchange_sync(&mut socket, 21));
            assert_eq!(runtime.block_on(thread).unwrap(), 42);
            drop(stop);
            runtime.block_on(computing).unwrap();
        });
    }
}

/// The recipe panics on this flavour.
#[test]
fn a_kept_connection_and_then_a_task_that_uses_it() {
    within_deadline("a kept connection", || {
        let server = Server::start();
        let client = Client::new();
        current_thread().block_on(async {
            for _ in 0..3 {
                let answer = get_sync(&client, &server.url("/one"));
                assert_eq!(answer.unwrap(), "/one");
                settle();
                let answer = get_in_task_sync(&client, &server.url("/two"));
                assert_eq!(answer.unwrap(), "/two");
                settle();
            }
        });
        // Else nothing has waited for a connection that was kept.
        assert_eq!(server.accepted(), 1);
    });
}

/// The one thing that cannot be had: the task is polled by the thread on which the connection lives, and blocks it.
#[test]
fn a_kept_connection_and_a_task_that_blocks_its_thread_is_reported() {
    Child::new("clients::a_kept_connection_and_a_task_that_blocks_its_thread_is_reported").reports(
        "independence/http.rs",
        || {
            let server = Server::start();
            let client = Client::new();
            current_thread().block_on(async {
                get_sync(&client, &server.url("/one")).unwrap();
                settle();
                get_by_call_in_task_sync(&client, &server.url("/two")).unwrap();
            });
        },
    );
}

/// The same client by turns where calls are isolated, in home, and in the crew.
#[test]
fn a_kept_connection_and_tasks_that_use_it_everywhere() {
    within_deadline("a kept connection everywhere", || {
        let server = Arc::new(Server::start());
        let client = Client::new();
        for first in PLACES {
            for second in [Place::Plain, Place::OneWorker, Place::Driver] {
                let (server, client) = (Arc::clone(&server), client.clone());
                first.run(move || {
                    let answer = get_sync(&client, &server.url("/one"));
                    assert_eq!(answer.unwrap(), "/one", "{first:?}");
                    thread::spawn(move || {
                        second.run(move || {
                            let answer = get_in_task_sync(&client, &server.url("/two"));
                            assert_eq!(answer.unwrap(), "/two", "{first:?}, {second:?}");
                        });
                    })
                    .join()
                    .unwrap();
                });
            }
        }
    });
}
