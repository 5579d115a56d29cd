//! A PostgreSQL client for each of many threads, which are its only users: `tests/families/clients` against the hand-written one.

use super::Setup;
use super::starts::{Contender, PLACES, measure_starts};
use crate::callers::{Callers, Regulars};
use crate::postgres_server::Server;
use crate::process::{can_pin, pin_process};
use crate::result::Goal;
use crate::role::{self, CONNECTIONS};
use std::hint::black_box;
use sync_twin::{Builder, Flavor};
use sync_twin_tests_clients::postgres as twin;

const THREADS: [usize; 4] = [1, 2, 8, 32];
const QUERY: &str = "SELECT $1::INT4 + 1";

const PER_THREAD: &str = "per-thread";
const BY_HAND: &str = "by-hand";

const CONTENDERS: [Contender; 3] = [
    Contender {
        key: PER_THREAD,
        name: "blocking type, `flavor = \"per_thread\"`",
        goal: None,
    },
    Contender {
        key: "twin",
        name: "blocking type",
        goal: None,
    },
    Contender {
        key: BY_HAND,
        name: "`postgres`",
        goal: Some(Goal::AtLeast(1.0)),
    },
];

pub(super) fn measure(setup: &mut Setup) {
    for (place, where_it_is) in PLACES {
        let of = |threads| (threads, format!("{place}/sql/{threads}"));
        let mut cases = Vec::from(THREADS.map(of));
        cases.retain(|(_, id)| setup.wants(id));
        if cases.is_empty() {
            continue;
        }
        if !can_pin() {
            setup.skip(
                &format!("{place}/sql"),
                "this is not Linux, or there is no `taskset`",
            );
            continue;
        }
        let server = match Server::find() {
            Ok(server) => server,
            Err(why) => {
                setup.skip(&format!("{place}/sql"), &why);
                continue;
            }
        };
        if place == "pinned" {
            match server.process() {
                Some(process) => pin_process(process),
                None => {
                    setup.skip(
                        &format!("{place}/sql"),
                        "the server is not ours to be pinned",
                    );
                    continue;
                }
            }
        }
        for (threads, id) in cases {
            let plural = if threads == 1 { "" } else { "s" };
            let title = format!(
                "prepared PostgreSQL query, {threads} thread{plural} with a client each, {where_it_is}"
            );
            let count = threads.to_string();
            let start = |way: &str, time: &str| {
                role::figures(&[CONNECTIONS, way, &count, place, server.config(), time])
            };
            measure_starts(setup, &id, &title, &CONTENDERS, start);
        }
    }
}

/// So many threads, each of which opens a connection.
pub(crate) fn start(way: &str, count: usize, config: String) -> Regulars {
    if way == PER_THREAD {
        let mut builder = Builder::new();
        let installed = builder.flavor(Flavor::PerThread).install();
        installed.expect("this is the first call");
    }
    match way {
        BY_HAND => Regulars::start(Callers::Threads, count, move || {
            let mut client = postgres::Client::connect(&config, postgres::NoTls).unwrap();
            let statement = client.prepare(QUERY).unwrap();
            move || {
                let row = client.query_one(&statement, &[&black_box(1)]).unwrap();
                assert_eq!(row.get::<_, i32>(0), 2);
            }
        }),
        _ => Regulars::start(Callers::Threads, count, move || {
            let client = twin::Client::connect(&config, twin::NoTls).unwrap();
            let statement = client.prepare(QUERY).unwrap();
            move || {
                let row = client.query_one(&statement, &[&black_box(1)]).unwrap();
                assert_eq!(row.get::<_, i32>(0), 2);
            }
        }),
    }
}
