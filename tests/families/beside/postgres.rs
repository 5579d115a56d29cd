//! `postgres` and the client around `tokio-postgres`.

use super::Sides;
use crate::postgres::server::Server;
use std::env;

#[test]
fn beside_the_hand_written_one() {
    // A process for a situation is told where the server is.
    let server = match env::var(super::SITUATION) {
        Ok(_) => None,
        Err(_) => Server::find(),
    };
    Sides {
        test: "beside::postgres::beside_the_hand_written_one",
        by_hand: by_hand::all(),
        twin: twin::all(),
    }
    .compare(
        "postgres",
        ["`postgres`", "twin"],
        server.as_ref().map(|server| server.config()),
    );
}

/// What an error says, with its code, if the server has one for it.
fn of_error(error: &tokio_postgres::Error) -> String {
    let code = error.code().map(|code| format!("{}: ", code.code()));
    format!("{}{error}", code.unwrap_or_default())
}

macro_rules! situations {
    ($client:ident $(:: $module:ident)*, $all:item) => {
        use super::super::{Situation, ending, for_each_of, resources};
        use super::of_error;
        use std::io::{Read, Write};
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        use std::sync::{Arc, Mutex};
        use std::time::Duration;
        use tokio::runtime::{Builder, Runtime};
        use tokio_postgres::types::Type;
        use $client $(:: $module)*::binary_copy::{BinaryCopyInWriter, BinaryCopyOutIter};
        use $client $(:: $module)*::{Client, Config, Error, GenericClient, NoTls};

        $all

        fn connect(server: &str) -> Client {
            Client::connect(server, NoTls).unwrap()
        }

        /// With a table of numbers that is its own.
        fn with_numbers(server: &str) -> Client {
            let mut client = connect(server);
            let create = "CREATE TEMPORARY TABLE numbers (n INT PRIMARY KEY)";
            client.batch_execute(create).unwrap();
            client
                .batch_execute("INSERT INTO numbers VALUES (1), (2), (3)")
                .unwrap();
            client
        }

        fn count(client: &mut impl GenericClient) -> i64 {
            let row = client.query_one("SELECT count(*) FROM numbers", &[]);
            row.unwrap().get(0)
        }

        fn id(client: &mut Client) -> i32 {
            client
                .query_one("SELECT pg_backend_pid()", &[])
                .unwrap()
                .get(0)
        }

        /// To a channel that no other process has.
        fn listen(client: &mut Client) {
            let listen = format!("LISTEN channel_{}", std::process::id());
            client.batch_execute(&listen).unwrap();
        }

        fn notify(client: &mut Client, payload: &str) {
            let notify = format!("NOTIFY channel_{}, '{payload}'", std::process::id());
            client.batch_execute(&notify).unwrap();
        }

        fn driver() -> Runtime {
            Builder::new_current_thread().enable_all().build().unwrap()
        }

        fn error<T>(result: Result<T, Error>) -> String {
            of_error(&result.err().unwrap())
        }

        /// Whether another session gets what a transaction has locked.
        fn is_locked(other: &mut Client, table: &str) -> bool {
            let lock = format!("BEGIN; LOCK TABLE {table} NOWAIT; ROLLBACK");
            let result = other.batch_execute(&lock);
            if result.is_err() {
                other.batch_execute("ROLLBACK").unwrap();
            }
            result.is_err()
        }

        const NOTICE: &str = "DO $$ BEGIN RAISE NOTICE 'look'; END $$";

        pub(super) fn all() -> Vec<Situation> {
            vec![
                ("rows", |server| {
                    let mut client = with_numbers(server);
                    let query = "SELECT n FROM numbers WHERE n > $1 ORDER BY n";
                    let rows = client.query(query, &[&1]).unwrap();
                    format!("{:?}", rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>())
                }),
                ("rows one by one, and how many there were", |server| {
                    let mut client = with_numbers(server);
                    let query = "DELETE FROM numbers WHERE n > 1 RETURNING n";
                    let mut rows = client.query_raw(query, [0_i32; 0]).unwrap();
                    let read = all_of(&mut rows).unwrap().len();
                    format!("{read}, {:?}", rows.rows_affected())
                }),
                ("a row that fails", |server| {
                    let mut client = connect(server);
                    let query = "SELECT 1 / (3 - n) FROM generate_series(1, 9) n";
                    let mut rows = client.query_raw(query, [0_i32; 0]).unwrap();
                    error(all_of(&mut rows))
                }),
                ("one row, of none and of two", |server| {
                    let mut client = with_numbers(server);
                    let mut one = |query: &str| error(client.query_one(query, &[]));
                    let none = one("SELECT 1 WHERE false");
                    format!("{none}; {}", one("SELECT n FROM numbers WHERE n < 3"))
                }),
                ("a parameter of another type", |server| {
                    error(connect(server).query("SELECT $1::INT", &[&"a"]))
                }),
                ("a syntax error", |server| error(connect(server).query("nonsense", &[]))),
                ("a database that is unknown", |server| {
                    let mut config: Config = server.parse().unwrap();
                    error(config.dbname("unknown").connect(NoTls))
                }),
                ("a server that is not there", |_| {
                    let mut config = Config::new();
                    error(config.host_path("/nowhere").user("me").connect(NoTls))
                }),
                ("a configuration that is none", |_| error("none".parse::<Config>())),
                ("a configuration that is printed", |_| {
                    let mut config = Config::new();
                    let config = config.user("me").password("secret").port(5);
                    let text = format!("{config:?}");
                    format!("{}, {}", text.contains("me"), text.contains("secret"))
                }),
                ("whether a statement fails when the connection is cut", |server| {
                    let (mut client, mut killer) = (connect(server), connect(server));
                    let id = id(&mut client);
                    killer.query("SELECT pg_terminate_backend($1)", &[&id]).unwrap();
                    // Until that has arrived.
                    while !client.is_closed() {
                        client.batch_execute("").ok();
                    }
                    format!("{}", client.batch_execute("").is_err())
                }),
                ("a transaction that is dropped, seen by another session at once", |server| {
                    let (mut client, mut other) = (connect(server), connect(server));
                    let table = format!("dropped_{}", std::process::id());
                    client.batch_execute(&format!("CREATE TABLE {table} (n INT)")).unwrap();
                    let mut locked = 0;
                    for _ in 0..20 {
                        let mut transaction = client.transaction().unwrap();
                        let insert = format!("INSERT INTO {table} VALUES (1)");
                        transaction.batch_execute(&insert).unwrap();
                        drop(transaction);
                        locked += usize::from(is_locked(&mut other, &table));
                    }
                    client.batch_execute(&format!("DROP TABLE {table}")).unwrap();
                    if locked == 0 { "rolled back" } else { "still locked" }.to_owned()
                }),
                ("one that a panic drops", |server| {
                    let mut client = with_numbers(server);
                    let ended = ending(|| {
                        let mut transaction = client.transaction().unwrap();
                        transaction.batch_execute("DELETE FROM numbers").unwrap();
                        panic!("on purpose")
                    });
                    format!("{ended}; {} rows", count(&mut client))
                }),
                ("one that is dropped in async code", |server| {
                    let mut client = with_numbers(server);
                    let mut transaction = client.transaction().unwrap();
                    transaction.batch_execute("DELETE FROM numbers").unwrap();
                    driver().block_on(async { drop(transaction) });
                    format!("{} rows", count(&mut client))
                }),
                ("an error in a savepoint, and then the commit", |server| {
                    let mut client = with_numbers(server);
                    let mut outer = client.transaction().unwrap();
                    let mut inner = outer.savepoint("here").unwrap();
                    let failed = error(inner.execute("INSERT INTO numbers VALUES (1)", &[]));
                    drop(inner);
                    outer.execute("INSERT INTO numbers VALUES (4)", &[]).unwrap();
                    outer.commit().unwrap();
                    format!("{failed}; {} rows", count(&mut client))
                }),
                ("an error in a transaction, and then the commit", |server| {
                    let mut client = with_numbers(server);
                    let mut transaction = client.transaction().unwrap();
                    transaction.batch_execute("DELETE FROM numbers").unwrap();
                    transaction.batch_execute("nonsense").unwrap_err();
                    let committed = transaction.commit().is_ok();
                    format!("{committed}, {} rows", count(&mut client))
                }),
                ("`COPY` in", |server| {
                    let mut client = with_numbers(server);
                    let mut writer = client.copy_in("COPY numbers FROM STDIN").unwrap();
                    writer.write_all(b"4\n5\n").unwrap();
                    writer.flush().unwrap();
                    writer.write_all(b"6\n").unwrap();
                    let copied = writer.finish().unwrap();
                    format!("{copied}, {} rows", count(&mut client))
                }),
                ("`COPY` in, without `finish`", |server| {
                    let mut client = with_numbers(server);
                    let mut writer = client.copy_in("COPY numbers FROM STDIN").unwrap();
                    writer.write_all(b"4\n5\n").unwrap();
                    drop(writer);
                    format!("{} rows", count(&mut client))
                }),
                ("`COPY` in, of nonsense", |server| {
                    let mut client = with_numbers(server);
                    let mut writer = client.copy_in("COPY numbers FROM STDIN").unwrap();
                    writer.write_all(b"nonsense\n").unwrap();
                    error(writer.finish())
                }),
                ("`COPY` out, 200,000 lines", |server| {
                    let mut client = connect(server);
                    let copy = "COPY (SELECT generate_series(1, 200000)) TO STDOUT";
                    let mut text = String::new();
                    let mut reader = client.copy_out(copy).unwrap();
                    reader.read_to_string(&mut text).unwrap();
                    format!("{} lines", text.lines().count())
                }),
                ("`COPY` out, of what fails", |server| {
                    let mut client = connect(server);
                    let copy = "COPY (SELECT 1 / (2 - n) FROM generate_series(1, 9) n) TO STDOUT";
                    let mut reader = client.copy_out(copy).unwrap();
                    let failed = reader.read_to_end(&mut Vec::new()).unwrap_err();
                    format!("{:?}: {failed}", failed.kind())
                }),
                ("`COPY` in the binary format, and out", |server| {
                    let mut client = with_numbers(server);
                    let writer = client.copy_in("COPY numbers FROM STDIN BINARY").unwrap();
                    let mut writer = BinaryCopyInWriter::new(writer, &[Type::INT4]);
                    for n in 4..=1000_i32 {
                        writer.write(&[&n]).unwrap();
                    }
                    let copied = writer.finish().unwrap();
                    let reader = client.copy_out("COPY numbers TO STDOUT BINARY").unwrap();
                    let mut rows = BinaryCopyOutIter::new(reader, &[Type::INT4]);
                    let rows = all_of(&mut rows).unwrap();
                    let sum: i32 = rows.iter().map(|row| row.get::<i32>(0)).sum();
                    format!("{copied}, {sum}")
                }),
                ("notices", |server| {
                    let heard = Arc::new(Mutex::new(Vec::new()));
                    let notices = Arc::clone(&heard);
                    let mut config: Config = server.parse().unwrap();
                    config.notice_callback(move |notice| {
                        notices.lock().unwrap().push(notice.message().to_owned());
                    });
                    let mut client = config.connect(NoTls).unwrap();
                    client.batch_execute(NOTICE).unwrap();
                    format!("{:?}", heard.lock().unwrap())
                }),
                ("a callback for notices that queries", |server| {
                    let inside = Mutex::new(connect(server));
                    let heard = Arc::new(AtomicUsize::new(0));
                    let counted = Arc::clone(&heard);
                    let mut config: Config = server.parse().unwrap();
                    config.notice_callback(move |_| {
                        inside.lock().unwrap().batch_execute("").unwrap();
                        counted.fetch_add(1, Relaxed);
                    });
                    let mut client = config.connect(NoTls).unwrap();
                    client.batch_execute(NOTICE).unwrap();
                    format!("{} queries", heard.load(Relaxed))
                }),
                ("one that panics, and then the next query", |server| {
                    let mut config: Config = server.parse().unwrap();
                    config.notice_callback(|_| panic!("on purpose"));
                    let mut client = config.connect(NoTls).unwrap();
                    let mut run = |sql: &str| {
                        ending(|| match client.batch_execute(sql) {
                            Ok(()) => "fine".to_owned(),
                            Err(error) => of_error(&error),
                        })
                    };
                    let notice = run(NOTICE);
                    format!("{notice}; {}", run(""))
                }),
                ("notifications that have come, and one that does not", |server| {
                    let mut client = connect(server);
                    listen(&mut client);
                    notify(&mut client, "a");
                    notify(&mut client, "b");
                    let mut notifications = client.notifications();
                    let waiting = notifications.len();
                    let first = {
                        let mut iter = notifications.iter();
                        taken(iter.next())
                    };
                    let mut iter = notifications.timeout_iter(Duration::from_millis(100));
                    let second = taken(iter.next());
                    let third = taken(iter.next());
                    format!("{waiting}: {first:?}, {second:?}, {third:?}")
                }),
                ("one of another session", |server| {
                    let mut client = connect(server);
                    listen(&mut client);
                    notify(&mut connect(server), "a");
                    let mut notifications = client.notifications();
                    format!("{:?}", taken(notifications.blocking_iter().next()))
                }),
                ("the same, while nobody waits", |server| {
                    let (mut client, mut other) = (connect(server), connect(server));
                    listen(&mut client);
                    notify(&mut other, "a");
                    std::thread::sleep(Duration::from_millis(100));
                    let mut notifications = client.notifications();
                    format!("{:?}", taken(notifications.iter().next()))
                }),
                ("whether the end of the connection is an error for who waits", |server| {
                    let (mut client, mut killer) = (connect(server), connect(server));
                    let id = id(&mut client);
                    killer.query("SELECT pg_terminate_backend($1)", &[&id]).unwrap();
                    let mut notifications = client.notifications();
                    let mut iter = notifications.blocking_iter();
                    format!("{}", as_result(iter.next()).is_err())
                }),
                ("a query that another thread cancels", |server| {
                    let mut client = connect(server);
                    let token = client.cancel_token();
                    let is_over = std::sync::atomic::AtomicBool::new(false);
                    std::thread::scope(|scope| {
                        scope.spawn(|| {
                            while !is_over.load(Relaxed) {
                                token.cancel_query(NoTls).unwrap();
                                std::thread::sleep(Duration::from_millis(10));
                            }
                        });
                        let failed = client.query("SELECT pg_sleep(600)", &[]);
                        is_over.store(true, Relaxed);
                        error(failed)
                    })
                }),
                ("a query in async code", |server| {
                    let mut client = connect(server);
                    let row = driver().block_on(async { client.query_one("SELECT 7", &[]) });
                    format!("{}", row.unwrap().get::<_, i32>(0))
                }),
                ("a client that is dropped there", |server| {
                    let mut client = connect(server);
                    client.batch_execute("").unwrap();
                    driver().block_on(async { drop(client) });
                    "nothing".to_owned()
                }),
                ("a connection that is made there", |server| {
                    driver().block_on(async {
                        let mut client = connect(server);
                        client.batch_execute("").unwrap();
                        std::mem::forget(client);
                    });
                    "works".to_owned()
                }),
                ("a query in a `Drop`, while a panic unwinds", |server| {
                    struct Farewell(Client, Arc<AtomicUsize>);
                    impl Drop for Farewell {
                        fn drop(&mut self) {
                            let deleted = self.0.execute("DELETE FROM numbers", &[]).unwrap();
                            self.1.store(deleted as usize, Relaxed);
                        }
                    }
                    let deleted = Arc::new(AtomicUsize::new(0));
                    let farewell = Farewell(with_numbers(server), Arc::clone(&deleted));
                    ending(|| {
                        let _farewell = farewell;
                        panic!("on purpose")
                    });
                    format!("{} rows deleted", deleted.load(Relaxed))
                }),
                ("a client that is dropped: the server's session", |server| {
                    let (mut client, mut other) = (connect(server), connect(server));
                    let id = id(&mut client);
                    drop(client);
                    let mut looks = 0;
                    let query = "SELECT 1 FROM pg_stat_activity WHERE pid = $1";
                    while other.query_opt(query, &[&id]).unwrap().is_some() {
                        looks += 1;
                        assert!(looks < 1000, "it stays");
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    "ends".to_owned()
                }),
                ("threads and descriptors for each of 50 clients", |server| {
                    let _one = connect(server);
                    let before = resources();
                    let clients: Vec<_> = (0..50).map(|_| connect(server)).collect();
                    let now = resources();
                    drop(clients);
                    for_each_of(50, before, now)
                }),
                ("the process ends with clients, and a thread that waits", |server| {
                    let mut waiting = connect(server);
                    std::thread::spawn(move || waiting.query("SELECT pg_sleep(600)", &[]).map(drop));
                    std::thread::sleep(Duration::from_millis(100));
                    std::mem::forget(connect(server));
                    "at once".to_owned()
                }),
            ]
        }
    };
}

/// What differs in the code over the two.
mod by_hand {
    use postgres::fallible_iterator::FallibleIterator;

    situations!(postgres, type Next<T> = Result<Option<T>, Error>;);

    fn all_of<T>(
        rows: &mut impl FallibleIterator<Item = T, Error = Error>,
    ) -> Result<Vec<T>, Error> {
        rows.collect()
    }

    fn taken(next: Next<postgres::Notification>) -> Option<String> {
        next.unwrap().map(|one| one.payload().to_owned())
    }

    fn as_result<T>(next: Next<T>) -> Result<Option<T>, Error> {
        next
    }
}

#[allow(
    unused_mut,
    reason = "the other one needs it: its statements take `&mut self`"
)]
mod twin {
    use sync_twin_tests_clients::postgres::Notification;

    situations!(
        sync_twin_tests_clients::postgres,
        type Next<T> = Option<Result<T, Error>>;
    );

    fn all_of<T>(rows: &mut impl Iterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
        rows.collect()
    }

    fn taken(next: Next<Notification>) -> Option<String> {
        next.map(|one| one.unwrap().payload().to_owned())
    }

    fn as_result<T>(next: Next<T>) -> Result<Option<T>, Error> {
        next.transpose()
    }
}
