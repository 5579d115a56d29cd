//! A client with a pool of connections: what one call has connected serves all later ones, wherever they are made.

mod deadline;
mod http;

use deadline::{test_name, within_deadline};
use http::{Client, Server};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::thread;
use sync_twin::{Context, block_on, sync_wrapper};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{LocalSet, spawn, spawn_blocking};

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be started")
}

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be started")
}

/// Asks for a path of its own in the context `expected`.
#[track_caller]
fn request(client: &Client, expected: Context) {
    assert_eq!(Context::current(), expected);
    let path = format!("/{expected}");
    assert_eq!(client.get_sync(&path).expect("the server answers"), path);
}

/// With an argument that no other thread may have.
#[sync_wrapper]
async fn get_in_place(client: &Client, count: Rc<Cell<u32>>) -> String {
    count.set(count.get() + 1);
    let path = format!("/{}", count.get());
    client.get(&path).await.expect("the server answers")
}

#[track_caller]
fn request_in_place(client: &Client, expected: Context) {
    assert_eq!(Context::current(), expected);
    assert_eq!(get_in_place_sync(client, Rc::default()), "/1");
}

/// A request from every context, one after the other, each twice.
fn requests_from_everywhere(client: &Arc<Client>) {
    for request in [request, request_in_place] {
        request(client, Context::Outside);
        thread::scope(|scope| {
            scope.spawn(|| request(client, Context::Outside));
        });
        block_on(async {
            tokio::task::yield_now().await;
            request(client, Context::Outside);
        });
        block_on(async {
            let client = client.clone();
            let task = spawn_blocking(move || request(&client, Context::Beside));
            task.await.expect("it does not panic");
        });

        multi_thread().block_on(async {
            request(client, Context::Beside);
            let other = client.clone();
            let task = spawn(async move { request(&other, Context::Worker) });
            task.await.expect("it does not panic");
            let other = client.clone();
            let task = spawn_blocking(move || request(&other, Context::Beside));
            task.await.expect("it does not panic");
        });

        current_thread().block_on(async {
            request(client, Context::Driver);
            let other = client.clone();
            let task = spawn(async move { request(&other, Context::Driver) });
            task.await.expect("it does not panic");
            let other = client.clone();
            let task = spawn_blocking(move || request(&other, Context::Beside));
            task.await.expect("it does not panic");
        });
        LocalSet::new().block_on(&current_thread(), async {
            request(client, Context::Driver)
        });

        let runtime = current_thread();
        let _context = runtime.enter();
        request(client, Context::Beside);
    }
}

/// The connection's task is on sync-twin's own runtime.
#[test]
fn one_connection_for_all_calls_after_one_on_a_plain_thread() {
    within_deadline(&test_name(), || {
        let server = Server::start();
        let client = Arc::new(Client::new(&server));
        for _ in 0..3 {
            requests_from_everywhere(&client);
        }
        assert_eq!(server.accepted(), 1);
    });
}

/// It is on sync-twin's own runtime too, or with the crew.
#[test]
fn one_connection_for_all_calls_after_one_on_a_driver() {
    for first in [request, request_in_place] {
        within_deadline(&test_name(), move || {
            let server = Server::start();
            let client = Arc::new(Client::new(&server));
            current_thread().block_on(async { first(&client, Context::Driver) });
            requests_from_everywhere(&client);
            assert_eq!(server.accepted(), 1);
        });
    }
}

/// It is with the crew, and does not mind the end of the runtime that the call was made in.
#[test]
fn one_connection_for_all_calls_after_one_on_a_worker() {
    within_deadline(&test_name(), || {
        let server = Server::start();
        let client = Arc::new(Client::new(&server));
        let runtime = multi_thread();
        let other = client.clone();
        let task = runtime.spawn(async move { request(&other, Context::Worker) });
        block_on(task).expect("it does not panic");
        requests_from_everywhere(&client);
        assert_eq!(server.accepted(), 1);
        drop(runtime);
        requests_from_everywhere(&client);
        assert_eq!(server.accepted(), 1);
    });
}

/// As many connections as there are requests at once, and no more for those that come later.
#[test]
fn many_threads_share_the_connections() {
    const THREADS: usize = 16;
    within_deadline(&test_name(), || {
        let server = Server::start();
        let client = Arc::new(Client::new(&server));
        let start = Barrier::new(THREADS);
        let requests = |context: Context| {
            start.wait();
            for _ in 0..50 {
                request(&client, context);
            }
        };
        thread::scope(|scope| {
            for thread in 0..THREADS {
                scope.spawn(move || match thread % 4 {
                    0 => current_thread().block_on(async { requests(Context::Driver) }),
                    _ => requests(Context::Outside),
                });
            }
        });
        let accepted = server.accepted();
        assert!((1..=THREADS).contains(&accepted), "{accepted}");
        requests_from_everywhere(&client);
        assert_eq!(server.accepted(), accepted);
    });
}
