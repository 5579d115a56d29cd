//! actix-web: every worker is a thread with a current-thread runtime and a `LocalSet`.

use crate::actix_server::ActixServer;
use crate::client::{get, get_every_kind, handle};
use actix_web::web::{self, Path};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread;
use sync_twin::{Context, fiber, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::work::work;
use tokio::sync::Barrier;

async fn kinds(kind: Path<usize>) -> String {
    handle(kind.into_inner())
}

/// Handlers need not be `Send`, and this one is not.
async fn state(count: web::Data<Count>) -> String {
    let count = Rc::new(Cell::new(count.0));
    let before = Rc::clone(&count);
    tokio::task::yield_now().await;
    let result = add_sync(count);
    tokio::task::yield_now().await;
    format!("{result} {}", before.get())
}

struct Count(u32);

#[sync_wrapper]
async fn add(count: Rc<Cell<u32>>) -> u32 {
    count.set(work(count.get()).await);
    count.get()
}

async fn on_blocking_thread() -> String {
    web::block(|| handle(0)).await.unwrap()
}

/// How many requests are served at a time.
const CROWD: usize = 100;

/// Sync code that waits in a call until all requests are here.
fn meet(barrier: &Barrier) -> String {
    meet_all_sync(barrier)
}

#[sync_wrapper]
async fn meet_all(barrier: &Barrier) -> String {
    barrier.wait().await;
    Context::current().to_string()
}

async fn in_fiber(barrier: web::Data<Barrier>) -> String {
    fiber(move || meet(&barrier)).await
}

/// One worker, so one thread: a call that blocked it would wait for ever.
#[test]
fn a_hundred_requests_that_wait_at_once() {
    within_deadline("actix-web", || {
        let barrier = web::Data::new(Barrier::new(CROWD));
        let server = ActixServer::start(1, move |app| {
            app.app_data(web::Data::clone(&barrier))
                .route("/", web::get().to(in_fiber));
        });
        let address = server.address;
        let clients = (0..CROWD).map(|_| thread::spawn(move || get(address, "/")));
        for client in clients.collect::<Vec<_>>() {
            assert_eq!(client.join().unwrap(), Context::Fiber.to_string());
        }
    });
}

fn with_server(test: fn(SocketAddr)) {
    let server = ActixServer::start(2, |app| {
        app.app_data(web::Data::new(Count(1)))
            .route("/kinds/{kind}", web::get().to(kinds))
            .route("/state", web::get().to(state))
            .route("/blocking", web::get().to(on_blocking_thread));
    });
    test(server.address);
}

#[test]
fn every_kind_in_a_handler() {
    within_deadline("actix-web", || {
        with_server(|server| get_every_kind(server, &Context::Driver.to_string()));
    });
}

#[test]
fn handler_that_is_not_send() {
    within_deadline("actix-web", || {
        with_server(|server| assert_eq!(get(server, "/state"), "2 2"));
    });
}

#[test]
fn web_block() {
    within_deadline("actix-web", || {
        with_server(|server| {
            assert_eq!(get(server, "/blocking"), Context::Beside.to_string());
        });
    });
}
