//! Everything here is async, and with the feature `blocking` it blocks too.

#![deny(warnings, missing_docs, unreachable_pub)]
#![allow(async_fn_in_trait)]

/// Waits a moment.
#[cfg_attr(feature = "blocking", sync_twin::sync_wrapper)]
pub async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
    milliseconds
}

/// Says hello.
pub struct Greeter {
    name: String,
}

#[cfg_attr(feature = "blocking", sync_twin::sync_wrapper)]
impl Greeter {
    /// One with this name.
    pub async fn new(name: &str) -> Self {
        let name = String::from(name);
        Self { name }
    }

    /// Says it.
    pub async fn greet(&self) -> String {
        wait(1).await;
        format!("hello {}", self.name)
    }

    /// Says it in another way.
    #[cfg_attr(feature = "blocking", sync_wrapper(name = greet_loudly_blocking))]
    pub async fn greet_loudly(&self) -> String {
        self.greet().await.to_uppercase()
    }

    /// For async code alone.
    #[cfg_attr(feature = "blocking", sync_wrapper(skip))]
    pub async fn spawn(&self) {}
}

/// Says how long it is.
#[cfg_attr(feature = "blocking", sync_twin::sync_wrapper)]
pub trait Length {
    /// The length.
    async fn length(&self) -> usize;
}

impl Length for Greeter {
    async fn length(&self) -> usize {
        self.name.len()
    }
}

/// Counts.
pub struct Counter {
    n: u32,
}

#[cfg_attr(feature = "blocking", sync_twin::sync_wrapper(type = BlockingCounter))]
impl Counter {
    /// At zero.
    pub async fn new() -> Self {
        Self { n: 0 }
    }

    /// Counts one up.
    pub async fn count(&mut self) -> u32 {
        self.n += 1;
        self.n
    }
}

/// More of it.
#[cfg_attr(feature = "blocking", sync_twin::sync_wrapper)]
pub mod more {
    /// One more.
    pub async fn one() -> u32 {
        1
    }
}
