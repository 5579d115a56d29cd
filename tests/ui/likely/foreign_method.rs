//! # Likely: a `foreign` block declares what the type does not have
//! The block disappears, and each of its signatures becomes a call of the method of that name.
//! Fix: write the names and the arguments as the other crate has them.

use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub fn local_address(&self) -> std::io::Result<std::net::SocketAddr>;
    pub fn set_ttl(&self, ttl: u64) -> std::io::Result<()>;
    pub fn ttl(&self) -> std::io::Result<u64>;
}

fn main() {}
