//! axum with state and a layer of tower's: a `Service` is sync where it is called, and asks by a twin who may come in.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests_programs::deadline::{test_name, watch};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::RwLock;
use tower::{Layer, Service};

/// Who may come in, behind an async lock.
#[derive(Clone, Default)]
struct Guests(Arc<RwLock<HashMap<String, u64>>>);

#[sync_wrapper]
impl Guests {
    async fn count(&self, name: &str) -> Option<u64> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let mut guests = self.0.write().await;
        let visits = guests.get_mut(name)?;
        *visits += 1;
        Some(*visits)
    }

    async fn invite(&self, name: &str) {
        self.0.write().await.insert(name.to_owned(), 0);
    }
}

#[derive(Clone)]
struct Door(Guests);

impl<S> Layer<S> for Door {
    type Service = Guarded<S>;

    fn layer(&self, inside: S) -> Guarded<S> {
        Guarded {
            guests: self.0.clone(),
            inside,
        }
    }
}

#[derive(Clone)]
struct Guarded<S> {
    guests: Guests,
    inside: S,
}

impl<S> Service<Request> for Guarded<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inside.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let name = request
            .headers()
            .get("name")
            .and_then(|name| name.to_str().ok());
        match name.and_then(|name| self.guests.count_sync(name)) {
            Some(_) => Box::pin(self.inside.call(request)),
            None => Box::pin(async { Ok(StatusCode::FORBIDDEN.into_response()) }),
        }
    }
}

async fn visits(State(guests): State<Guests>, headers: HeaderMap) -> String {
    let name = headers["name"].to_str().unwrap().to_owned();
    // Once more, in the handler.
    guests.count_sync(&name).unwrap().to_string()
}

#[sync_wrapper]
async fn visit(server: SocketAddr, name: &str) -> String {
    let mut socket = TcpStream::connect(server).await.unwrap();
    let request =
        format!("GET / HTTP/1.1\r\nHost: here\r\nName: {name}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

fn serve(runtime: Runtime) {
    let (sender, address) = mpsc::channel();
    thread::spawn(move || {
        runtime.block_on(async {
            let guests = Guests::default();
            guests.invite("ada").await;
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            let app = Router::new()
                .route("/", get(visits))
                .with_state(guests.clone());
            axum::serve(listener, app.layer(Door(guests)))
                .await
                .unwrap();
        });
    });
    let server = address.recv().unwrap();
    assert!(visit_sync(server, "eve").starts_with("HTTP/1.1 403"));
    for visits in 1..=5 {
        let answer = visit_sync(server, "ada");
        assert!(
            answer.ends_with(&format!("\r\n\r\n{}", 2 * visits)),
            "{answer}"
        );
    }
}

#[test]
fn on_each_kind_of_runtime() {
    let _watch = watch(&test_name());
    serve(Builder::new_current_thread().enable_all().build().unwrap());
    serve(
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap(),
    );
}
