//! More kinds of call: the twins of an `#[async_trait]`, through `dyn`, with a store behind it that does real I/O.
//!
//! They are not in the harness, which the ui cases are built with: those need no `async-trait`.

use async_trait::async_trait;
use std::collections::HashMap;
use std::io::{self, BufRead as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::kinds::{self, Kind};
use sync_twin_tests::harness::work::work;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::{OnceCell, mpsc, oneshot};
use tokio::time::timeout;

const NEVER: Duration = Duration::from_secs(3600);

/// Every kind of call: those of the harness, and those through a store.
pub(crate) fn every_kind() -> impl Iterator<Item = Kind> {
    let through_store = [
        Kind {
            name: "Arc<dyn Store>",
            call: shared_store,
            crosses: true,
        },
        Kind {
            name: "Arc<dyn StoreBelow>",
            call: shared_store_below,
            crosses: true,
        },
        Kind {
            name: "Rc<dyn LocalStore>",
            call: local_store,
            crosses: false,
        },
    ];
    kinds::KINDS.iter().copied().chain(through_store)
}

/// Ours above theirs.
#[sync_wrapper]
#[async_trait]
trait Store: Send + Sync {
    async fn get(&self, key: &str) -> io::Result<Option<String>>;
    async fn put(&self, key: &str, value: String) -> io::Result<()>;

    async fn get_or(&self, key: &str, other: &str) -> io::Result<String> {
        work(1).await;
        Ok(self.get(key).await?.unwrap_or_else(|| other.to_owned()))
    }

    async fn strength(self: Arc<Self>) -> usize {
        work(1).await;
        Arc::strong_count(&self)
    }
}

/// Ours below theirs.
#[async_trait]
#[sync_wrapper]
trait StoreBelow: Send + Sync {
    async fn get(&self, key: &str) -> io::Result<Option<String>>;
    async fn put(&self, key: &str, value: String) -> io::Result<()>;

    async fn get_or(&self, key: &str, other: &str) -> io::Result<String> {
        work(1).await;
        Ok(self.get(key).await?.unwrap_or_else(|| other.to_owned()))
    }
}

/// Its futures are not `Send`, and neither is the store.
#[sync_wrapper]
#[async_trait(?Send)]
trait LocalStore {
    async fn get(&self, key: &str) -> io::Result<Option<String>>;
    async fn put(&self, key: &str, value: String) -> io::Result<()>;

    async fn strength(self: Rc<Self>) -> usize {
        work(1).await;
        Rc::strong_count(&self)
    }
}

/// A store in a server. Its connection is made by the first call and serves the later ones; a task has it, as in
/// most clients.
#[derive(Default)]
struct Remote {
    requests: OnceCell<mpsc::Sender<Request>>,
}

struct Request {
    line: String,
    reply: oneshot::Sender<String>,
}

impl Remote {
    async fn exchange(&self, line: String) -> io::Result<String> {
        let requests = self.requests.get_or_try_init(Remote::connect).await?;
        let (reply, replied) = oneshot::channel();
        let exchange = async {
            let request = Request { line, reply };
            requests.send(request).await.map_err(io::Error::other)?;
            replied.await.map_err(io::Error::other)
        };
        timeout(NEVER, exchange).await?
    }

    async fn connect() -> io::Result<mpsc::Sender<Request>> {
        let mut socket = BufReader::new(TcpStream::connect(server()).await?);
        let (requests, mut received) = mpsc::channel::<Request>(1);
        tokio::spawn(async move {
            while let Some(Request { line, reply }) = received.recv().await {
                socket.write_all(line.as_bytes()).await?;
                let mut answer = String::new();
                socket.read_line(&mut answer).await?;
                // Whoever has asked may have given up.
                let _ = reply.send(answer.trim_end().to_owned());
            }
            io::Result::Ok(())
        });
        Ok(requests)
    }

    async fn read(&self, key: &str) -> io::Result<Option<String>> {
        let answer = self.exchange(format!("get {key}\n")).await?;
        Ok(answer.strip_prefix("value ").map(str::to_owned))
    }

    async fn write(&self, key: &str, value: String) -> io::Result<()> {
        match self
            .exchange(format!("put {key} {value}\n"))
            .await?
            .as_str()
        {
            "done" => Ok(()),
            refusal => Err(io::Error::other(refusal.to_owned())),
        }
    }
}

#[async_trait]
impl Store for Remote {
    async fn get(&self, key: &str) -> io::Result<Option<String>> {
        self.read(key).await
    }

    async fn put(&self, key: &str, value: String) -> io::Result<()> {
        self.write(key, value).await
    }
}

#[async_trait]
impl StoreBelow for Remote {
    async fn get(&self, key: &str) -> io::Result<Option<String>> {
        self.read(key).await
    }

    async fn put(&self, key: &str, value: String) -> io::Result<()> {
        self.write(key, value).await
    }
}

#[async_trait(?Send)]
impl LocalStore for Remote {
    async fn get(&self, key: &str) -> io::Result<Option<String>> {
        self.read(key).await
    }

    async fn put(&self, key: &str, value: String) -> io::Result<()> {
        self.write(key, value).await
    }
}

fn shared_store() {
    let store: Arc<dyn Store> = Arc::new(Remote::default());
    store.put_sync("a", String::from("1")).unwrap();
    assert_eq!(store.get_sync("a").unwrap().as_deref(), Some("1"));
    assert_eq!(store.get_or_sync("b", "2").unwrap(), "2");
    let refusal = store.put_sync("c", String::new()).unwrap_err();
    assert_eq!(refusal.to_string(), "no value");
    assert_eq!(store.clone().strength_sync(), 2);
}

fn shared_store_below() {
    let store: Arc<dyn StoreBelow> = Arc::new(Remote::default());
    store.put_sync("a", String::from("1")).unwrap();
    assert_eq!(store.get_sync("a").unwrap().as_deref(), Some("1"));
    assert_eq!(store.get_or_sync("b", "2").unwrap(), "2");
}

fn local_store() {
    let store: Rc<dyn LocalStore> = Rc::new(Remote::default());
    store.put_sync("a", String::from("1")).unwrap();
    assert_eq!(store.get_sync("a").unwrap().as_deref(), Some("1"));
    assert_eq!(store.clone().strength_sync(), 2);
}

/// The server, which this starts if need be. Each connection has values of its own.
fn server() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for socket in listener.incoming() {
                let socket = socket.unwrap();
                // A client that goes away is no failure.
                thread::spawn(move || serve(socket).ok());
            }
        });
        address
    })
}

fn serve(mut socket: std::net::TcpStream) -> io::Result<()> {
    let mut values = HashMap::new();
    for line in io::BufReader::new(socket.try_clone()?).lines() {
        let line = line?;
        let answer = match *line.split(' ').collect::<Vec<_>>() {
            ["get", key] => match values.get(key) {
                Some(value) => format!("value {value}\n"),
                None => String::from("none\n"),
            },
            ["put", _, ""] => String::from("no value\n"),
            ["put", key, value] => {
                values.insert(key.to_owned(), value.to_owned());
                String::from("done\n")
            }
            _ => String::from("what?\n"),
        };
        socket.write_all(answer.as_bytes())?;
    }
    Ok(())
}
