//! The ways in which sync code can make an HTTP request: a twin, and its peers. All share one client among all calls and
//! threads, which keeps as many connections as it is given, waits as long as it takes, and knows neither TLS nor proxies.

use crate::backend::BODY;
use reqwest::Client;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use sync_twin::sync_wrapper;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::block_in_place;
use ureq::Agent;

/// Gets a page, and says how long it is.
#[sync_wrapper]
pub(crate) async fn get(client: &Client, url: &str) -> reqwest::Result<usize> {
    let response = client.get(url).send().await?;
    Ok(response.bytes().await?.len())
}

/// The same on the shared multi-thread runtime.
#[sync_wrapper(flavor = "multi_thread")]
async fn get_there(client: &Client, url: &str) -> reqwest::Result<usize> {
    get(client, url).await
}

/// The same on a runtime that only the calling thread has.
#[sync_wrapper(flavor = "per_thread")]
async fn get_per_thread(client: &Client, url: &str) -> reqwest::Result<usize> {
    get(client, url).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Twin,
    TwinMultiThread,
    TwinPerThread,
    Blocking,
    Ureq,
    CurrentThread,
    MultiThread,
    InPlace,
    Beside,
    RuntimePerCall,
}

/// Makes one request. May be called from many threads at once.
pub(crate) type Get = Arc<dyn Fn(&str) + Send + Sync>;

impl Way {
    pub(crate) const ALL: [Way; 10] = [
        Way::Twin,
        Way::TwinMultiThread,
        Way::TwinPerThread,
        Way::Blocking,
        Way::Ureq,
        Way::CurrentThread,
        Way::MultiThread,
        Way::InPlace,
        Way::Beside,
        Way::RuntimePerCall,
    ];

    /// How it is called on a command line.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Way::Twin => "twin",
            Way::TwinMultiThread => "twin-multi-thread",
            Way::TwinPerThread => "twin-per-thread",
            Way::Blocking => "reqwest-blocking",
            Way::Ureq => "ureq",
            Way::CurrentThread => "current-thread",
            Way::MultiThread => "two-workers",
            Way::InPlace => "block-in-place",
            Way::Beside => "thread-beside",
            Way::RuntimePerCall => "runtime-per-call",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Twin => "sync-twin",
            Way::TwinMultiThread => "sync-twin, `flavor = \"multi_thread\"`",
            Way::TwinPerThread => "sync-twin, `flavor = \"per_thread\"`",
            Way::Blocking => "`reqwest::blocking`",
            Way::Ureq => "`ureq`",
            Way::CurrentThread => "private current-thread runtime",
            Way::MultiThread => "private runtime, 2 workers",
            Way::InPlace => "`block_in_place` and `Handle::block_on`",
            Way::Beside => "private current-thread runtime on another thread",
            Way::RuntimePerCall => "new thread and runtime per call",
        }
    }

    /// Requests of one page, by a client of their own.
    pub(crate) fn open_for(self, url: String) -> impl Fn() + Send + Sync {
        let get = self.open();
        move || get(&url)
    }

    /// A client of its own, ready to be used.
    pub(crate) fn open(self) -> Get {
        let get: Box<dyn Fn(&str) -> usize + Send + Sync> = match self {
            Way::Twin => {
                let client = client();
                Box::new(move |url| get_sync(&client, url).unwrap())
            }
            Way::TwinMultiThread => {
                let client = client();
                Box::new(move |url| get_there_sync(&client, url).unwrap())
            }
            Way::TwinPerThread => {
                let client = client();
                Box::new(move |url| get_per_thread_sync(&client, url).unwrap())
            }
            Way::Blocking => {
                let client = reqwest::blocking::Client::builder()
                    .no_proxy()
                    .timeout(None)
                    .build()
                    .unwrap();
                Box::new(move |url| {
                    let response = client.get(url).send().unwrap();
                    response.bytes().unwrap().len()
                })
            }
            Way::Ureq => {
                let agent: Agent = Agent::config_builder()
                    .proxy(None)
                    .max_idle_connections(usize::MAX)
                    .max_idle_connections_per_host(usize::MAX)
                    .build()
                    .into();
                Box::new(move |url| {
                    let mut response = agent.get(url).call().unwrap();
                    response.body_mut().read_to_vec().unwrap().len()
                })
            }
            Way::CurrentThread => on_runtime(current_thread()),
            Way::MultiThread => on_runtime(two_workers()),
            Way::InPlace => {
                let client = client();
                Box::new(move |url| {
                    let runtime = Handle::current();
                    block_in_place(|| runtime.block_on(get(&client, url)).unwrap())
                })
            }
            Way::Beside => {
                let beside = Beside::start();
                Box::new(move |url| beside.get(url))
            }
            Way::RuntimePerCall => {
                let client = client();
                Box::new(move |url| {
                    let call = || current_thread().block_on(get(&client, url));
                    let result = thread::scope(|scope| scope.spawn(call).join());
                    result.unwrap().unwrap()
                })
            }
        };
        Arc::new(move |url| assert_eq!(get(url), BODY.len()))
    }
}

/// A thread with a runtime and a client, which makes requests for another one.
struct Beside(Mutex<(Sender<String>, Receiver<usize>)>);

impl Beside {
    fn start() -> Self {
        let (ask, asked) = channel::<String>();
        let (answer, answered) = channel();
        thread::spawn(move || {
            let (runtime, client) = (current_thread(), client());
            for url in asked {
                let length = runtime.block_on(get(&client, &url)).unwrap();
                if answer.send(length).is_err() {
                    return;
                }
            }
        });
        Beside(Mutex::new((ask, answered)))
    }

    fn get(&self, url: &str) -> usize {
        let both = self.0.lock().unwrap();
        both.0.send(url.to_owned()).unwrap();
        both.1.recv().unwrap()
    }
}

pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn on_runtime(runtime: Runtime) -> Box<dyn Fn(&str) -> usize + Send + Sync> {
    let client = client();
    Box::new(move |url| runtime.block_on(get(&client, url)).unwrap())
}

pub(crate) fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn two_workers() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
