//! # SW211, fixed: the methods are those of another crate's type
//! Before: `../fail/sw211_missing_foreign.rs`.

use std::net::SocketAddr;
use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> std::io::Result<Self>;
    pub fn local_addr(&self) -> std::io::Result<SocketAddr>;
}

fn main() {
    let listener = Listener::bind("127.0.0.1:0").unwrap();
    assert!(listener.local_addr().unwrap().ip().is_loopback());
}
