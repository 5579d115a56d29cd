//! A situation in a process of its own, because it counts the process's threads or uses them up, takes place in the
//! first call of a process, or dies of what goes wrong.

use std::env;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Set in the child; its value is the test that it runs.
const CHILD: &str = "SYNC_TWIN_SITUATION";

/// Far above what any situation takes on a loaded machine: it only means "hangs".
const DEADLINE: Duration = Duration::from_secs(90);

/// Runs `body` in a process of its own. `test` is the path of the calling test in this target.
pub fn alone(test: &str, body: impl FnOnce()) {
    Child::new(test).run(body);
}

/// How the process differs from this one.
pub struct Child<'a> {
    test: &'a str,
    limits: &'a str,
    variables: Vec<(&'a str, &'a str)>,
    errors: Errors<'a>,
}

/// Where the process's standard error goes.
#[derive(Clone, Copy)]
enum Errors<'a> {
    Collected,
    Unread,
    File(&'a str),
}

impl<'a> Child<'a> {
    /// That runs `test`, the path of the calling test in this target.
    pub fn new(test: &'a str) -> Self {
        Child {
            test,
            limits: "",
            variables: Vec::new(),
            errors: Errors::Collected,
        }
    }

    /// With the `limits` that the shell's `ulimit` understands.
    pub fn limited(mut self, limits: &'a str) -> Self {
        self.limits = limits;
        self
    }

    /// With a variable of the environment.
    pub fn with(mut self, variable: &'a str, value: &'a str) -> Self {
        self.variables.push((variable, value));
        self
    }

    /// Nobody reads what it writes to standard error, until it has ended.
    pub fn unread(mut self) -> Self {
        self.errors = Errors::Unread;
        self
    }

    /// Standard error is this file.
    pub fn with_errors_to(mut self, path: &'a str) -> Self {
        self.errors = Errors::File(path);
        self
    }

    /// Fails as `body` does in there, also if that is by a signal, and if it does not end.
    pub fn run(self, body: impl FnOnce()) {
        self.run_and_listen(body);
    }

    /// The same, and returns what it has said; in there, nothing.
    pub fn run_and_listen(self, body: impl FnOnce()) -> Option<String> {
        if self.is_here() {
            body();
            return None;
        }
        let (status, said) = self.end();
        assert!(status.success(), "{}: {status}\n{said}", self.test);
        // Else the name is wrong, and nothing has been tested.
        assert!(said.contains("1 passed"), "{}: {said}", self.test);
        Some(said)
    }

    /// Fails only if it does not say `words`, or does not end; it may well panic or abort.
    pub fn ends_with(self, words: &str, body: impl FnOnce()) {
        if self.is_here() {
            return body();
        }
        let (_, said) = self.end();
        assert!(said.contains(words), "{}: {said}", self.test);
    }

    /// How the process has ended, and what it has printed.
    fn end(&self) -> (ExitStatus, String) {
        let mut process = self.start();
        let printed = collect(process.stdout.take().expect("it is piped"));
        let mut errors = process.stderr.take();
        let early = match self.errors {
            Errors::Collected => errors.take().map(collect),
            Errors::Unread | Errors::File(_) => None,
        };
        let status = wait(&mut process);
        if status.is_none() {
            process.kill().expect("it is a child of ours");
            process.wait().expect("it is a child of ours");
        }
        let mut said = printed.join().expect("reading does not panic");
        if let Some(errors) = early.or(errors.map(collect)) {
            said += &errors.join().expect("reading does not panic");
        }
        match status {
            Some(status) => (status, said),
            None => panic!("HANG: {}\n{said}", self.test),
        }
    }

    /// Succeeds as soon as a report of sync-twin's says `words`; how `body` goes on does not matter.
    pub fn reports(self, words: &str, body: impl FnOnce()) {
        let is_report = |line: &str| line.starts_with("sync-twin:") && line.contains(words);
        self.says_what(|said| said.lines().any(is_report), body);
    }

    /// Succeeds as soon as `is_said` finds what it looks for in all that the process has said on standard error.
    pub fn says_what(self, is_said: impl Fn(&str) -> bool, body: impl FnOnce()) {
        if self.is_here() {
            return body();
        }
        let mut process = self.start();
        let lines = lines(process.stderr.take().expect("it is piped"));
        let mut said = String::new();
        let end = Instant::now() + DEADLINE;
        let found = loop {
            match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    said.push_str(&line);
                    said.push('\n');
                    if is_said(&said) {
                        break Ok(());
                    }
                }
                Err(error) => break Err(error),
            }
        };
        process.kill().expect("it is a child of ours");
        process.wait().expect("it is a child of ours");
        match found {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => panic!("{} is silent:\n{said}", self.test),
            Err(RecvTimeoutError::Disconnected) => panic!("{} has ended:\n{said}", self.test),
        }
    }

    fn is_here(&self) -> bool {
        env::var(CHILD).is_ok_and(|test| test == self.test)
    }

    fn start(&self) -> std::process::Child {
        let this = env::current_exe().expect("the test knows its binary");
        let mut command = if self.limits.is_empty() {
            Command::new(this)
        } else {
            let mut shell = Command::new("sh");
            let script = format!("ulimit {} && exec \"$0\" \"$@\"", self.limits);
            shell.arg("-c").arg(script).arg(this);
            shell
        };
        command
            .args(["--exact", self.test, "--nocapture", "--test-threads=1"])
            .env(CHILD, self.test)
            .env_remove("RUST_BACKTRACE")
            .envs(self.variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(match self.errors {
                Errors::Collected | Errors::Unread => Stdio::piped(),
                Errors::File(path) => File::create(path).expect("it can be written").into(),
            })
            .spawn()
            .expect("a process can be started")
    }
}

fn wait(process: &mut std::process::Child) -> Option<ExitStatus> {
    let end = Instant::now() + DEADLINE;
    loop {
        let status = process.try_wait().expect("it is a child of ours");
        if status.is_some() || Instant::now() > end {
            return status;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("the pipe is ours");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            // Nobody listens any more once the words have been said.
            let _ = sender.send(line.unwrap_or_default());
        }
    });
    receiver
}
