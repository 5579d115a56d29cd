//! An MCP server on a current-thread runtime, whose tools are sync code that calls twins. Two ask their client back.

#![allow(
    deprecated,
    reason = "asking the client back has a successor in the protocol, which no longer does"
)]

use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, CreateMessageRequestParams,
    CreateMessageResult, SamplingMessage,
};
use rmcp::service::{RequestContext, RunningService};
use rmcp::{
    ClientHandler, ErrorData, Peer, RoleClient, RoleServer, ServerHandler, ServiceExt as _,
    schemars, tool, tool_handler, tool_router,
};
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{Context, sync_wrapper, to_thread};
use sync_twin_tests_programs::deadline::{test_name, watch};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

#[sync_wrapper]
async fn shout(text: &str) -> String {
    tokio::time::sleep(Duration::from_millis(1)).await;
    text.to_uppercase()
}

/// What the client's model says.
#[sync_wrapper]
async fn sample(peer: &Peer<RoleServer>, prompt: &str) -> Result<String, String> {
    let messages = vec![SamplingMessage::user_text(prompt)];
    let asked = peer.create_message(CreateMessageRequestParams::new(messages, 100));
    let answer = asked.await.map_err(|error| error.to_string())?;
    let text = answer
        .message
        .content
        .first()
        .and_then(|content| content.as_text().cloned());
    text.map(|text| text.text)
        .ok_or_else(|| String::from("no text"))
}

/// The same, which the thread given has to poll.
#[sync_wrapper]
async fn sample_on(
    server: ThreadId,
    peer: &Peer<RoleServer>,
    prompt: &str,
) -> Result<String, String> {
    let answer = sample(peer, prompt).await;
    assert_eq!(thread::current().id(), server);
    answer
}

/// Sync code of a library that knows nothing of MCP: it asks for what it needs.
fn summarize(text: &str, ask: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let lines: Result<Vec<_>, _> = text.lines().map(ask).collect();
    Ok(shout_sync(&lines?.join(", ")))
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Said {
    text: String,
}

#[derive(Clone)]
struct Tools;

#[tool_router]
impl Tools {
    /// In capitals: the tool is sync, and is called by the loop itself.
    #[tool]
    fn shout(&self, Parameters(Said { text }): Parameters<Said>) -> String {
        assert_eq!(Context::current(), Context::Driver);
        shout_sync(&text)
    }

    /// What the client's model says of each line. The loop has to go on meanwhile, since it brings the answers.
    #[tool]
    async fn summarize(
        &self,
        Parameters(Said { text }): Parameters<Said>,
        context: RequestContext<RoleServer>,
    ) -> Result<String, String> {
        let peer = context.peer;
        to_thread(move || summarize(&text, |line| sample_sync(&peer, line))).await
    }

    /// The same where the loop itself asks, so that what is asked may be of this thread.
    #[tool]
    async fn summarize_served(
        &self,
        Parameters(Said { text }): Parameters<Said>,
        context: RequestContext<RoleServer>,
    ) -> Result<String, String> {
        let peer = context.peer;
        let server = thread::current().id();
        let code = move || {
            assert_ne!(thread::current().id(), server);
            assert_eq!(Context::current(), Context::Served);
            summarize(&text, |line| sample_on_sync(server, &peer, line))
        };
        to_thread(code).serve().await
    }
}

#[tool_handler]
impl ServerHandler for Tools {}

/// A client that has a model.
#[derive(Clone)]
struct Model;

impl ClientHandler for Model {
    async fn create_message(
        &self,
        params: CreateMessageRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<CreateMessageResult, ErrorData> {
        let content = params
            .messages
            .first()
            .and_then(|message| message.content.first());
        let said = content
            .and_then(|content| content.as_text())
            .map(|text| text.text.clone());
        let answer = format!("about {}", said.unwrap_or_default());
        Ok(CreateMessageResult::new(
            SamplingMessage::assistant_text(answer),
            "a model".to_owned(),
        ))
    }

    fn get_info(&self) -> ClientConfig {
        let mut info = ClientConfig::default();
        info.capabilities = ClientCapabilities::builder().enable_sampling().build();
        info
    }
}

fn serve() -> SocketAddr {
    let (sender, address) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let server = Tools.serve(connection).await.unwrap();
                    server.waiting().await.unwrap();
                });
            }
        });
    });
    address.recv().unwrap()
}

/// The client, by twins too.
struct Session {
    running: RunningService<RoleClient, Model>,
    /// How many requests may be under way.
    limit: Semaphore,
}

#[sync_wrapper(type = BlockingSession)]
impl Session {
    pub async fn connect(server: SocketAddr) -> Self {
        let connection = TcpStream::connect(server).await.unwrap();
        let running = Model.serve(connection).await.unwrap();
        Session {
            running,
            limit: Semaphore::new(4),
        }
    }

    pub async fn call(&self, tool: &'static str, text: &str) -> String {
        let _permit = self.limit.acquire().await.unwrap();
        let arguments = serde_json::json!({ "text": text });
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let call = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = self.running.peer().call_tool(call).await.unwrap();
        result.content[0].as_text().unwrap().text.clone()
    }

    pub async fn close(self) {
        self.running.cancel().await.unwrap();
    }
}

#[test]
fn tools_are_sync_code_and_two_ask_back() {
    let _watch = watch(&test_name());
    let session = BlockingSession::connect(serve());
    thread::scope(|scope| {
        for number in 0..8 {
            let session = &session;
            scope.spawn(move || {
                let text = format!("a{number}\nb{number}");
                assert_eq!(session.call("shout", &text), text.to_uppercase());
                let summary = format!("ABOUT A{number}, ABOUT B{number}");
                assert_eq!(session.call("summarize", &text), summary);
                assert_eq!(session.call("summarize_served", &text), summary);
            });
        }
    });
    session.close();
}
