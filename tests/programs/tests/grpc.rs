//! A blocking client of a generated gRPC service, whose interceptor, which is sync, gets a new token by a twin.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests_programs::deadline::{test_name, watch};
use sync_twin_tests_programs::keeper::keeper_client::KeeperClient;
use sync_twin_tests_programs::keeper::keeper_server::{Keeper, KeeperServer};
use sync_twin_tests_programs::{Key, Name, Text, Token};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{IntoRequest, Request, Response, Status};

/// A server whose tokens are good for three requests.
#[derive(Clone, Default)]
struct Books(Arc<Mutex<HashMap<u64, u64>>>);

#[tonic::async_trait]
impl Keeper for Books {
    async fn login(&self, _: Request<Name>) -> Result<Response<Token>, Status> {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let mut tokens = self.0.lock().unwrap();
        let (token, requests) = (tokens.len() as u64 + 1, 3);
        tokens.insert(token, requests);
        Ok(Response::new(Token { token, requests }))
    }

    async fn get(&self, request: Request<Key>) -> Result<Response<Text>, Status> {
        let token = request
            .metadata()
            .get("token")
            .and_then(|token| token.to_str().ok());
        let token: u64 = token
            .and_then(|token| token.parse().ok())
            .unwrap_or_default();
        let mut tokens = self.0.lock().unwrap();
        match tokens.get_mut(&token) {
            Some(left @ 1..) => *left -= 1,
            _ => return Err(Status::unauthenticated("the token has expired")),
        }
        let text = request.into_inner().key.to_uppercase();
        Ok(Response::new(Text { text }))
    }
}

fn serve() -> SocketAddr {
    let (sender, address) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            let incoming = tonic::transport::server::TcpIncoming::from(listener);
            let service = KeeperServer::new(Books::default());
            Server::builder()
                .add_service(service)
                .serve_with_incoming(incoming)
                .await
                .unwrap();
        });
    });
    address.recv().unwrap()
}

#[sync_wrapper]
async fn connect(server: SocketAddr) -> Result<Channel, tonic::transport::Error> {
    Endpoint::from_shared(format!("http://{server}"))?
        .connect()
        .await
}

#[sync_wrapper]
async fn login(server: SocketAddr) -> Result<Token, Status> {
    let channel = connect(server)
        .await
        .map_err(|error| Status::from_error(error.into()))?;
    let request = Request::new(Name {
        name: "me".to_owned(),
    });
    Ok(KeeperClient::new(channel)
        .login(request)
        .await?
        .into_inner())
}

/// Puts a token on each request. It is called while a request is polled, wherever that is.
#[derive(Clone)]
struct Refresh {
    server: SocketAddr,
    token: Arc<Mutex<Token>>,
}

impl Interceptor for Refresh {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let mut token = self.token.lock().unwrap();
        if token.requests == 0 {
            *token = login_sync(self.server)?;
        }
        token.requests -= 1;
        let text = token.token.to_string();
        request
            .metadata_mut()
            .insert("token", text.parse().unwrap());
        Ok(request)
    }
}

type Inside = InterceptedService<Channel, Refresh>;

// What tonic has generated, in signatures.
#[sync_wrapper(type = BlockingKeeper, foreign, derive(Clone))]
impl KeeperClient<Inside> {
    pub async fn get(&mut self, request: impl IntoRequest<Key>) -> Result<Response<Text>, Status>;
}

fn client(server: SocketAddr) -> BlockingKeeper {
    let channel = connect_sync(server).unwrap();
    let refresh = Refresh {
        server,
        token: Arc::default(),
    };
    KeeperClient::with_interceptor(channel, refresh).into()
}

fn ask(client: &mut BlockingKeeper) {
    for key in ["one", "two", "three", "four", "five", "six", "seven"] {
        let request = Key {
            key: key.to_owned(),
        };
        let text = client.get(request).unwrap().into_inner().text;
        assert_eq!(text, key.to_uppercase());
    }
}

#[test]
fn on_plain_threads() {
    let _watch = watch(&test_name());
    let client = client(serve());
    thread::scope(|scope| {
        for _ in 0..8 {
            let mut client = client.clone();
            // Each has as many requests as a token of its own needs.
            scope.spawn(move || {
                let request = Key {
                    key: "key".to_owned(),
                };
                assert_eq!(client.get(request).unwrap().into_inner().text, "KEY");
            });
        }
    });
    ask(&mut client.clone());
}

#[test]
fn inside_each_kind_of_runtime() {
    let _watch = watch(&test_name());
    let mut client = client(serve());
    let current_thread = Builder::new_current_thread().build().unwrap();
    current_thread.block_on(async { ask(&mut client) });
    let workers = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let mut in_task = client.clone();
    workers.block_on(async {
        tokio::spawn(async move { ask(&mut in_task) })
            .await
            .unwrap()
    });
    workers.block_on(async { ask(&mut client) });
}
