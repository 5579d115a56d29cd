//! The two whole clients of `tests/families/clients` against the hand-written ones.

use super::Setup;
use crate::backend::{BODY, LARGE, LARGE_PATH};
use crate::measure::{Contestant, race};
use crate::postgres_server::Server;
use crate::process::is_known;
use crate::result::{Case, Spread, Unit};
use crate::role::{self, CLIENTS};
use postgres::fallible_iterator::FallibleIterator as _;
use std::io;
use sync_twin_tests_clients::{http, postgres as twin};

const THREADS: [usize; 4] = [1, 2, 8, 32];
const ROWS: &str = "SELECT generate_series(1, 1000)";
/// So many clients in one process.
const MANY: usize = 50;

const TWIN: &str = "blocking type";
const REQWEST: &str = "`reqwest::blocking`";
const POSTGRES: &str = "`postgres`";

pub(super) fn measure(setup: &mut Setup) {
    for threads in THREADS {
        measure_http(setup, threads);
    }
    measure_reader(setup);
    let needs_server = |id: &str| setup.wants(id);
    let ids = [
        "clients/sql/rows",
        "clients/memory/http",
        "clients/memory/sql",
    ];
    if !ids.into_iter().any(needs_server) {
        return;
    }
    let server = match Server::find() {
        Ok(server) => server,
        Err(why) => return setup.skip("clients/sql", &why),
    };
    let config = server.config();
    measure_rows(setup, config);
    measure_memory(setup, config);
}

fn plural(threads: usize) -> &'static str {
    if threads == 1 { "" } else { "s" }
}

/// Both know no proxy, and wait as long as it takes.
fn http_clients() -> (http::Client, reqwest::blocking::Client) {
    let twin = http::Client::builder().no_proxy().timeout(None);
    let by_hand = reqwest::blocking::Client::builder();
    let by_hand = by_hand.no_proxy().timeout(None);
    (twin.build().unwrap(), by_hand.build().unwrap())
}

fn measure_http(setup: &mut Setup, threads: usize) {
    let id = format!("clients/http/{threads}");
    if !setup.wants(&id) {
        return;
    }
    let url = &setup.backend.url("/");
    let (twin, by_hand) = &http_clients();
    let get = || assert_eq!(twin.get(url).send().unwrap().bytes().unwrap(), BODY);
    let get_by_hand = || assert_eq!(by_hand.get(url).send().unwrap().bytes().unwrap(), BODY);
    let case = race(
        &id,
        &format!(
            "a page by a whole HTTP client, {threads} thread{} with one client",
            plural(threads)
        ),
        Unit::Rate,
        setup.pace.slower(5),
        vec![
            Contestant::crowd(TWIN, threads, get),
            Contestant::crowd(REQWEST, threads, get_by_hand),
        ],
    );
    setup.done(case);
}

fn measure_reader(setup: &mut Setup) {
    if !setup.wants("clients/reader") {
        return;
    }
    let url = &setup.backend.url(LARGE_PATH);
    let (twin, by_hand) = &http_clients();
    let length = |copied: u64| assert_eq!(copied, LARGE as u64);
    let case = race(
        "clients/reader",
        "1 MiB of a response by `io::Read`, one thread",
        Unit::Time,
        setup.pace.slower(5),
        vec![
            Contestant::lone(TWIN, || {
                let mut response = twin.get(url).send().unwrap();
                length(io::copy(&mut response, &mut io::sink()).unwrap());
            }),
            Contestant::lone(REQWEST, || {
                let mut response = by_hand.get(url).send().unwrap();
                length(io::copy(&mut response, &mut io::sink()).unwrap());
            }),
        ],
    );
    setup.done(case);
}

fn measure_rows(setup: &mut Setup, config: &str) {
    if !setup.wants("clients/sql/rows") {
        return;
    }
    let client = twin::Client::connect(config, twin::NoTls).unwrap();
    let statement = client.prepare(ROWS).unwrap();
    let mut by_hand = postgres::Client::connect(config, postgres::NoTls).unwrap();
    let statement_by_hand = by_hand.prepare(ROWS).unwrap();
    let case = race(
        "clients/sql/rows",
        "1000 rows one by one, one thread",
        Unit::Time,
        setup.pace.slower(5),
        vec![
            Contestant::lone(TWIN, || {
                let rows = client.query_raw(&statement, [0_i32; 0]).unwrap();
                assert_eq!(rows.map(Result::unwrap).count(), 1000);
            }),
            Contestant::lone(POSTGRES, || {
                let rows = by_hand.query_raw(&statement_by_hand, [0_i32; 0]);
                assert_eq!(rows.unwrap().count().unwrap(), 1000);
            }),
        ],
    );
    setup.done(case);
}

/// Each in a process of its own, which says what it has needed.
fn measure_memory(setup: &mut Setup, config: &str) {
    if !is_known() {
        return setup.skip("clients/memory", "this is not Linux");
    }
    let url = setup.backend.url("/");
    let many = if setup.quick { 2 } else { MANY }.to_string();
    for (id, title, names, server) in [
        (
            "clients/memory/http",
            "HTTP clients",
            [TWIN, REQWEST],
            url.as_str(),
        ),
        (
            "clients/memory/sql",
            "PostgreSQL clients",
            [TWIN, POSTGRES],
            config,
        ),
    ] {
        if !setup.wants(id) {
            continue;
        }
        let kind = id.rsplit('/').next().unwrap_or_default();
        let rows = ["twin", "by-hand"].into_iter().zip(names);
        let rows = rows.map(|(side, name)| {
            let figure = |()| role::figures(&[CLIENTS, kind, side, &many, server])[0];
            (name, Spread::of([(); 5].map(figure).into()))
        });
        let title = format!("memory of {many} {title} with a connection");
        setup.done(Case::counted(id, &title, Unit::Memory, rows.collect()));
    }
}

/// `clients KIND SIDE COUNT SERVER`: how many KiB so many clients need, each of which has made a call.
pub(crate) fn many(kind: &str, side: &str, count: usize, server: &str, measure: impl Fn() -> f64) {
    let of_http = |_| {
        let (client, _) = http_clients();
        drop(client.get(server).send().unwrap().bytes().unwrap());
        client
    };
    let of_reqwest = |_| {
        let builder = reqwest::blocking::Client::builder().no_proxy();
        let client = builder.build().unwrap();
        drop(client.get(server).send().unwrap().bytes().unwrap());
        client
    };
    let of_twin = |_| {
        let client = twin::Client::connect(server, twin::NoTls).unwrap();
        client.query_one("SELECT 1", &[]).unwrap();
        client
    };
    let of_postgres = |_| {
        let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
        client.query_one("SELECT 1", &[]).unwrap();
        client
    };
    let before = measure();
    let kept: Box<dyn std::any::Any> = match (kind, side) {
        ("http", "twin") => Box::new((0..count).map(of_http).collect::<Vec<_>>()),
        ("http", _) => Box::new((0..count).map(of_reqwest).collect::<Vec<_>>()),
        (_, "twin") => Box::new((0..count).map(of_twin).collect::<Vec<_>>()),
        _ => Box::new((0..count).map(of_postgres).collect::<Vec<_>>()),
    };
    println!("{}", measure() - before);
    drop(kept);
}
