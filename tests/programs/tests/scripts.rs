//! A scripting host, rhai, whose fns are twins: scripts are sync, and so are the fns that they call.

use rhai::{Engine, EvalAltResult, Scope};
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests_programs::deadline::{test_name, watch};
use tokio::runtime::Builder;

#[sync_wrapper(timeout = Duration::from_secs(60))]
async fn fetch(key: i64) -> i64 {
    tokio::time::sleep(Duration::from_millis(1)).await;
    key * 2
}

#[sync_wrapper(timeout = Duration::from_millis(5))]
async fn never() {
    std::future::pending().await
}

type Failed = Box<EvalAltResult>;

fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.register_fn("fetch", |key: i64| -> Result<i64, Failed> {
        fetch_sync(key).map_err(|late| late.to_string().into())
    });
    engine.register_fn("never", || -> Result<(), Failed> {
        never_sync().map_err(|late| late.to_string().into())
    });
    engine
}

fn run() {
    let script = r#"
        let sum = 0;
        for key in 0..10 { sum += fetch(key); }
        let failed = "";
        try { never(); } catch (error) { failed = `${error}`; }
        if !failed.contains("did not complete") { throw failed; }
        sum
    "#;
    let sum = engine().eval_with_scope::<i64>(&mut Scope::new(), script);
    assert_eq!(sum.unwrap(), 90);
}

#[test]
fn on_threads() {
    let _watch = watch(&test_name());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(run);
        }
    });
}

#[test]
fn inside_a_task_and_inside_a_current_thread_runtime() {
    let _watch = watch(&test_name());
    let workers = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    workers.block_on(async { tokio::spawn(async { run() }).await.unwrap() });
    let current_thread = Builder::new_current_thread().build().unwrap();
    current_thread.block_on(async { run() });
}
