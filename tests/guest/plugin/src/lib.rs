//! What a host calls.

use std::time::Duration;
use sync_twin::{spawn, sync_wrapper, to_thread};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[sync_wrapper]
async fn exchange() -> u8 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (accepted, connected) = tokio::join!(listener.accept(), TcpStream::connect(address));
    connected.unwrap().write_u8(42).await.unwrap();
    let sent = accepted.unwrap().0.read_u8().await.unwrap();
    tokio::task::spawn_blocking(move || sent).await.unwrap()
}

#[sync_wrapper(isolation = "always")]
async fn exchange_isolated() -> u8 {
    exchange().await
}

#[sync_wrapper(flavor = "multi_thread")]
async fn exchange_in_crew() -> u8 {
    tokio::spawn(exchange()).await.unwrap()
}

/// Does all kinds of things, and says whether that went well.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_call() -> bool {
    let is_well = exchange_sync() == 42
        && exchange_isolated_sync() == 42
        && exchange_in_crew_sync() == 42
        && spawn(exchange()).join() == 42
        && sync_twin::block_on(to_thread(exchange_sync)) == 42;
    drop(spawn(async { tokio::time::sleep(Duration::from_millis(1)).await }));
    is_well
}

/// Ends all that the plugin has started, and says whether that went well.
#[unsafe(no_mangle)]
pub extern "C" fn plugin_end() -> bool {
    sync_twin::shutdown(Duration::from_secs(300)).is_empty()
}
