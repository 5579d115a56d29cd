//! A small HTTP server, and twins for `reqwest`.

#[path = "../../runtime/tests/http/server.rs"]
mod server;

use reqwest::{Client, Error};
pub(crate) use server::Server;
use sync_twin::sync_wrapper;

impl Server {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

#[sync_wrapper]
pub(crate) async fn get(client: &Client, url: &str) -> Result<String, Error> {
    client.get(url).send().await?.text().await
}

/// The request is made by a task.
#[sync_wrapper]
pub(crate) async fn get_in_task(client: &Client, url: &str) -> Result<String, Error> {
    let response = tokio::spawn(client.get(url).send());
    response.await.expect("it does not panic")?.text().await
}

/// The request is made by a call of a task.
#[sync_wrapper]
pub(crate) async fn get_by_call_in_task(client: &Client, url: &str) -> Result<String, Error> {
    let (client, url) = (client.clone(), url.to_owned());
    let answer = tokio::spawn(async move { get_sync(&client, &url) });
    answer.await.expect("it does not panic")
}
