//! A lone caller drives sync-twin's own runtime itself: its calls wake nobody.
//!
//! Counts what another thread of this process does, so nothing else runs in it.

#![cfg(target_os = "linux")]

mod deadline;
mod home_thread;
mod http;

use deadline::{test_name, within_deadline};
use http::{Client, Server};

#[test]
fn a_burst_of_requests_leaves_the_home_thread_asleep() {
    within_deadline(&test_name(), || {
        let server = Server::start();
        let client = Client::new(&server);
        home_thread::assert_that_it_sleeps_during(20_000, |n| {
            let path = format!("/{n}");
            assert_eq!(client.get_sync(&path).expect("the server answers"), path);
        });
        assert_eq!(server.accepted(), 1);
    });
}
