//! How much of its caller's stack a call needs. An overflow ends the process.

use crate::acts::all_kinds;
use crate::child::Child;
use std::thread;
use sync_twin::{batch, block_on, iter, spawn, sync_wrapper};
use sync_twin_tests::harness::places::Place;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::yield_now;

/// What a call can do with in a release build; a debug build keeps every value on the stack several times.
pub(crate) const SMALL: usize = if cfg!(debug_assertions) {
    128 << 10
} else {
    64 << 10
};

fn on_a_small_thread(size: usize, code: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(size).spawn(code);
    thread.unwrap().join().unwrap();
}

/// The bytes for which everything works, to be tried by hand: `SYNC_TWIN_STACK=65536 cargo test …`.
fn size() -> usize {
    let set = std::env::var("SYNC_TWIN_STACK").ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(SMALL)
}

fn small(test: &str, code: fn()) {
    Child::new(test).run(|| {
        sync_twin::start().unwrap();
        on_a_small_thread(size(), code);
    });
}

#[test]
fn all_kinds_of_calls() {
    small("stacks::all_kinds_of_calls", all_kinds);
}

#[test]
fn a_batch_an_iterator_and_a_task() {
    small("stacks::a_batch_an_iterator_and_a_task", || {
        let numbers = batch([1, 2].map(|n| async move { n })).run();
        assert_eq!(numbers, [1, 2]);
        assert_eq!(iter(futures_util::stream::iter(1..=3)).sum::<i32>(), 6);
        assert_eq!(spawn(async { 3 }).join(), 3);
    });
}

/// The first call of the process.
#[test]
fn the_first_call() {
    Child::new("stacks::the_first_call").run(|| on_a_small_thread(size(), all_kinds));
}

/// In place on a driver, too.
#[test]
fn in_place() {
    #[sync_wrapper(isolation = "never")]
    async fn in_place(n: u32) -> u32 {
        yield_now().await;
        n
    }
    small("stacks::in_place", || {
        assert_eq!(Place::Driver.run(|| in_place_sync(1)), 1);
        assert_eq!(Place::DriverTask.run(|| in_place_sync(1)), 1);
    });
}

#[sync_wrapper]
async fn get(client: &reqwest::Client, url: &str) -> String {
    client.get(url).send().await.unwrap().text().await.unwrap()
}

#[sync_wrapper(flavor = "multi_thread")]
async fn get_in_crew(client: &reqwest::Client, url: &str) -> String {
    client.get(url).send().await.unwrap().text().await.unwrap()
}

#[sync_wrapper(isolation = "always")]
async fn get_isolated(client: &reqwest::Client, url: &str) -> String {
    client.get(url).send().await.unwrap().text().await.unwrap()
}

/// A server that answers any request, and its address.
fn server() -> String {
    let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    drop(spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            drop(tokio::spawn(async move {
                let mut request = [0; 4096];
                while socket.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42";
                    socket.write_all(answer).await.unwrap();
                }
            }));
        }
    }));
    format!("http://{address}/")
}

/// Its connection's task is polled on the stacks of callers that drive home.
#[test]
fn an_http_client() {
    Child::new("stacks::an_http_client").run(|| {
        let url = server();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        on_a_small_thread(size(), move || {
            for get in [get_sync, get_in_crew_sync, get_isolated_sync] {
                for _ in 0..3 {
                    assert_eq!(get(&client, &url), "42");
                }
            }
        });
    });
}
