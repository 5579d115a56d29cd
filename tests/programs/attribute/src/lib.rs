//! A procedural macro that calls twins: as `sqlx::query!` asks a database while rustc runs it.

use proc_macro::TokenStream;
use std::io;
use std::net::TcpListener;
use std::thread;
use sync_twin::sync_wrapper;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[sync_wrapper]
async fn ask(port: u16, question: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(question.as_bytes()).await?;
    stream.shutdown().await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// A server that says what it is told, in capitals.
fn serve() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || -> io::Result<()> {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept()?;
        let mut question = String::new();
        stream.read_to_string(&mut question)?;
        stream.write_all(question.to_uppercase().as_bytes())
    });
    Ok(port)
}

/// What a server answers to these tokens, as a string.
#[proc_macro]
pub fn answer(question: TokenStream) -> TokenStream {
    let answer = serve().and_then(|port| ask_sync(port, &question.to_string()));
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => format!("compile_error!({:?})", error.to_string()),
    }
    .parse()
    .unwrap_or_default()
}
