//! Where and with what a run was made.

use crate::measure::Pace;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// The crates whose versions matter.
const CRATES: [&str; 8] = [
    "tokio",
    "reqwest",
    "hyper",
    "ureq",
    "postgres",
    "tokio-postgres",
    "actix-web",
    "futures-executor",
];

pub(crate) fn find(pace: Pace) -> Vec<(String, String)> {
    let cores = available_parallelism().map_or(0, usize::from);
    let system = read_field("/etc/os-release", "PRETTY_NAME=");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let versions = CRATES.map(|name| format!("{name} {}", version(name)));
    [
        ("date", output("date", &["-u", "+%F"])),
        (
            "processor",
            format!(
                "{}, {cores} cores",
                read_field("/proc/cpuinfo", "model name")
            ),
        ),
        ("system", format!("{system}, Linux {}", kernel.trim())),
        ("load", load()),
        ("compiler", output("rustc", &["--version"])),
        ("crates", versions.join(", ")),
        (
            "rounds",
            format!(
                "{}, turns of {} ms and more",
                pace.rounds,
                pace.turn.as_millis()
            ),
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// What else kept the machine busy when the run began.
fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let minute = averages.split(' ').next().unwrap_or_default();
    format!("{minute} threads on average in the minute before")
}

/// What follows the name in the first line of a file that starts with it.
fn read_field(path: &str, name: &str) -> String {
    let file = fs::read_to_string(path).unwrap_or_default();
    let value = file.lines().find_map(|line| line.strip_prefix(name));
    let value = value.unwrap_or("unknown");
    value
        .trim_matches(|c: char| c == '"' || c == ':' || c.is_whitespace())
        .to_owned()
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// As the lock file has it.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../../../Cargo.lock");
    let package = format!("name = \"{name}\"\nversion = \"");
    lock.split_once(&package)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("unknown", |(version, _)| version)
}
