//! # Likely: `.await` on a twin
//! A twin has waited already, and returns what the async fn outputs.
//! Fix: `.await` the async fn, or call the twin without `.await`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> String {
    format!("user {id}")
}

async fn show() {
    println!("{}", load_sync(1).await);
}

fn main() {}
