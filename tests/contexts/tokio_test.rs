//! `#[tokio::test]` itself, on whose thread the calls have to be made.

use crate::store::every_kind;
use sync_twin::Context;
use sync_twin_tests::harness::deadline::watch;

fn call_every_kind(expected: Context) {
    assert_eq!(Context::current(), expected);
    for kind in every_kind() {
        let name = format!("#[tokio::test], {expected} × {}", kind.name);
        // Shown when the call panics.
        eprintln!("checking {name}");
        let _watch = watch(&name);
        (kind.call)();
    }
}

#[tokio::test]
async fn current_thread() {
    call_every_kind(Context::Driver);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn multi_thread() {
    call_every_kind(Context::Beside);
    tokio::spawn(async { call_every_kind(Context::Worker) })
        .await
        .unwrap();
}
