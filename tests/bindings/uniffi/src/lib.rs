//! Twins as uniffi's languages see them. (uniffi can export the async fns too, to languages that have them.)

use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::sync::Mutex;
use tokio::time::sleep;

uniffi::setup_scaffolding!();

/// What goes wrong.
#[derive(Debug, uniffi::Error)]
#[uniffi(flat_error)]
pub enum Failed {
    /// There is nothing to say.
    NoText,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no text")
    }
}

/// Waits, and returns the text.
#[sync_wrapper(name = wait, attrs(uniffi::export))]
pub async fn wait_async(ms: u32, text: String) -> Result<String, Failed> {
    sleep(Duration::from_millis(ms.into())).await;
    match text.is_empty() {
        true => Err(Failed::NoText),
        false => Ok(text),
    }
}

/// What other languages do not see: the async type.
#[derive(Default)]
pub struct Counter {
    count: Mutex<u32>,
}

/// Counts.
#[sync_wrapper(type = BlockingCounter, attrs(derive(uniffi::Object)), impl_attrs(uniffi::export))]
impl Counter {
    /// Starts at zero.
    #[sync_wrapper(attrs(uniffi::constructor))]
    #[expect(
        clippy::new_without_default,
        reason = "other languages have constructors"
    )]
    pub fn new() -> Self {
        Counter::default()
    }

    /// Counts on, after a while.
    pub async fn add(&self, more: u32) -> u32 {
        sleep(Duration::from_millis(1)).await;
        let mut count = self.count.lock().await;
        *count += more;
        *count
    }
}
