//! A PostgreSQL server: the one that is named in the environment, or a throw-away one, started here.

use postgres::{Client, NoTls};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const VARIABLE: &str = "SYNC_TWIN_POSTGRES";

/// What to do about it if there is none.
const HELP: &str = "\
any one of these provides a PostgreSQL server:
  apt-get install postgresql      # only its programs are needed: the benchmark starts a cluster of its own with them
  PATH=/where/initdb/is:$PATH     # the same, from elsewhere
  export SYNC_TWIN_POSTGRES='host=/var/run/postgresql user=me dbname=postgres'     # a server that is running";

pub(crate) struct Server {
    config: String,
    cluster: Option<Cluster>,
}

impl Server {
    /// # Errors
    ///
    /// Why there is none, and how to get one.
    pub(crate) fn find() -> Result<Self, String> {
        if let Ok(config) = env::var(VARIABLE) {
            return match connect(&config) {
                Ok(()) => Ok(Server {
                    config,
                    cluster: None,
                }),
                Err(error) => Err(format!("{VARIABLE}={config}: {error}; {HELP}")),
            };
        }
        let programs = programs().ok_or_else(|| format!("no `initdb` found; {HELP}"))?;
        let cluster =
            Cluster::start(&programs).map_err(|error| format!("no cluster: {error}; {HELP}"))?;
        Ok(Server {
            config: cluster.config(),
            cluster: Some(cluster),
        })
    }

    /// The process that answers connections, if it has been started here.
    // Tests that include this file need no such thing.
    #[allow(dead_code)]
    pub(crate) fn process(&self) -> Option<u32> {
        let server = self.cluster.as_ref()?.server.as_ref()?;
        Some(server.id())
    }

    /// How a client connects to it.
    pub(crate) fn config(&self) -> &str {
        &self.config
    }
}

/// The folder of the server's programs; Debian does not put it on the path.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.flatten().map(|version| version.path().join("bin"));
    env::split_paths(&path)
        .chain(debian)
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// A cluster in a folder of its own that listens on a socket there. Stopped and removed when dropped.
struct Cluster {
    folder: PathBuf,
    server: Option<Child>,
}

impl Cluster {
    fn start(programs: &Path) -> Result<Self, String> {
        let folder = output(unprivileged("mktemp").args(["-d", "-t", "sync-twin-peers.XXXXXX"]))?;
        let folder = PathBuf::from(folder.trim());
        let mut cluster = Cluster {
            folder,
            server: None,
        };
        let config = cluster.config();
        let data = cluster.folder.join("data");
        let mut initdb = unprivileged(programs.join("initdb"));
        output(
            initdb
                .args(["--no-sync", "--auth=trust", "--username=bench", "-D"])
                .arg(&data),
        )?;
        let log = cluster.folder.join("log");
        let file = fs::File::create(&log).map_err(|error| error.to_string())?;
        let server = unprivileged(programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&cluster.folder)
            .args(["-h", "", "-F", "-c", "max_connections=300"])
            .stdin(Stdio::null())
            .stderr(file)
            .spawn()
            .map_err(|error| error.to_string())?;
        let server = cluster.server.insert(server);
        let start = Instant::now();
        while let Err(error) = connect(&config) {
            let ended = server.try_wait().is_ok_and(|status| status.is_some());
            if ended || start.elapsed() > Duration::from_secs(30) {
                let log = fs::read_to_string(log).unwrap_or_default();
                return Err(format!("{error}\n{log}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(cluster)
    }

    fn config(&self) -> String {
        format!("host={} user=bench dbname=postgres", self.folder.display())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let id = server.id().to_string();
            // A fast shutdown.
            output(Command::new("kill").args(["-INT", &id])).ok();
            server.wait().ok();
        }
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn connect(config: &str) -> Result<(), postgres::Error> {
    Client::connect(config, NoTls).map(drop)
}

/// A program that ends with this one, and is not run as root: PostgreSQL refuses that.
fn unprivileged(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program.as_ref()).current_dir("/");
    command
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let error = String::from_utf8_lossy(&output.stderr);
        Err(format!("{command:?}: {}", error.trim()))
    }
}
