//! Async fns that call twins, their own among them: rustc looks into them to know whether their futures are `Send`, and must come
//! out again.

use std::iter;
use std::rc::Rc;
use std::thread::{self, ThreadId};
use sync_twin::{sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::task::yield_now;

/// Its own twin.
#[sync_wrapper]
async fn count_down(n: u32) -> u32 {
    yield_now().await;
    match n {
        0 => 0,
        _ => {
            1 + to_thread(move || count_down_sync(n - 1))
                .serve_local()
                .await
        }
    }
}

/// Each the other's.
#[sync_wrapper]
async fn is_even(n: u32) -> bool {
    n == 0 || to_thread(move || is_odd_sync(n - 1)).await
}

#[sync_wrapper]
async fn is_odd(n: u32) -> bool {
    n != 0 && to_thread(move || is_even_sync(n - 1)).await
}

/// Its own future, in a box.
#[sync_wrapper]
async fn depth(n: u32) -> u32 {
    match n {
        0 => 0,
        _ => 1 + Box::pin(depth(n - 1)).await,
    }
}

/// A twin whose type is opaque, called by the async fn.
#[sync_wrapper]
async fn numbers(n: u32) -> impl Iterator<Item = u32> + Send + use<> {
    yield_now().await;
    let below: Vec<u32> = match n {
        0 => Vec::new(),
        _ => to_thread(move || numbers_of(n - 1)).await,
    };
    below.into_iter().chain(iter::once(n))
}

fn numbers_of(n: u32) -> Vec<u32> {
    numbers_sync(n).collect()
}

trait Source {
    fn get(&self) -> impl Future<Output = ThreadId> + Send;
}

struct Sends;

impl Source for Sends {
    async fn get(&self) -> ThreadId {
        yield_now().await;
        thread::current().id()
    }
}

/// With and without a bound: only the bound tells that the future is `Send`.
#[sync_wrapper]
async fn bounded<T: Source + Sync>(source: &T) -> ThreadId {
    source.get().await
}

struct Holder;

#[sync_wrapper]
impl Holder {
    async fn own(&self) -> ThreadId {
        yield_now().await;
        thread::current().id()
    }

    async fn local(&self) -> ThreadId {
        let stays = Rc::new(());
        yield_now().await;
        drop(stays);
        thread::current().id()
    }

    async fn both(&self) -> [ThreadId; 2] {
        [self.own_sync(), self.local_sync()]
    }
}

#[async_trait::async_trait]
#[sync_wrapper]
trait Dynamic: Sync {
    async fn find(&self) -> ThreadId;
}

#[async_trait::async_trait]
impl Dynamic for Sends {
    async fn find(&self) -> ThreadId {
        yield_now().await;
        thread::current().id()
    }
}

#[test]
fn it_compiles_and_ends() {
    within_deadline("recursion", || {
        let here = thread::current().id();
        let code = move || {
            assert_eq!(count_down_sync(4), 4);
            assert!(is_even_sync(4) && !is_odd_sync(4));
            assert_eq!(depth_sync(4), 4);
            assert_eq!(numbers_of(3), [0, 1, 2, 3]);
            assert_eq!(bounded_sync(&Sends), here);
            assert_eq!(Holder.own_sync(), here);
            assert_ne!(Holder.local_sync(), here);
            // Called in the task, these are isolated.
            assert!(!Holder.both_sync().contains(&here));
            assert_eq!(Dynamic::find_sync(&Sends), here);
            let dynamic: &dyn Dynamic = &Sends;
            assert_eq!(dynamic.find_sync(), here);
        };
        current_thread().block_on(to_thread(code).serve());
    });
}
