//! # SW507, fixed: the signatures are those of the type
//! Before: `../rustc/sw507_foreign_signature.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(type = Listener, foreign)]
impl tokio::net::TcpListener {
    pub async fn bind(address: &str) -> std::io::Result<Self>;
    pub fn local_addr(&self) -> std::io::Result<std::net::SocketAddr>;
    pub fn ttl(&self) -> std::io::Result<u32>;
    pub fn set_ttl(&self, ttl: u32) -> std::io::Result<()>;
}

fn main() {
    let listener = Listener::bind("127.0.0.1:0").unwrap();
    listener.set_ttl(7).unwrap();
    assert_eq!(listener.ttl().unwrap(), 7);
}
