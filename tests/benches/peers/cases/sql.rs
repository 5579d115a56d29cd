//! A prepared query over one connection to a PostgreSQL server.

use super::Setup;
use crate::client::{current_thread, two_workers};
use crate::measure::{Contestant, race};
use crate::postgres_server::Server;
use crate::result::{Goal, Unit};
use std::hint::black_box;
use sync_twin::sync_wrapper;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Error, NoTls, Statement};

const QUERY: &str = "SELECT $1::INT4 + 1";

struct Prepared {
    client: Client,
    statement: Statement,
}

/// Connects, and leaves the connection to a task.
#[sync_wrapper]
async fn connect(config: &str) -> Result<Prepared, Error> {
    let (client, connection) = tokio_postgres::connect(config, NoTls).await?;
    tokio::spawn(connection);
    let statement = client.prepare(QUERY).await?;
    Ok(Prepared { client, statement })
}

#[sync_wrapper]
async fn query(prepared: &Prepared, n: i32) -> Result<i32, Error> {
    let Prepared { client, statement } = prepared;
    client.query_one(statement, &[&n]).await?.try_get(0)
}

pub(super) fn measure(setup: &mut Setup) {
    if !setup.wants("sql") {
        return;
    }
    let server = match Server::find() {
        Ok(server) => server,
        Err(why) => return setup.skip("sql", &why),
    };
    let config = server.config();
    let prepared = connect_sync(config).unwrap();
    let mut client = postgres::Client::connect(config, NoTls).unwrap();
    let statement = client.prepare(QUERY).unwrap();
    let case = race(
        "sql",
        "prepared PostgreSQL query, one thread",
        Unit::Time,
        setup.pace.slower(2),
        vec![
            contestant("sync-twin over `tokio-postgres`", move |n| {
                query_sync(&prepared, n).unwrap()
            }),
            contestant("`postgres`", move |n| {
                let row = client.query_one(&statement, &[&n]).unwrap();
                row.get(0)
            })
            .with_goal(Goal::AtMost(1.05)),
            on_runtime("private current-thread runtime", current_thread(), config),
            on_runtime("private runtime, 2 workers", two_workers(), config),
        ],
    );
    setup.done(case);
}

fn contestant<'a>(name: &str, mut query: impl FnMut(i32) -> i32 + 'a) -> Contestant<'a> {
    Contestant::lone(name, move || assert_eq!(query(black_box(1)), 2))
}

fn on_runtime(name: &str, runtime: Runtime, config: &str) -> Contestant<'static> {
    let prepared = runtime.block_on(connect(config)).unwrap();
    contestant(name, move |n| {
        runtime.block_on(query(&prepared, n)).unwrap()
    })
}
