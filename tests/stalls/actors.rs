//! An actor asks itself.

use crate::call_at;
use crate::told::is_told;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};

/// A question, and where its answer goes.
type Message = (Question, oneshot::Sender<u8>);

enum Question {
    Plain,
    AsksItself,
}

#[derive(Clone)]
struct Actor(mpsc::Sender<Message>);

impl Actor {
    #[sync_wrapper]
    async fn ask(&self, question: Question) -> u8 {
        let (answer, answered) = oneshot::channel();
        self.0.send((question, answer)).await.expect("it lives");
        answered.await.expect("it answers")
    }
}

/// The actor runs on its arbiter, a thread that drives a `LocalSet`. While it handles a message, it handles no other.
#[test]
fn an_actor_that_asks_its_own_arbiter() {
    let call = call_at!("// stalls");
    is_told(
        "actors::an_actor_that_asks_its_own_arbiter",
        &[
            &call,
            "driver of a current-thread runtime",
            "a `LocalSet`",
            "sync_twin::to_thread(|| …).await",
        ],
        || {
            let (messages, mut inbox) = mpsc::channel::<Message>(8);
            let actor = Actor(messages);
            let itself = actor.clone();
            let arbiter = async move {
                while let Some((question, answer)) = inbox.recv().await {
                    let value = match question {
                        Question::Plain => 1,
                        Question::AsksItself => itself.ask_sync(Question::Plain), // stalls
                    };
                    answer.send(value).expect("it is waited for");
                }
            };
            LocalSet::new().block_on(&current_thread(), async {
                spawn_local(arbiter);
                actor.ask(Question::AsksItself).await;
            });
        },
    );
}
