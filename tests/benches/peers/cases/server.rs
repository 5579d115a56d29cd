//! A server with one worker, which is a thread that drives a current-thread runtime: actix-web. Each request makes its handler
//! send one of its own, to the backend, and differs in how.

#[path = "../../../frameworks/actix_server.rs"]
mod actix_server;

use super::Setup;
use crate::backend::{BODY, SLOW};
use crate::client::{Way, client, get};
use crate::measure::{Contestant, race};
use crate::result::Unit;
use actix_server::ActixServer;
use actix_web::web::{self, Data};
use reqwest::Client;
use sync_twin::{fiber, to_thread};

type Get = Box<dyn Fn() + Send + Sync>;

enum Handler {
    /// Blocks the worker.
    InPlace(Get),
    /// Blocks a thread of the runtime's pool.
    OnPool(Get),
    /// The same, and the worker polls what it waits for.
    Served(Get),
    /// Suspends its task.
    InFiber(Get),
    /// Blocks nothing.
    Async(Client, String),
}

async fn handle(handler: Data<Handler>) -> &'static str {
    match &**handler {
        Handler::InPlace(get) => get(),
        Handler::InFiber(_) => fiber(move || handler.get()).await,
        Handler::Served(_) => to_thread(move || handler.get()).serve_local().await,
        Handler::OnPool(_) => web::block(move || handler.get()).await.unwrap(),
        Handler::Async(client, url) => assert_eq!(get(client, url).await.unwrap(), BODY.len()),
    }
    BODY
}

impl Handler {
    fn get(&self) {
        if let Handler::OnPool(get) | Handler::Served(get) | Handler::InFiber(get) = self {
            get();
        }
    }
}

pub(super) fn measure(setup: &mut Setup) {
    measure_with(setup, "server", "/", "at once");
    measure_with(setup, "server/slow", SLOW, "after 1 ms");
}

fn measure_with(setup: &mut Setup, name: &str, path: &str, when: &str) {
    let url = setup.backend.url(path);
    for threads in [1, 8, 32, 100] {
        let id = format!("{name}/{threads}");
        if !setup.wants(&id) {
            continue;
        }
        let open = |way: Way| -> Get { Box::new(way.open_for(url.clone())) };
        let servers = [
            (
                "sync-twin in the handler",
                Handler::InPlace(open(Way::Twin)),
            ),
            ("sync-twin in a fiber", Handler::InFiber(open(Way::Twin))),
            (
                "sync-twin in `to_thread`, served",
                Handler::Served(open(Way::Twin)),
            ),
            (
                "sync-twin in `web::block`",
                Handler::OnPool(open(Way::Twin)),
            ),
            (
                "`reqwest::blocking` in `web::block`",
                Handler::OnPool(open(Way::Blocking)),
            ),
            (
                "no blocking: `reqwest` and `.await`",
                Handler::Async(client(), url.clone()),
            ),
        ];
        let servers = servers.map(|(name, handler)| (name, start(handler)));
        let contestants = servers.iter().map(|(name, server)| {
            let load = Way::Ureq.open_for(format!("http://{}/", server.address));
            Contestant::crowd(name, threads, load)
        });
        let plural = if threads == 1 { "" } else { "s" };
        let case = race(
            &id,
            &format!(
                "actix-web, 1 worker, backend answers {when}, {threads} client{plural} at a time"
            ),
            Unit::Rate,
            setup.pace.slower(5),
            contestants.collect(),
        );
        setup.done(case);
    }
}

fn start(handler: Handler) -> ActixServer {
    let handler = Data::new(handler);
    ActixServer::start(1, move |app| {
        app.app_data(Data::clone(&handler))
            .route("/", web::get().to(handle));
    })
}
