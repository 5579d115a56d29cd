//! Parts that this program plays in processes of their own, so that what is counted there is theirs alone. The first
//! argument names the part.

use crate::backend::Backend;
use crate::callers::{Callers, Regulars};
use crate::client::Way;
use crate::process::{pin, processor_time, resident, switches, threads};
use crate::{backend, cases};
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{env, io, process, thread};
use sync_twin::sync_wrapper;

/// `lone WAY URL CALLS`: one thread that makes so many requests. `lone ready CALLS`: calls that are ready.
pub(crate) const LONE: &str = "lone";
/// `crowd WAY THREADS ADDRESS`: many threads that are all blocked.
pub(crate) const CROWD: &str = "crowd";

/// `clients KIND SIDE COUNT SERVER`: what so many clients need.
pub(crate) const CLIENTS: &str = "clients";

/// `rate WAY CALLERS COUNT CLIENTS PLACE MILLISECONDS`: many that all call, and a server, in processes of their own.
pub(crate) const RATE: &str = "rate";

/// `connections WAY COUNT PLACE CONFIG MILLISECONDS`: so many threads that all make queries.
pub(crate) const CONNECTIONS: &str = "connections";

/// Plays the part that the arguments ask for, if they do.
pub(crate) fn play(arguments: &[String]) -> Option<io::Result<()>> {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [backend::ROLE] => Some(backend::serve()),
        [LONE, "ready", calls] => Some(lone(ready, calls)),
        [LONE, way, url, calls] => Some(lone(find(way).open_for(url.to_owned()), calls)),
        [CROWD, way, threads, address] => Some(crowd(find(way), threads, address)),
        [RATE, way, callers, count, clients, place, time] => {
            Some(rate(find(way), callers, count, clients, place, time))
        }
        [CONNECTIONS, way, count, place, config, time] => {
            Some(connections(way, count, place, config, time))
        }
        [CLIENTS, kind, side, count, server] => Some(clients(kind, side, count, server)),
        _ => None,
    }
}

/// Another process of this program.
pub(crate) fn command() -> Command {
    Command::new(env::current_exe().expect("this program has a path"))
}

/// The figures that another process prints, which plays that part.
pub(crate) fn figures(part: &[&str]) -> Vec<f64> {
    let output = command().args(part).stderr(Stdio::inherit()).output();
    let output = output.expect("this program can be started again");
    assert!(output.status.success(), "{part:?}: {}", output.status);
    let figures = String::from_utf8_lossy(&output.stdout);
    let figures = figures.split_whitespace().map(str::parse);
    figures
        .collect::<Result<_, _>>()
        .expect("it prints figures")
}

fn find(way: &str) -> Way {
    let found = Way::ALL.into_iter().find(|known| known.key() == way);
    found.unwrap_or_else(|| panic!("there is no way `{way}`"))
}

#[sync_wrapper]
async fn one() -> u64 {
    black_box(1)
}

fn ready() {
    black_box(one_sync());
}

/// Prints how often the calling thread waited, and all others.
fn lone(call: impl Fn(), calls: &str) -> io::Result<()> {
    let calls: u32 = calls.parse().map_err(io::Error::other)?;
    call();
    let before = switches();
    for _ in 0..calls {
        call();
    }
    let (mut caller, mut others) = (0.0, 0.0);
    for (thread, count) in switches() {
        let more = count - before.get(&thread).unwrap_or(&0.0);
        if thread.0 == process::id() {
            caller += more;
        } else {
            others += more;
        }
    }
    println!("{caller} {others}");
    Ok(())
}

/// Prints what this process needs after a call, and with so many threads blocked in one each: memory, threads, memory, threads.
fn crowd(way: Way, callers: &str, address: &str) -> io::Result<()> {
    let address: SocketAddr = address.parse().map_err(io::Error::other)?;
    let callers: usize = callers.parse().map_err(io::Error::other)?;
    let base = (resident(), threads());
    let here = || (resident() - base.0, threads() - base.1);
    let get = way.open();
    get(&format!("http://{address}/"));
    // Until what the call left behind has come to rest.
    thread::sleep(Duration::from_millis(100));
    let rest = here();

    for _ in 0..callers {
        let get = Arc::clone(&get);
        thread::spawn(move || get(&format!("http://{address}{}", backend::HOLD)));
    }
    while held(address)? < callers {
        thread::sleep(Duration::from_millis(20));
    }
    let blocked = here();
    println!("{} {} {} {}", rest.0, rest.1, blocked.0, blocked.1);
    // Nothing answers those calls.
    process::exit(0);
}

/// Prints how many calls so many callers make in a second, and how much processor time this process has for one, in seconds.
/// `clients` is `shared` or `own`, `place` is `pinned` or `cores`.
fn rate(
    way: Way,
    callers: &str,
    count: &str,
    clients: &str,
    place: &str,
    time: &str,
) -> io::Result<()> {
    let known = Callers::ALL.into_iter().find(|kind| kind.key() == callers);
    let callers = known.unwrap_or_else(|| panic!("there are no callers `{callers}`"));
    let count: usize = count.parse().map_err(io::Error::other)?;
    let time = Duration::from_millis(time.parse().map_err(io::Error::other)?);
    if place == "pinned" {
        pin();
    }
    let backend = Backend::start()?;
    let url = backend.url("/");
    let shared = (clients == "shared").then(|| way.open());
    let regulars = Regulars::start(callers, count, move || {
        let (get, url) = (shared.clone().unwrap_or_else(|| way.open()), url.clone());
        move || get(&url)
    });
    print_rate(&regulars, time);
    drop(backend);
    // The callers wait for another turn.
    process::exit(0);
}

fn print_rate(regulars: &Regulars, time: Duration) {
    // Twice as long as it is measured: until 128 tasks have all their threads and connections takes that.
    regulars.run(2 * time);
    let before = processor_time();
    let (calls, time) = regulars.run(time);
    let used = processor_time() - before;
    println!("{} {}", calls / time.as_secs_f64(), used / calls);
}

/// Prints the same of queries. `place` is `pinned` or `cores`.
fn connections(way: &str, count: &str, place: &str, config: &str, time: &str) -> io::Result<()> {
    let count: usize = count.parse().map_err(io::Error::other)?;
    let time = Duration::from_millis(time.parse().map_err(io::Error::other)?);
    if place == "pinned" {
        pin();
    }
    let regulars = cases::connections::start(way, count, config.to_owned());
    print_rate(&regulars, time);
    process::exit(0);
}

/// Prints how many KiB such clients need.
fn clients(kind: &str, side: &str, count: &str, server: &str) -> io::Result<()> {
    let count = count.parse().map_err(io::Error::other)?;
    cases::clients::many(kind, side, count, server, resident);
    Ok(())
}

/// How many requests the backend holds.
fn held(address: SocketAddr) -> io::Result<usize> {
    let mut socket = TcpStream::connect(address)?;
    write!(socket, "GET {} HTTP/1.1\r\n\r\n", backend::HELD)?;
    let mut buffer = [0; 1024];
    let length = socket.read(&mut buffer)?;
    let answer = str::from_utf8(&buffer[..length]).map_err(io::Error::other)?;
    let (_, held) = answer.rsplit_once('\n').unwrap_or_default();
    held.parse().map_err(io::Error::other)
}
