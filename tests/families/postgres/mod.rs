//! A blocking PostgreSQL client, and what one that is written by hand does.

#[path = "../../benches/peers/postgres_server.rs"]
mod cluster;
pub(crate) mod server;

use crate::everywhere;
use crate::threads::running;
use server::Server;
use std::io::{BufRead as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use sync_twin_tests_clients::postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutIter};
use sync_twin_tests_clients::postgres::{
    CancelToken, Client, Config, CopyInWriter, Error, GenericClient, IsolationLevel, NoTls,
    Notification, Row, RowIter, SimpleQueryMessage, Statement, Transaction,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

/// Runs `code` with a server, in every place.
fn with_server(code: impl Fn(&Config) + Send + Sync + 'static) {
    let Some(server) = Server::find() else { return };
    let config: Config = server.config().parse().unwrap();
    everywhere(move || code(&config));
    drop(server);
}

fn connect(config: &Config) -> Client {
    config.connect(NoTls).unwrap()
}

/// With a table of numbers that is its own.
fn connect_to_numbers(config: &Config) -> Client {
    let client = connect(config);
    let create = "CREATE TEMPORARY TABLE numbers (n INT PRIMARY KEY); INSERT INTO numbers VALUES (1), (2), (3)";
    client.batch_execute(create).unwrap();
    client
}

fn count(client: &impl GenericClient) -> i64 {
    let row = client.query_one("SELECT count(*) FROM numbers", &[]);
    row.unwrap().get(0)
}

#[test]
fn configurations() {
    let mut config = Config::new();
    config
        .user("me")
        .dbname("data")
        .host("here")
        .port(5)
        .host("there")
        .port(6);
    config
        .password("secret")
        .connect_timeout(Duration::from_secs(1));
    assert_eq!(
        (config.get_user(), config.get_dbname()),
        (Some("me"), Some("data"))
    );
    assert_eq!(config.get_ports(), [5, 6]);
    assert_eq!(config.get_password(), Some(&b"secret"[..]));
    assert!(!format!("{:?}", config.clone()).contains("secret"));
    assert!("no configuration".parse::<Config>().is_err());
}

#[test]
fn queries() {
    with_server(|config| {
        let client = connect_to_numbers(config);
        let rows: Vec<Row> = client
            .query("SELECT n FROM numbers WHERE n > $1 ORDER BY n", &[&1])
            .unwrap();
        assert_eq!(
            rows.iter().map(|row| row.get("n")).collect::<Vec<i32>>(),
            [2, 3]
        );
        let insert: Statement = client.prepare("INSERT INTO numbers VALUES ($1)").unwrap();
        assert_eq!(insert.params(), [Type::INT4]);
        for n in 4..9 {
            assert_eq!(client.execute(&insert, &[&n]).unwrap(), 1);
        }
        assert_eq!(count(&client), 8);
        let row = client
            .query_opt("SELECT n FROM numbers WHERE n = 9", &[])
            .unwrap();
        assert!(row.is_none());
        let typed = client
            .query_typed_one("SELECT $1 + 1", &[(&1_i32, Type::INT4)])
            .unwrap();
        assert_eq!(typed.get::<_, i32>(0), 2);
        let messages = client.simple_query("SELECT 'a', NULL").unwrap();
        let SimpleQueryMessage::Row(row) = &messages[1] else {
            panic!("{messages:?}")
        };
        assert_eq!((row.get(0), row.get(1)), (Some("a"), None));
        client.check_connection().unwrap();
        assert!(!client.is_closed());
        client.close().unwrap();
    });
}

#[test]
fn rows_one_by_one() {
    with_server(|config| {
        let client = connect(config);
        // So few come at once. The connection waits for the reader of more, and with it everybody else.
        let limit = 10;
        let params: [&(dyn ToSql + Sync); 1] = [&limit];
        let mut rows: RowIter = client
            .query_raw("SELECT generate_series(1, $1)", params)
            .unwrap();
        assert_eq!(rows.next().unwrap().unwrap().get::<_, i32>(0), 1);
        // Others may ask meanwhile.
        assert_eq!(
            client.query_one("SELECT 7", &[]).unwrap().get::<_, i32>(0),
            7
        );
        let rest: Result<Vec<_>, _> = rows
            .map(|row| row.map(|row| row.get::<_, i32>(0)))
            .collect();
        assert_eq!(rest.unwrap(), (2..=10).collect::<Vec<_>>());

        // An error in the middle is the last item.
        let rows = client
            .query_raw(
                "SELECT 1 / (3 - n) FROM generate_series(1, 9) n",
                [0_i32; 0],
            )
            .unwrap();
        let rows: Vec<_> = rows.collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(
            rows[2].as_ref().unwrap_err().code(),
            Some(&SqlState::DIVISION_BY_ZERO)
        );
        // One that is not read to its end.
        drop(
            client
                .query_raw("SELECT generate_series(1, 100000)", [0_i32; 0])
                .unwrap(),
        );
        client.batch_execute("").unwrap();
    });
}

#[test]
fn copies() {
    with_server(|config| {
        let client = connect_to_numbers(config);
        let data = client.copy_out("COPY (SELECT n, n * n FROM numbers) TO STDOUT");
        let lines: Result<Vec<_>, _> = data.unwrap().lines().collect();
        assert_eq!(lines.unwrap(), ["1\t1", "2\t4", "3\t9"]);
        let data = client.copy_out("COPY (SELECT 1 / (2 - n) FROM numbers) TO STDOUT");
        let error = data.unwrap().lines().find_map(Result::err).unwrap();
        let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(error.code(), Some(&SqlState::DIVISION_BY_ZERO));
        assert!(client.copy_out("COPY nothing TO STDOUT").is_err());
        assert_eq!(count(&client), 3);
    });
}

#[test]
fn copies_in() {
    with_server(|config| {
        let mut client = connect_to_numbers(config);
        let mut writer: CopyInWriter = client.copy_in("COPY numbers FROM STDIN").unwrap();
        writer.write_all(b"4\n5").unwrap();
        writer.flush().unwrap();
        write!(writer, "\n{}\n", 6).unwrap();
        assert_eq!(writer.finish().unwrap(), 3);
        // More than is kept back, of which the server wants nothing.
        let mut writer = client.copy_in("COPY numbers FROM STDIN").unwrap();
        writer.write_all(&b"1\n".repeat(100_000)).unwrap();
        let error = writer.finish().unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::UNIQUE_VIOLATION));
        // Without an end it is for nothing, and in a transaction that is dropped.
        let mut writer = client.copy_in("COPY numbers FROM STDIN").unwrap();
        writer.write_all(b"7\n").unwrap();
        drop(writer);
        let transaction = client.transaction().unwrap();
        let mut writer = transaction.copy_in("COPY numbers FROM STDIN").unwrap();
        writer.write_all(b"8\n").unwrap();
        assert_eq!(writer.finish().unwrap(), 1);
        drop(transaction);
        assert_eq!(count(&client), 6);
    });
}

