//! A blocking client of the crate `redis`, of which only signatures are written here, against a server of that name.

use redis::aio::MultiplexedConnection;
use redis::{Client, RedisError, Value};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};
use sync_twin::sync_wrapper;
use sync_twin_tests_programs::deadline::{test_name, watch};

// `RedisResult` is written out: the attribute does not know what the alias is.
#[sync_wrapper(type = BlockingClient, foreign, map(MultiplexedConnection = BlockingConnection))]
impl Client {
    pub async fn get_multiplexed_async_connection(
        &self,
    ) -> Result<MultiplexedConnection, RedisError>;
}

#[sync_wrapper(type = BlockingConnection, foreign, derive(Clone))]
impl MultiplexedConnection {
    pub async fn send_packed_command(&mut self, command: &redis::Cmd) -> Result<Value, RedisError>;
}

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// `None` where there is none: `SYNC_TWIN_REDIS_SERVER` may say where it is.
    fn start() -> Option<Self> {
        let program =
            env::var_os("SYNC_TWIN_REDIS_SERVER").map_or("redis-server".into(), PathBuf::from);
        let port = TcpListener::bind("127.0.0.1:0")
            .ok()?
            .local_addr()
            .ok()?
            .port();
        let mut command = Command::new(program);
        command.args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--port",
            &port.to_string(),
        ]);
        let process = command
            .stdout(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .ok()?;
        Some(Server { process, port })
    }

    fn connect(&self) -> BlockingConnection {
        let client = Client::open(format!("redis://127.0.0.1:{}/", self.port)).unwrap();
        let client = BlockingClient::from(client);
        // It starts.
        for _ in 0..2000 {
            if let Ok(connection) = client.get_multiplexed_async_connection() {
                return connection;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not answer");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn get(connection: &mut BlockingConnection, key: &str) -> Result<Option<String>, RedisError> {
    let value = connection.send_packed_command(redis::cmd("GET").arg(key))?;
    Ok(redis::from_redis_value(value)?)
}

fn set(connection: &mut BlockingConnection, key: &str, text: &str) -> Result<(), RedisError> {
    connection.send_packed_command(redis::cmd("SET").arg(key).arg(text))?;
    Ok(())
}

#[test]
fn sixteen_threads_and_a_loop_share_a_connection() {
    let _watch = watch(&test_name());
    let Some(server) = Server::start() else {
        eprintln!("SKIPPED: THERE IS NO redis-server HERE (SYNC_TWIN_REDIS_SERVER=…)");
        return;
    };
    let connection = server.connect();
    thread::scope(|scope| {
        for number in 0..16 {
            let mut connection = connection.clone();
            scope.spawn(move || {
                let key = format!("key-{number}");
                for turn in 0..50 {
                    set(&mut connection, &key, &turn.to_string()).unwrap();
                    assert_eq!(get(&mut connection, &key).unwrap(), Some(turn.to_string()));
                }
            });
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = connection;
        assert_eq!(
            get(&mut connection, "key-3").unwrap(),
            Some("49".to_owned())
        );
        assert_eq!(get(&mut connection, "nothing").unwrap(), None);
    });
}
