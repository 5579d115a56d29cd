//! A report cannot hurt the call that it is about, whatever has become of standard error, a subscriber or a panic hook.

#![cfg(unix)]

mod deadline;

use deadline::{test_name, watch};
use std::env;
use std::io::{Read as _, Write as _};
use std::panic;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use sync_twin::{block_on, sync_wrapper};
use tokio::time::sleep;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Set in the child; its value is the test that it runs.
const CHILD: &str = "SYNC_TWIN_REPORTED";

/// So much is on standard output when the call has returned what it should.
const RESULT: &str = "the result is 42";

#[sync_wrapper]
async fn answer() -> u32 {
    // More than the threshold of the child.
    sleep(Duration::from_millis(1000)).await;
    42
}

/// A call that is reported, on each kind of thread.
fn call() {
    assert_eq!(answer_sync(), 42);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    println!(
        "the result is {}",
        runtime.block_on(async { answer_sync() })
    );
}

fn is_child(test: &str) -> bool {
    env::var_os(CHILD).is_some_and(|child| child == *test)
}

fn child(test: &str) -> Command {
    let mut child = Command::new(env::current_exe().expect("the test knows its binary"));
    child
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, test)
        .env("SYNC_TWIN_STALL", "200")
        .stdout(Stdio::piped());
    child
}

/// Runs `child` to its end, which has to be a good one.
fn run(mut child: Command) -> (String, String) {
    let output = child.output().expect("the test can run itself");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{}\n{printed}\n{said}",
        output.status
    );
    assert!(printed.contains(RESULT), "{printed}\n{said}");
    (printed, said)
}

#[test]
fn standard_error_that_is_closed() {
    let _watch = watch(&test_name());
    let name = "standard_error_that_is_closed";
    if is_child(name) {
        return call();
    }
    let binary = env::current_exe().expect("the test knows its binary");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "exec \"$@\" 2>&-", "sh"])
        .arg(binary)
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(CHILD, name)
        .env("SYNC_TWIN_STALL", "200");
    run(shell);
}

#[test]
fn standard_error_that_nobody_reads_any_more() {
    let _watch = watch(&test_name());
    let name = "standard_error_that_nobody_reads_any_more";
    if is_child(name) {
        return call();
    }
    let mut process = child(name)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(process.stderr.take());
    let mut printed = String::new();
    let mut output = process.stdout.take().expect("it is piped");
    output.read_to_string(&mut printed).expect("it is text");
    assert!(process.wait().expect("it ends").success(), "{printed}");
    assert!(printed.contains(RESULT), "{printed}");
}

/// The child fills the pipe first, so that whoever writes to it waits for ever.
#[test]
fn standard_error_that_is_full() {
    let _watch = watch(&test_name());
    let name = "standard_error_that_is_full";
    if is_child(name) {
        thread::spawn(|| {
            let mut errors = std::io::stderr().lock();
            loop {
                errors.write_all(&[b'x'; 4096]).expect("it is open");
            }
        });
        thread::sleep(Duration::from_millis(200));
        return call();
    }
    let mut process = child(name)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut printed = String::new();
    let mut output = process.stdout.take().expect("it is piped");
    output.read_to_string(&mut printed).expect("it is text");
    // It has ended its calls with the pipe full; the runner's own last words may need it.
    drop(process.stderr.take());
    process.wait().expect("it ends");
    assert!(printed.contains(RESULT), "{printed}");
}

/// What a subscriber has heard, as `name=value`.
static HEARD: Mutex<Vec<Vec<String>>> = Mutex::new(Vec::new());

struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push(format!("{field}={value:?}"));
    }
}

/// A subscriber that calls twins, in place and isolated, and then does what the test wants.
struct Calling {
    then: fn(),
    heard: Mutex<Sender<()>>,
}

impl<S: Subscriber> Layer<S> for Calling {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().target() != "sync_twin" {
            return;
        }
        assert_eq!(*event.metadata().level(), Level::WARN);
        assert_eq!(block_on(async { 1 }), 1);
        // Long enough to be reported in its turn.
        assert_eq!(answer_sync(), 42);
        let mut fields = Fields(Vec::new());
        event.record(&mut fields);
        HEARD.lock().expect("nobody panics with it").push(fields.0);
        let _ = self.heard.lock().expect("nobody panics with it").send(());
        (self.then)();
    }
}

fn listen(then: fn()) -> Receiver<()> {
    let (heard, is_heard) = channel();
    let calling = Calling {
        then,
        heard: Mutex::new(heard),
    };
    let registry = tracing_subscriber::registry().with(calling);
    tracing::subscriber::set_global_default(registry).expect("it is the first");
    is_heard
}

#[test]
fn a_subscriber_that_calls_twins() {
    let _watch = watch(&test_name());
    let name = "a_subscriber_that_calls_twins";
    if is_child(name) {
        let is_heard = listen(|| {});
        call();
        is_heard.recv().expect("it hears of the call");
        let heard = HEARD
            .lock()
            .expect("nobody panics with it")
            .remove(0)
            .join("\n");
        for field in [
            "message=the blocking call at runtime/tests/reports.rs:",
            "location=\"runtime/tests/reports.rs:",
            "thread=\"`a_subscriber_that_calls_twins`\"",
            "context=\"outside any runtime\"",
            "waited_ms=",
            "reason=\"it waits for something",
            "to_do=\"",
            "others=\"\"",
        ] {
            assert!(heard.contains(field), "{field} is not in\n{heard}");
        }
        return;
    }
    let (_, said) = run({
        let mut child = child(name);
        child.stderr(Stdio::piped());
        child
    });
    assert!(
        !said.contains("sync-twin: the blocking call"),
        "it is an event:\n{said}"
    );
}

/// Then the report is a line, and so is the next one.
#[test]
fn a_subscriber_that_panics() {
    let _watch = watch(&test_name());
    let name = "a_subscriber_that_panics";
    if is_child(name) {
        let is_heard = listen(|| panic!("a subscriber's own"));
        // This one calls twins, too.
        panic::set_hook(Box::new(|_| assert_eq!(block_on(async { 7 }), 7)));
        call();
        is_heard.recv().expect("it hears of the call");
        is_heard.recv().expect("it hears of the next one");
        thread::sleep(Duration::from_millis(500));
        return;
    }
    let (_, said) = run({
        let mut child = child(name);
        child.stderr(Stdio::piped());
        child
    });
    assert!(said.contains("sync-twin: the blocking call at"), "{said}");
}

/// The feature is on, but nobody listens: a line.
#[test]
fn no_subscriber() {
    let _watch = watch(&test_name());
    let name = "no_subscriber";
    if is_child(name) {
        return call();
    }
    let (_, said) = run({
        let mut child = child(name);
        child.stderr(Stdio::piped());
        child
    });
    // One for each context.
    assert_eq!(
        said.matches("sync-twin: the blocking call at").count(),
        2,
        "{said}"
    );
}