#[test]
fn binary_copies() {
    with_server(|config| {
        let client = connect_to_numbers(config);
        let writer = client.copy_in("COPY numbers FROM STDIN BINARY").unwrap();
        let mut writer = BinaryCopyInWriter::new(writer, &[Type::INT4]);
        for n in 4..=2000_i32 {
            writer.write(&[&n]).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), 1997);
        let reader = client.copy_out("COPY numbers TO STDOUT BINARY").unwrap();
        let rows = BinaryCopyOutIter::new(reader, &[Type::INT4]);
        let numbers = rows.map(|row| row.unwrap().get::<i32>(0));
        assert_eq!(numbers.sum::<i32>(), 2_001_000);
        // Of another type.
        let writer = client.copy_in("COPY numbers FROM STDIN BINARY").unwrap();
        let mut writer = BinaryCopyInWriter::new(writer, &[Type::INT4]);
        assert!(writer.write(&[&"text"]).is_err());
        assert!(writer.write_raw([2001_i32]).is_ok());
        drop(writer);
        let used = catch_unwind(AssertUnwindSafe(|| {
            let mut writer = client.copy_in("COPY numbers FROM STDIN").unwrap();
            writer.flush().unwrap();
            BinaryCopyInWriter::new(writer, &[])
        }));
        assert!(used.is_err());
    });
}

