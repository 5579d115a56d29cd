//! Counts the system calls of this program's other processes, with a tool that has to be there.

use crate::role;
use std::process::{Command, Stdio};
use std::{env, fs, process};

const HELP: &str = "\
no `perf` that may count system calls, and no `strace`; any one of these helps:
  apt-get install linux-perf      # and, unless you are root: sysctl kernel.perf_event_paranoid=-1
  apt-get install strace          # slows everything down, so that background work weighs more";

#[derive(Clone, Copy)]
pub(crate) enum Counter {
    Perf,
    Strace,
}

impl Counter {
    /// # Errors
    ///
    /// Why there is none, and how to get one.
    pub(crate) fn find() -> Result<Self, String> {
        [Counter::Perf, Counter::Strace]
            .into_iter()
            .find(|counter| counter.total(&Command::new("true")).is_some())
            .ok_or_else(|| HELP.to_owned())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Counter::Perf => "`perf stat`",
            Counter::Strace => "`strace -c`",
        }
    }

    /// How many system calls a call makes in a process that plays that part. It is told last how many calls to make, and
    /// this is the difference that more of them make: its start and its end take system calls too.
    pub(crate) fn count(self, part: &[&str], calls: u32) -> f64 {
        let [few, many] = [calls / 10, calls + calls / 10].map(|calls| {
            let mut program = role::command();
            program.args(part).arg(calls.to_string());
            self.total(&program).expect("it worked a moment ago")
        });
        (many - few) / f64::from(calls)
    }

    /// All that a process and its threads make.
    fn total(self, program: &Command) -> Option<f64> {
        let file = env::temp_dir().join(format!("sync-twin-peers-{}.calls", process::id()));
        let mut tool = match self {
            Counter::Perf => {
                let mut perf = Command::new("perf");
                perf.args(["stat", "-x", ",", "-e", "raw_syscalls:sys_enter", "-o"]);
                perf
            }
            Counter::Strace => {
                let mut strace = Command::new("strace");
                strace.args(["-f", "-c", "-o"]);
                strace
            }
        };
        tool.arg(&file)
            .arg(program.get_program())
            .args(program.get_args())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = tool.status();
        let report = fs::read_to_string(&file);
        fs::remove_file(&file).ok();
        let (report, line) = (report.ok()?, |line: &&str| match self {
            Counter::Perf => line.contains("raw_syscalls:sys_enter"),
            Counter::Strace => line.trim_end().ends_with("total"),
        });
        if !status.ok()?.success() {
            return None;
        }
        let line = report.lines().find(line)?;
        match self {
            Counter::Perf => line.split(',').next()?.parse().ok(),
            Counter::Strace => line.split_whitespace().nth(3)?.parse().ok(),
        }
    }
}
