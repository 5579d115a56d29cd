//! Twins as Node.js sees them, by the attribute of napi-rs.

use napi::{Error, Result, Status};
use napi_derive::napi;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::time::sleep;

/// Waits, and returns the text.
#[sync_wrapper(name = wait, attrs(napi))]
pub async fn wait_async(ms: u32, text: String) -> Result<String> {
    sleep(Duration::from_millis(ms.into())).await;
    match text.is_empty() {
        true => Err(Error::new(Status::InvalidArg, "no text")),
        false => Ok(text),
    }
}

/// What Node.js does not see: the async type.
#[derive(Default)]
pub struct Counter {
    count: u32,
}

// With napi-rs, a method has the attribute as well.
#[sync_wrapper(type = NodeCounter, attrs(napi(js_name = "Counter")), impl_attrs(napi))]
impl Counter {
    #[sync_wrapper(attrs(napi(constructor)))]
    pub fn new() -> Self {
        Counter::default()
    }

    /// Counts on, after a while.
    #[sync_wrapper(attrs(napi))]
    pub async fn add(&mut self, more: u32) -> u32 {
        sleep(Duration::from_millis(1)).await;
        self.count += more;
        self.count
    }

    /// Where it is.
    #[sync_wrapper(attrs(napi(getter)))]
    pub fn count(&self) -> u32 {
        self.count
    }
}
