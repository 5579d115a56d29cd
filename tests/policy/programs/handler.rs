//! A server's handler that calls sync code, which calls a twin: works, and takes up a worker meanwhile.
//!
//! With `SYNC_TWIN_ON_WORKER=deny`, as a CI run sets it, the program fails and says what to write instead.

use sync_twin::sync_wrapper;
use tokio::task::yield_now;

#[sync_wrapper]
async fn load(id: u32) -> String {
    yield_now().await;
    format!("user {id}")
}

/// Somebody wrote this for a command line tool.
fn greet(id: u32) -> String {
    format!("hello, {}", load_sync(id))
}

async fn handle(id: u32) -> String {
    greet(id)
}

#[tokio::main]
async fn main() -> Result<(), tokio::task::JoinError> {
    let response = tokio::spawn(handle(7)).await?;
    println!("{response}");
    Ok(())
}
