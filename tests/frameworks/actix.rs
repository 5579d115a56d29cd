//! actix-web: every worker is a thread with a current-thread runtime and a `LocalSet`.

use crate::actix_server::ActixServer;
use crate::client::{get, get_every_kind, handle};
use actix_web::web::{self, Path};
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use sync_twin::{Context, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::work::work;

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
