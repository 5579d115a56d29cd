//! The process's main thread, which no test of the usual harness runs on, and its end.

mod store;

use std::cell::RefCell;
use std::mem::forget;
use std::panic::{catch_unwind, resume_unwind};
use std::process::abort;
use store::every_kind;
use sync_twin::Context;
use sync_twin_tests::harness::call::{Call, CallOnDrop};
use sync_twin_tests::harness::deadline::watch;

fn main() {
    // Cargo passes what it would pass to the usual harness.
    if std::env::args().any(|argument| argument == "--list") {
        println!("main_thread: test");
        return;
    }
    call_every_kind(Context::Outside);
    at_the_root();
    in_a_current_thread_runtime();
    call_at_exit();
    println!("main_thread: ok");
}

#[tokio::main]
async fn at_the_root() {
    call_every_kind(Context::Beside);
}

#[tokio::main(flavor = "current_thread")]
async fn in_a_current_thread_runtime() {
    call_every_kind(Context::Driver);
}

fn call_every_kind(expected: Context) {
    assert_eq!(Context::current(), expected);
    for kind in every_kind() {
        let name = format!("main thread, {expected} × {}", kind.name);
        let _watch = watch(&name);
        if let Err(panic) = catch_unwind(kind.call) {
            eprintln!("the panic above is in: {name}");
            resume_unwind(panic);
        }
    }
}

thread_local! {
    static LAST_WISH: RefCell<Vec<CallOnDrop>> = const { RefCell::new(Vec::new()) };
}

/// By now the thread has used tokio, whose thread-locals are therefore destroyed after this one's.
fn call_at_exit() {
    let calls = every_kind().map(|kind| {
        let name = kind.name;
        let call = kind.call;
        CallOnDrop(Call::new(move || {
            // Nobody is left who could look at the outcome.
            if catch_unwind(call).is_err() {
                eprintln!("the panic above is in: exit of the main thread × {name}");
                abort();
            }
        }))
    });
    LAST_WISH.with_borrow_mut(|wish| wish.extend(calls));
    // Watches until the process has ended.
    forget(watch("exit of the main thread"));
}
