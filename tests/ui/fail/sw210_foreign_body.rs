//! # SW210: a fn with a body in a `foreign` block
//! Why: the block only declares what a type of another crate has, and disappears.
//! Fix: write a semicolon in place of the body; see `../fixed/sw210_foreign_body.rs`.

use std::net::SocketAddr;
use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> std::io::Result<Self>;
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        unimplemented!()
    }
}

fn main() {}
