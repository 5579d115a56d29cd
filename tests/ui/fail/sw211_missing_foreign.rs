//! # SW211: fns without bodies in a block that is not `foreign`
//! Why: the block stays as it is, and the fns of a type of one's own have bodies.
//! Fix: add `foreign`, if the type is another crate's; see `../fixed/sw211_missing_foreign.rs`.

use std::net::SocketAddr;
use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> std::io::Result<Self>;
    pub fn local_addr(&self) -> std::io::Result<SocketAddr>;
}

fn main() {}
