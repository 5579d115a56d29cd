//! A process that stalls, and what it is told.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Set in the child; its value is the test that it runs.
const CHILD: &str = "SYNC_TWIN_STALLED";

/// After how many milliseconds a call is reported there.
const THRESHOLD: &str = "400";

/// Far above what any report takes on a loaded machine: it only means "silent".
const DEADLINE: Duration = Duration::from_secs(60);

/// For what comes after what is expected, and should not.
const MOMENT: Duration = Duration::from_secs(2);

/// Runs `stall` in a process of its own, and ends that when it has said all of `words`, in any order.
///
/// `test` is the path of the calling test in this target. White space in what it says counts as one blank, since a report is
/// wrapped. Returns what it has said by then.
#[track_caller]
pub(crate) fn is_told(test: &str, words: &[&str], stall: impl FnOnce()) -> String {
    let said = listen(
        test,
        THRESHOLD,
        |said| words.iter().all(|word| said.contains(word)),
        stall,
    );
    for word in words {
        assert!(
            said.contains(word),
            "{test}: nothing about {word:?} in\n{said}"
        );
    }
    said
}

/// Runs `code` in a process of its own, whose `SYNC_TWIN_STALL` is `setting`, and returns what it says until it ends.
#[track_caller]
pub(crate) fn says(test: &str, setting: &str, code: impl FnOnce()) -> String {
    listen(test, setting, |_| false, code)
}

#[track_caller]
fn listen(
    test: &str,
    setting: &str,
    is_enough: impl Fn(&str) -> bool,
    code: impl FnOnce(),
) -> String {
    if env::var_os(CHILD).is_some_and(|child| child == *test) {
        code();
        return String::new();
    }
    let mut child = Command::new(env::current_exe().expect("the test knows its binary"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, test)
        .env("SYNC_TWIN_STALL", setting)
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the test can run itself");
    let errors = child.stderr.take().expect("it is piped");
    let (line, lines) = channel();
    let reader = thread::spawn(move || {
        for text in BufReader::new(errors).lines().map_while(Result::ok) {
            // Nobody listens any more when enough has been said.
            let _ = line.send(text);
        }
    });
    let mut until = Instant::now() + DEADLINE;
    let mut text = String::new();
    let mut said = String::new();
    let mut has_enough = false;
    let has_ended = loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                text += &line;
                text.push('\n');
                said = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !has_enough && is_enough(&said) {
                    has_enough = true;
                    until = Instant::now() + MOMENT;
                }
            }
            Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => break has_enough,
        }
    };
    child.kill().expect("it is a child of ours");
    child.wait().expect("it is a child of ours");
    reader.join().expect("it does not panic");
    // For whoever reads the reports.
    println!("{text}");
    assert!(has_ended, "{test} is silent: {said}");
    said
}

/// What a report begins with that is about the call in the next line that has `mark` in it.
#[macro_export]
macro_rules! call_at {
    ($mark:literal) => {
        $crate::told::next_call(file!(), line!(), $mark)
    };
}

pub(crate) fn next_call(file: &str, from: u32, mark: &str) -> String {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(workspace.join(file)).expect("it is this test");
    let mut lines = (1..).zip(text.lines()).skip(from as usize);
    let found = lines.find(|(_, line)| line.trim_end().ends_with(mark));
    let (line, _) = found.expect("the call is marked");
    format!("the blocking call at {file}:{line}:")
}
