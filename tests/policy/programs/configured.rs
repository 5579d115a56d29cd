//! A program that sets up sync-twin at the beginning of `main`, and shows what has come of it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;
use sync_twin::{Builder, Flavor, Policy, ThreadKind, sync_wrapper};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

static BEGUN: AtomicUsize = AtomicUsize::new(0);
static IN_ASYNC: AtomicUsize = AtomicUsize::new(0);

#[sync_wrapper]
async fn describe() -> String {
    let here = Handle::current();
    let name = spawn_blocking(|| thread::current().name().map(str::to_owned)).await;
    format!(
        "{:?} runtime, {} workers, thread {}",
        here.runtime_flavor(),
        here.metrics().num_workers(),
        name.ok().flatten().unwrap_or_default()
    )
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    Builder::new()
        .thread_name("billing")
        .flavor(Flavor::MultiThread)
        .worker_threads(3)
        .max_blocking_threads(64)
        .stack_size(ThreadKind::Crew, 1 << 20)
        .stall_after(Duration::from_secs(5))
        .on_worker(Policy::Allow)
        .on_thread_start(|_| _ = BEGUN.fetch_add(1, Relaxed))
        .on_blocking_in_async(|_| _ = IN_ASYNC.fetch_add(1, Relaxed))
        .install()?;

    println!("{}", describe_sync());
    println!("hooks have run: {}", BEGUN.load(Relaxed) > 0);

    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        describe_sync();
    });
    println!("calls in async code: {}", IN_ASYNC.load(Relaxed));

    match Builder::new().install() {
        Ok(()) => unreachable!("there is one for a process"),
        Err(error) => println!("once more: {error}"),
    }
    Ok(())
}
