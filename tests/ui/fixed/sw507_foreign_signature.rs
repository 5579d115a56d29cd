//! # SW507, fixed: the signature is that of the other crate
//! Before: `../rustc/sw507_foreign_signature.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> std::io::Result<Self>;
}

fn main() {
    let listener = Listener::bind("127.0.0.1:0").unwrap();
    assert!(listener.as_async().local_addr().is_ok());
}
