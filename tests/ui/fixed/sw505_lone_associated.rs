//! # SW505, fixed: a block knows its fns
//! Before: `../rustc/sw505_lone_associated.rs`.

use std::fmt::Display;
use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    async fn version(major: u32) -> impl Display {
        format!("v{major}")
    }
}

struct Server;

impl Server {
    #[sync_wrapper(associated)]
    async fn version(major: u32) -> impl Display {
        format!("v{major}")
    }
}

fn main() {
    assert_eq!(Client::version_sync(2).to_string(), "v2");
    assert_eq!(Server::version_sync(3).to_string(), "v3");
}