#[test]
fn transactions() {
    with_server(|config| {
        let mut client = connect_to_numbers(config);
        let mut outer: Transaction<'_> = client.transaction().unwrap();
        outer
            .execute("INSERT INTO numbers VALUES (4)", &[])
            .unwrap();
        {
            let inner = outer.transaction().unwrap();
            inner
                .execute("INSERT INTO numbers VALUES (5)", &[])
                .unwrap();
            assert_eq!(count(&inner), 5);
            // Dropped, and so rolled back.
        }
        assert_eq!(count(&outer), 4);
        let point = outer.savepoint("here").unwrap();
        assert!(
            point
                .execute("INSERT INTO numbers VALUES (1)", &[])
                .is_err()
        );
        point.rollback().unwrap();
        outer.commit().unwrap();
        assert_eq!(count(&client), 4);

        client
            .transaction()
            .unwrap()
            .execute("DELETE FROM numbers", &[])
            .unwrap();
        assert_eq!(count(&client), 4);

        let builder = client
            .build_transaction()
            .isolation_level(IsolationLevel::Serializable);
        let reading = builder.read_only(true).start().unwrap();
        let error = reading.batch_execute("CREATE TABLE t ()").unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::READ_ONLY_SQL_TRANSACTION));
        drop(reading);

        let transaction = client.transaction().unwrap();
        let portal = transaction.bind("SELECT n FROM numbers", &[]).unwrap();
        assert_eq!(transaction.query_portal(&portal, 3).unwrap().len(), 3);
        assert_eq!(transaction.query_portal_raw(&portal, 3).unwrap().count(), 1);
    });
}

#[test]
fn a_panic_rolls_back() {
    with_server(|config| {
        let mut client = connect_to_numbers(config);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let transaction = client.transaction().unwrap();
            transaction.execute("DELETE FROM numbers", &[]).unwrap();
            resume_unwind(Box::new("on purpose"));
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"on purpose"));
        assert_eq!(count(&client), 3);
    });
}

/// A twin of anything that has statements.
fn add<C: GenericClient>(client: &mut C, n: i32) -> Result<(), Error> {
    let transaction = client.transaction()?;
    let insert = transaction.prepare("INSERT INTO numbers VALUES ($1)")?;
    transaction.execute(&insert, &[&n])?;
    transaction.commit()
}

#[test]
fn generic_clients() {
    with_server(|config| {
        let mut client = connect_to_numbers(config);
        add(&mut client, 4).unwrap();
        let mut transaction = client.transaction().unwrap();
        add(&mut transaction, 5).unwrap();
        assert_eq!(
            add(&mut transaction, 5).unwrap_err().code(),
            Some(&SqlState::UNIQUE_VIOLATION)
        );
        transaction.commit().unwrap();
        assert_eq!(count(&client), 5);
        let rows = GenericClient::query_raw(&client, "SELECT n FROM numbers", [0_i32; 0]);
        assert_eq!(rows.unwrap().count(), 5);
    });
}

#[test]
fn errors() {
    with_server(|config| {
        let mut nowhere = Config::new();
        nowhere.host_path("/nowhere").user("nobody");
        assert!(nowhere.connect(NoTls).unwrap_err().code().is_none());
        let mut unknown = config.clone();
        let error = unknown.dbname("unknown").connect(NoTls).unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::UNDEFINED_DATABASE));
        let client = connect(config);
        assert_eq!(
            client.query("nonsense", &[]).unwrap_err().code(),
            Some(&SqlState::SYNTAX_ERROR)
        );
        assert!(client.query_one("SELECT 1 WHERE false", &[]).is_err());
        assert!(client.prepare_typed("SELECT $1", &[Type::INT4]).is_ok());

        // The server ends the connection.
        let killer = connect(config);
        let id: i32 = client
            .query_one("SELECT pg_backend_pid()", &[])
            .unwrap()
            .get(0);
        killer
            .query_one("SELECT pg_terminate_backend($1)", &[&id])
            .unwrap();
        while client.query_one("SELECT 1", &[]).is_ok() {}
        assert!(client.batch_execute("").unwrap_err().is_closed());
        assert!(client.is_closed());
        assert!(client.close().is_err());
    });
}

