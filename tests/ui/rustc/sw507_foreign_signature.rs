//! # SW507: a method of a `foreign` block returns something else in its crate (E0277)
//! Why: the block declares what another crate has, and the compiler compares both.
//! Fix: write the signature as that crate has it; see `../fixed/sw507_foreign_signature.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> Self;
}

fn main() {}
