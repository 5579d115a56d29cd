//! Waits for what only the loop can deliver that awaits the waiting code.
//!
//! Each call lives in the task: were it anywhere else, its thread would be another one.

use axum::extract::State;
use axum::{Router, routing};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use sync_twin::{sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};

/// The thread that drives the runtime of the test.
fn on_one_thread(name: &str, test: impl AsyncFnOnce(ThreadId) + Send + 'static) {
    within_deadline(name, move || {
        let here = thread::current().id();
        current_thread().block_on(test(here));
    });
}

fn is_here(here: ThreadId) {
    assert_eq!(
        thread::current().id(),
        here,
        "the call does not live in the task"
    );
}

#[test]
fn a_channel_that_a_sibling_feeds() {
    #[sync_wrapper]
    async fn sum(mut numbers: mpsc::Receiver<u32>, here: ThreadId) -> u32 {
        is_here(here);
        let mut sum = 0;
        while let Some(number) = numbers.recv().await {
            sum += number;
        }
        sum
    }
    on_one_thread("a channel", async |here| {
        let (sender, numbers) = mpsc::channel(1);
        tokio::spawn(async move {
            for number in 1..=100 {
                sender.send(number).await.unwrap();
            }
        });
        assert_eq!(
            to_thread(move || sum_sync(numbers, here)).serve().await,
            5050
        );
    });
}

/// A fair semaphore gives its permit to those who have waited longest: to tasks of this loop, before the call.
#[test]
fn a_fair_semaphore_whose_next_holder_is_a_task() {
    #[sync_wrapper]
    async fn take(semaphore: &Semaphore, here: ThreadId) {
        is_here(here);
        semaphore.acquire().await.unwrap().forget();
    }
    on_one_thread("a semaphore", async |here| {
        let semaphore = Arc::new(Semaphore::new(0));
        let (begun, has_begun) = oneshot::channel();
        let waits = tokio::spawn({
            let semaphore = Arc::clone(&semaphore);
            async move {
                begun.send(()).unwrap();
                drop(semaphore.acquire().await.unwrap());
            }
        });
        has_begun.await.unwrap();
        let code = {
            let semaphore = Arc::clone(&semaphore);
            move || take_sync(&semaphore, here)
        };
        let code = to_thread(code).serve();
        semaphore.add_permits(1);
        code.await;
        waits.await.unwrap();
    });
}

#[test]
fn a_lock_that_a_task_of_this_loop_holds() {
    #[sync_wrapper]
    async fn add(lock: Arc<Mutex<u32>>, here: ThreadId) -> u32 {
        is_here(here);
        let mut number = lock.lock().await;
        *number += 1;
        *number
    }
    on_one_thread("a lock", async |here| {
        let lock = Arc::new(Mutex::new(1));
        let mut guard = Arc::clone(&lock).lock_owned().await;
        tokio::spawn(async move {
            tokio::task::yield_now().await;
            *guard += 40;
        });
        assert_eq!(to_thread(move || add_sync(lock, here)).serve().await, 42);
    });
}

/// A server on this runtime, that answers with what its handler gets.
async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

#[sync_wrapper]
async fn fetch(client: &reqwest::Client, url: &str, here: ThreadId) -> String {
    is_here(here);
    let answer = client.get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

/// The pooled connection is a task of this runtime, which nobody else would drive.
#[test]
fn a_pooled_client_that_async_code_has_used() {
    on_one_thread("a pooled client", async |here| {
        let router = Router::new().route("/", routing::get(async || "pooled"));
        let url = format!("http://{}/", listen(router).await);
        let client = reqwest::Client::new();
        assert_eq!(fetch(&client, &url, here).await, "pooled");
        let code = move || {
            let twice = [(); 2].map(|()| fetch_sync(&client, &url, here));
            assert_eq!(twice, ["pooled", "pooled"]);
        };
        to_thread(code).serve().await;
    });
}

/// Its handler is sync below, and asks the loop that it is part of.
#[test]
fn a_server_that_asks_itself() {
    #[derive(Clone)]
    struct Own {
        url: Arc<std::sync::OnceLock<String>>,
        client: reqwest::Client,
        here: ThreadId,
    }
    async fn ask(State(own): State<Own>) -> String {
        let code = move || fetch_sync(&own.client, own.url.get().unwrap(), own.here);
        // As axum has it, this future is `Send`.
        to_thread(code).serve().await
    }
    on_one_thread("a server that asks itself", async |here| {
        let own = Own {
            url: Arc::default(),
            client: reqwest::Client::new(),
            here,
        };
        let router = Router::new()
            .route("/answer", routing::get(async || "itself"))
            .route("/ask", routing::get(ask))
            .with_state(own.clone());
        let server = listen(router).await;
        own.url.set(format!("http://{server}/answer")).unwrap();
        let url = format!("http://{server}/ask");
        assert_eq!(fetch(&own.client, &url, here).await, "itself");
    });
}

/// An actor on its arbiter, a `LocalSet`, that asks itself in the middle of a message: it handles messages side by side.
#[test]
fn an_actor_that_asks_its_own_arbiter() {
    type Message = (u32, oneshot::Sender<u32>);
    #[sync_wrapper]
    async fn ask(actor: mpsc::Sender<Message>, n: u32) -> u32 {
        let (answer, answered) = oneshot::channel();
        actor.send((n, answer)).await.unwrap();
        answered.await.unwrap()
    }
    async fn handle(myself: mpsc::Sender<Message>, n: u32, answer: oneshot::Sender<u32>) {
        let sum = match n {
            0 => 0,
            _ => {
                n + to_thread(move || ask_sync(myself, n - 1))
                    .serve_local()
                    .await
            }
        };
        answer.send(sum).unwrap();
    }
    on_one_thread("an actor", async |_| {
        let local = LocalSet::new();
        local
            .run_until(async {
                let (actor, mut messages) = mpsc::channel::<Message>(1);
                let myself = actor.downgrade();
                spawn_local(async move {
                    while let Some((n, answer)) = messages.recv().await {
                        spawn_local(handle(myself.upgrade().unwrap(), n, answer));
                    }
                });
                assert_eq!(ask(actor, 4).await, 10);
            })
            .await;
    });
}

/// An arbiter of actix's own, whose tasks need not be `Send`.
#[test]
fn a_task_of_an_arbiter_of_actix() {
    #[sync_wrapper]
    async fn ask_arbiter() -> (u32, ThreadId) {
        let shared = Rc::new(7);
        let task = actix_web::rt::spawn({
            let shared = Rc::clone(&shared);
            async move { *shared }
        });
        (task.await.unwrap(), thread::current().id())
    }
    within_deadline("an arbiter", || {
        let here = thread::current().id();
        let answer = actix_web::rt::Runtime::new()
            .unwrap()
            .block_on(async { to_thread(ask_arbiter_sync).serve_local().await });
        assert_eq!(answer, (7, here));
    });
}