#[test]
fn cancelling() {
    with_server(|config| {
        let client = connect(config);
        let token: CancelToken = client.cancel_token();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                // It may come before the statement, and is then for nothing.
                while !is_over.load(SeqCst) {
                    token.cancel_query(NoTls).unwrap();
                    thread::sleep(Duration::from_millis(10));
                }
            });
            let error = client.query("SELECT pg_sleep(600)", &[]).unwrap_err();
            is_over.store(true, SeqCst);
            assert_eq!(error.code(), Some(&SqlState::QUERY_CANCELED));
        });
    });
}

const NOTICE: &str = "DO $$ BEGIN RAISE NOTICE 'look'; END $$";

#[test]
fn notices_may_block() {
    with_server(|config| {
        let inside = Mutex::new(connect(config));
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        let mut listening = config.clone();
        listening.notice_callback(move |notice| {
            assert_eq!(notice.message(), "look");
            let inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
            let row = inside.query_one("SELECT 1", &[]).unwrap();
            count.fetch_add(row.get::<_, i32>(0).unsigned_abs() as usize, SeqCst);
        });
        let client = connect(&listening);
        for _ in 0..3 {
            client.batch_execute(NOTICE).unwrap();
        }
        assert_eq!(heard.load(SeqCst), 3);
    });
}

#[test]
fn a_notice_that_panics_does_not_end_the_connection() {
    with_server(|config| {
        let mut listening = config.clone();
        listening.notice_callback(|_| resume_unwind(Box::new("on purpose")));
        let client = connect(&listening);
        client.batch_execute(NOTICE).unwrap();
        client.batch_execute(NOTICE).unwrap();
        assert_eq!(
            client.query_one("SELECT 1", &[]).unwrap().get::<_, i32>(0),
            1
        );
        client.close().unwrap();
    });
}

#[test]
fn notifications() {
    with_server(|config| {
        let mut client = connect(config);
        client
            .batch_execute("LISTEN channel; NOTIFY channel, 'a'; NOTIFY channel, 'b'")
            .unwrap();
        let received: Vec<Notification> = client
            .notifications()
            .blocking_iter()
            .map(Result::unwrap)
            .take(2)
            .collect();
        assert_eq!(
            (received[0].channel(), received[0].payload()),
            ("channel", "a")
        );
        assert_eq!(received[1].payload(), "b");
        // One that does not come, and one that has.
        let moment = Duration::from_millis(1);
        let mut notifications = client.notifications();
        assert!(notifications.is_empty());
        assert!(notifications.iter().next().is_none());
        assert!(notifications.timeout_iter(moment).next().is_none());
        client.batch_execute("NOTIFY channel, 'c'").unwrap();
        assert_eq!(client.notifications().len(), 1);
        let next = client.notifications().iter().next();
        assert_eq!(next.unwrap().unwrap().payload(), "c");
        client.is_valid(Duration::from_secs(60)).unwrap().unwrap();
        let id: i32 = client
            .query_one("SELECT pg_backend_pid()", &[])
            .unwrap()
            .get(0);
        connect(config)
            .query_one("SELECT pg_terminate_backend($1)", &[&id])
            .unwrap();
        assert!(
            client
                .notifications()
                .blocking_iter()
                .next()
                .unwrap()
                .is_err()
        );
        assert_eq!(client.notifications().blocking_iter().count(), 0);
    });
}

/// What is dropped while a panic unwinds, and in async code.
#[test]
fn statements_in_drop() {
    struct Farewell(Client);
    impl Drop for Farewell {
        fn drop(&mut self) {
            assert_eq!(self.0.execute("DELETE FROM numbers", &[]).unwrap(), 3);
        }
    }
    with_server(|config| {
        let farewell = Farewell(connect_to_numbers(config));
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _farewell = farewell;
            resume_unwind(Box::new("on purpose"));
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"on purpose"));
    });
}

#[test]
fn fifty_clients_need_no_threads_of_their_own() {
    let Some(server) = Server::find() else { return };
    let config: Config = server.config().parse().unwrap();
    thread::scope(|scope| {
        for n in 0..50_i32 {
            let config = &config;
            scope.spawn(move || {
                let client = connect(config);
                for _ in 0..5 {
                    assert_eq!(
                        client
                            .query_one("SELECT $1::INT", &[&n])
                            .unwrap()
                            .get::<_, i32>(0),
                        n
                    );
                }
            });
        }
    });
    assert!(running() < 40, "{} threads", running());
}
