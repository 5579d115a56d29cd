//! # Likely: a future holds what is `Send` only with `'static` data
//! rustc asks whether the future is `Send`, for a task that may serve the call, and says no to this in the middle of the answer.
//! Fix: `isolation = "never"`, with which nobody asks; or `default-features = false`, if no code is served.

use std::marker::PhantomData;
use sync_twin::sync_wrapper;

struct Handle<T>(*const (), PhantomData<T>);
unsafe impl<T: Send + 'static> Send for Handle<T> {}

#[sync_wrapper]
async fn length<'a>(text: &'a str) -> usize {
    let handle = Handle::<&'a str>(std::ptr::null(), PhantomData);
    tokio::task::yield_now().await;
    drop(handle);
    text.len()
}

fn main() {
    length_sync("abc");
}
