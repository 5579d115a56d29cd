//! A request id in the logs of an isolated call: `cargo run --example request_id`.
//!
//! The server is async and has one thread. A handler below it is not async, and calls a twin. That must not wait on the
//! server's thread, so its future runs on another one. What it logs there still belongs to the request: the span is the
//! handler's, and so is the task-local that `carry` names.

use std::thread;
use std::time::Duration;
use sync_twin::{carry, sync_wrapper};
use tracing::{info, info_span};

tokio::task_local! {
    /// Whose request it is.
    static USER: String;
}

#[sync_wrapper]
async fn load(page: &str) -> usize {
    let thread = thread::current();
    info!(thread = thread.name(), "{} loads {page}", USER.get());
    tokio::time::sleep(Duration::from_millis(10)).await;
    info!("loaded");
    page.len()
}

/// Not async: perhaps it implements a trait of a framework.
fn handle(page: &str) -> usize {
    load_sync(page)
}

async fn serve(id: u32, user: &str, page: &str) -> usize {
    let span = info_span!("request", id);
    let handle = || span.in_scope(|| handle(page));
    USER.sync_scope(user.to_owned(), handle)
}

// Its test calls it, too.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() {
    tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .with_target(false)
        .init();
    carry(&USER);

    serve(1, "ada", "/index").await;
    serve(2, "bob", "/about").await;
}
