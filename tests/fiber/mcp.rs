//! A server of tools whose tools are sync code and ask the client back, in the messages of the Model Context Protocol: JSON-RPC,
//! a line each, both ways over one connection. `tools/call` waits for the tool; the tool's `sampling/createMessage` goes to the very client
//! that waits, and its answer comes over the very connection that this loop reads.

use crate::work::*;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use sync_twin::{fiber, sync_wrapper};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, split};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};

/// One end of a connection. Both ends ask, and both answer.
#[derive(Clone)]
struct Peer(Rc<Shared>);

struct Shared {
    lines: mpsc::Sender<Value>,
    next_id: Cell<u64>,
    asked: RefCell<HashMap<u64, oneshot::Sender<Value>>>,
}

/// What answers requests: the method and its parameters.
type Answers = fn(&Peer, &str, Value) -> Value;

impl Peer {
    /// Reads and writes in tasks of this loop. Each request is answered by sync code in a fiber of its own.
    fn start(connection: impl AsyncRead + AsyncWrite + 'static, answers: Answers) -> Self {
        let (reader, mut writer) = split(connection);
        let (lines, mut to_write) = mpsc::channel::<Value>(1);
        spawn_local(async move {
            while let Some(message) = to_write.recv().await {
                let line = format!("{message}\n");
                if writer.write_all(line.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        let peer = Peer(Rc::new(Shared {
            lines,
            next_id: Cell::new(1),
            asked: RefCell::default(),
        }));
        let reads = peer.clone();
        spawn_local(async move {
            let mut lines = BufReader::new(reader).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                reads.take(serde_json::from_str(&line).expect("it is JSON"), answers);
            }
        });
        peer
    }

    fn take(&self, mut message: Value, answers: Answers) {
        let id = message["id"].as_u64().expect("it has an id");
        let Some(method) = message["method"].as_str().map(str::to_owned) else {
            let asked = self.0.asked.borrow_mut().remove(&id);
            let asked = asked.expect("it has been asked");
            asked
                .send(message["result"].take())
                .expect("somebody waits");
            return;
        };
        let (peer, params) = (self.clone(), message["params"].take());
        spawn_local(fiber(move || {
            let result = answers(&peer, &method, params);
            peer.send_sync(json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        }));
    }
}

#[sync_wrapper]
impl Peer {
    async fn send(&self, message: Value) {
        let sent = self.0.lines.send(message).await;
        sent.expect("the connection is open");
    }

    async fn request(&self, method: &str, params: Value) -> Value {
        let id = self.0.next_id.replace(self.0.next_id.get() + 1);
        let (sender, answer) = oneshot::channel();
        self.0.asked.borrow_mut().insert(id, sender);
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(message).await;
        answer.await.expect("it answers")
    }
}

/// Tools: the text that they return has been written by the client's model.
fn tools(client: &Peer, method: &str, params: Value) -> Value {
    assert_eq!(method, "tools/call");
    assert_eq!(params["name"], "summarize");
    let text = &params["arguments"]["text"];
    let asked = json!({
        "messages": [{ "role": "user", "content": { "type": "text", "text": text } }],
        "maxTokens": 10,
    });
    let message = client.request_sync("sampling/createMessage", asked);
    json!({ "content": [message["content"]] })
}

/// A client with a model that reads the first word.
fn model(_server: &Peer, method: &str, params: Value) -> Value {
    assert_eq!(method, "sampling/createMessage");
    nap_sync();
    let text = params["messages"][0]["content"]["text"].as_str();
    let word = text.and_then(|text| text.split_whitespace().next());
    json!({ "role": "assistant", "content": { "type": "text", "text": word }, "model": "first" })
}

#[test]
fn tools_that_ask_their_client_back() {
    let _watch = watch(&test_name());
    LocalSet::new().block_on(&current_thread(), async {
        // Less than a message fits: neither end may stop reading.
        let (server, client) = tokio::io::duplex(16);
        let _server = Peer::start(server, tools);
        let client = Peer::start(client, model);
        let calls = (0..20).map(|n| {
            let client = client.clone();
            // Sync code of the client's waits on the same loop, too.
            spawn_local(fiber(move || {
                let arguments = json!({ "text": format!("call{n} and more") });
                let params = json!({ "name": "summarize", "arguments": arguments });
                let result = client.request_sync("tools/call", params);
                assert_eq!(result["content"][0]["text"], format!("call{n}"));
            }))
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.expect("it does not panic");
        }
    });
}
