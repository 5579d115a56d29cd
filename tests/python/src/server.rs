//! The server of [`Client`](crate::client::Client): std's threads, and nothing of sync-twin.

use pyo3::pyfunction;
use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

type Texts = Arc<Mutex<HashMap<String, String>>>;

/// Starts a server in threads of its own. Returns its port.
#[pyfunction]
pub(crate) fn serve() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let texts = Texts::default();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let texts = texts.clone();
            thread::spawn(move || answer(&connection, &texts));
        }
    });
    Ok(port)
}

fn answer(connection: &TcpStream, texts: &Texts) -> io::Result<()> {
    connection.set_nodelay(true)?;
    for line in BufReader::new(connection).lines() {
        let line = line?;
        let mut words = line.splitn(3, ' ');
        let (what, key) = (words.next(), words.next().unwrap_or_default());
        let mut texts = texts.lock().unwrap_or_else(PoisonError::into_inner);
        let text = match what {
            Some("set") => {
                let text = words.next().unwrap_or_default().to_owned();
                texts.insert(key.to_owned(), text)
            }
            _ => texts.get(key).cloned(),
        };
        drop(texts);
        let mut connection = connection;
        connection.write_all(format!("{}\n", text.unwrap_or_default()).as_bytes())?;
    }
    Ok(())
}
