//! When a runtime cannot be started, the call says so, names its own place, and the next call tries again.

#![cfg(unix)]

mod deadline;

use deadline::{test_name, watch};
use std::fs::File;
use std::panic::catch_unwind;
use std::process::Command;
use std::sync::mpsc;
use std::{env, iter};
use sync_twin::{spawn, sync_wrapper, to_thread};

/// Set in the child process in which file descriptors run out.
const CHILD: &str = "SYNC_TWIN_FEW_DESCRIPTORS";

#[sync_wrapper]
async fn answer() -> u32 {
    tokio::task::yield_now().await;
    42
}

#[sync_wrapper(isolation = "always")]
async fn isolated_answer() -> u32 {
    tokio::task::yield_now().await;
    42
}

/// Runs `test` of this file in a process of its own that may open few files.
fn in_child(test: &str, body: fn()) {
    if env::var_os(CHILD).is_some() {
        return body();
    }
    let this = env::current_exe().expect("the test knows its binary");
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -n 40 && exec \"$0\" --exact \"$1\" --nocapture",
        ])
        .arg(this)
        .arg(test)
        .env(CHILD, "1")
        .output()
        .expect("there is a shell");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Opens files until no more can be.
fn use_up_descriptors() -> Vec<File> {
    iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

/// What `call` panics with: the message, and the line of this file that it names.
fn panic_of(call: fn() -> u32) -> (String, u32) {
    let (sender, receiver) = mpsc::channel();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().expect("panics have a location");
        assert!(place.file().ends_with("start_failure.rs"), "{place}");
        let message = info.payload().downcast_ref::<String>().cloned();
        let _ = sender.send((message.unwrap_or_default(), place.line()));
    }));
    let outcome = catch_unwind(call);
    std::panic::set_hook(hook);
    assert!(outcome.is_err(), "the call found a descriptor after all");
    receiver.recv().expect("the hook has run")
}

#[test]
fn home() {
    let _watch = watch(&test_name());
    in_child("home", || {
        let files = use_up_descriptors();
        assert!(sync_twin::start().is_err());
        let (message, line) = panic_of(|| answer_sync()); // the line that is named
        assert!(message.contains("could not start"), "{message}");
        assert!(message.contains("Too many open files"), "{message}");
        assert_eq!(line, line!() - 3);
        drop(files);
        assert_eq!(answer_sync(), 42);
        sync_twin::start().expect("it runs already");
    });
}

#[test]
fn isolation() {
    let _watch = watch(&test_name());
    in_child("isolation", || {
        let files = use_up_descriptors();
        let (message, line) = panic_of(|| isolated_answer_sync()); // the line that is named
        assert!(message.contains("could not start"), "{message}");
        assert_eq!(line, line!() - 2);
        drop(files);
        assert_eq!(isolated_answer_sync(), 42);
    });
}

#[test]
fn background() {
    let _watch = watch(&test_name());
    in_child("background", || {
        let files = use_up_descriptors();
        let (message, line) = panic_of(|| spawn(answer()).join()); // the line that is named
        assert!(message.contains("could not start"), "{message}");
        assert_eq!(line, line!() - 2);
        drop(files);
        assert_eq!(spawn(answer()).join(), 42);
        assert_eq!(sync_twin::block_on(to_thread(answer_sync)), 42);
    });
}
