//! The two clients beside those that are written by hand: the same code over both, and a table of what happens.
//!
//! Each situation has a process of its own, since some of them end it.

mod http;
mod postgres;

use crate::readme;
use std::fmt::Write as _;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

/// Set in a process that has a situation, to its number and the client.
const SITUATION: &str = "SYNC_TWIN_SITUATION";

/// Where that process finds the server.
const SERVER: &str = "SYNC_TWIN_SERVER";

/// Above what any situation takes on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// So many at once: most of them wait.
const AT_ONCE: usize = 4;

/// What comes ahead of the outcome in what such a process prints.
const OUTCOME: &str = "outcome: ";

/// A situation's name, and what happens in it: it is given the server.
type Situation = (&'static str, fn(&str) -> String);

struct Sides {
    /// The test that has them, and the table.
    test: &'static str,
    by_hand: Vec<Situation>,
    twin: Vec<Situation>,
}

impl Sides {
    /// Compares the table with what happens. In a process for a situation, this is where it happens.
    fn compare(&self, table: &str, names: [&str; 2], server: Option<&str>) {
        if let (Ok(situation), Ok(server)) = (env::var(SITUATION), env::var(SERVER)) {
            let (side, number) = situation.split_once(' ').expect("a side and a number");
            let side = if side == "twin" {
                &self.twin
            } else {
                &self.by_hand
            };
            let (_, happen) = side[number.parse::<usize>().expect("a number")];
            return print(happen, &server);
        }
        let Some(server) = server else { return };
        let cases: Vec<_> = (0..self.twin.len())
            .flat_map(|number| [("by_hand", number), ("twin", number)])
            .collect();
        let next = AtomicUsize::new(0);
        let mut outcomes: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = (0..AT_ONCE)
                .map(|_| {
                    scope.spawn(|| {
                        let mut outcomes = Vec::new();
                        while let Some((side, number)) =
                            cases.get(next.fetch_add(1, Ordering::Relaxed))
                        {
                            let outcome = self.outcome(&format!("{side} {number}"), server);
                            outcomes.push((*number, *side, outcome));
                        }
                        outcomes
                    })
                })
                .collect();
            let joined = workers.into_iter().map(|worker| worker.join().unwrap());
            joined.flatten().collect()
        });
        outcomes.sort();
        let [by_hand, twin] = names;
        let mut text = format!("| | {by_hand} | {twin} |\n|---|---|---|\n");
        for (pair, (name, _)) in outcomes.chunks(2).zip(&self.twin) {
            let [(_, _, by_hand), (_, _, twin)] = pair else {
                unreachable!("there are two sides")
            };
            let twin = if by_hand == twin { "the same" } else { twin };
            writeln!(text, "| {name} | {by_hand} | {twin} |").unwrap();
        }
        readme::hold(table, &text);
    }

    /// Of a situation, in a process of its own.
    fn outcome(&self, situation: &str, server: &str) -> String {
        let this = env::current_exe().expect("the test knows its binary");
        let mut process = Command::new(this)
            .args(["--exact", self.test, "--nocapture", "--test-threads=1"])
            .env(SITUATION, situation)
            .env(SERVER, server)
            .env_remove("RUST_BACKTRACE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process can be started");
        if !ends(&mut process) {
            process.kill().expect("it is a child of ours");
            process.wait().expect("it is a child of ours");
            return "waits for ever".to_owned();
        }
        let mut printed = String::new();
        let mut output = process.stdout.take().expect("it is piped");
        output.read_to_string(&mut printed).expect("text");
        let outcome = printed.lines().find_map(|line| line.split_once(OUTCOME));
        outcome.map_or("the process aborts".to_owned(), |(_, outcome)| {
            outcome.replace('|', "\\|")
        })
    }
}

fn ends(process: &mut Child) -> bool {
    let end = Instant::now() + DEADLINE;
    while Instant::now() < end {
        if process.try_wait().expect("it is a child of ours").is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

fn print(happen: fn(&str) -> String, server: &str) {
    set_hook(Box::new(|_| {}));
    let outcome = ending(|| happen(server));
    let words: Vec<_> = outcome.split_whitespace().collect();
    println!("\n{OUTCOME}{}", words.join(" "));
}

/// What `code` returns, or the begin of what it panics with.
fn ending(code: impl FnOnce() -> String) -> String {
    catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|panic| {
        let text = match panic.downcast_ref::<String>() {
            Some(text) => text,
            None => *panic.downcast_ref::<&str>().unwrap_or(&"something else"),
        };
        let end = text.find(['.', '(', ':']).unwrap_or(text.len());
        format!("panics: {}", text[..end].trim_end())
    })
}

/// How many threads and descriptors this process has. None where nobody tells.
fn resources() -> [usize; 2] {
    ["task", "fd"].map(|kind| {
        let entries = fs::read_dir(format!("/proc/self/{kind}"));
        entries.map_or(0, Iterator::count)
    })
}

/// How many more there are for each of so many clients. What there is once for all of them is no matter.
fn for_each_of(clients: usize, before: [usize; 2], now: [usize; 2]) -> String {
    let more = |kind: usize| (now[kind] - before[kind] + clients / 2) / clients;
    format!("{} threads, {} descriptors", more(0), more(1))
}
