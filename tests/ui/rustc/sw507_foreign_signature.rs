//! # SW507: a signature in a `foreign` block that the type does not have (E0277, E0308, E0599)
//! Why: the block declares what another crate has, and the compiler compares both.
//! Fix: write the signature as that crate has it; see `../fixed/sw507_foreign_signature.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> Self;
    pub fn local_address(&self) -> std::io::Result<std::net::SocketAddr>;
    pub fn ttl(&self) -> std::io::Result<u64>;
}

fn main() {}
