//! Sync code in async code in sync code, as asgiref's `sync_to_async` and `async_to_sync` have it: in the words of Rust, what its
//! own tests ask for.

use std::cell::Cell;
use std::sync::{Arc, Barrier, Mutex};
use std::thread::{self, ThreadId};
use sync_twin::{Context, OneThread, caller, carry, sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::task::yield_now;

tokio::task_local! {
    static REQUEST: u32;
    static CARRIED: u32;
    static LOG: Arc<Mutex<Vec<u32>>>;
}

fn name_of_thread() -> ThreadId {
    thread::current().id()
}

/// `async_to_sync` in `sync_to_async`: the inner coroutine runs on the outer loop.
#[test]
fn async_code_below_sync_code_runs_on_the_loop_that_called() {
    #[sync_wrapper]
    async fn inner() -> ThreadId {
        yield_now().await;
        name_of_thread()
    }
    within_deadline("the loop", || {
        let here = name_of_thread();
        let code = move || {
            assert_ne!(name_of_thread(), here);
            inner_sync()
        };
        assert_eq!(current_thread().block_on(to_thread(code).serve()), here);
    });
}

/// Eight layers, and at each the loop is the same one.
#[test]
fn as_deep_as_you_like() {
    #[sync_wrapper]
    async fn layer(depth: u32, here: ThreadId) -> u32 {
        assert_eq!(name_of_thread(), here);
        match depth {
            0 => 0,
            _ => {
                1 + to_thread(move || layer_sync(depth - 1, here))
                    .serve_local()
                    .await
            }
        }
    }
    within_deadline("layers", || {
        let here = name_of_thread();
        let code = move || layer_sync(8, here);
        assert_eq!(current_thread().block_on(to_thread(code).serve_local()), 8);
    });
}

/// Context variables: those of the task hold in async code below, and what that does to a shared one is seen by all.
#[test]
fn context_variables_both_ways() {
    #[sync_wrapper]
    async fn read() -> (u32, u32) {
        LOG.with(|log| log.lock().unwrap().push(1));
        yield_now().await;
        (REQUEST.get(), CARRIED.get())
    }
    within_deadline("context variables", || {
        carry(&CARRIED);
        let code = || {
            // What is carried holds on the thread, the others in the task alone.
            assert!(REQUEST.try_with(|_| ()).is_err());
            assert_eq!(CARRIED.get(), 3);
            LOG.try_with(|_| ()).unwrap_err();
            caller().run(|| LOG.with(|log| log.lock().unwrap().push(0)));
            let outer = read_sync();
            // And what holds where the call is made goes along, as into any isolated call.
            let inner = CARRIED.sync_scope(4, read_sync);
            (outer, inner)
        };
        let log = Arc::<Mutex<Vec<u32>>>::default();
        let task = REQUEST.scope(2, CARRIED.scope(3, to_thread(code).serve()));
        let seen = current_thread().block_on(LOG.scope(Arc::clone(&log), task));
        assert_eq!(seen, ((2, 3), (2, 4)));
        assert_eq!(*log.lock().unwrap(), [0, 1, 1]);
    });
}

/// `thread_sensitive`: all sync code runs on one thread, also what async code below sync code sends there.
#[test]
fn thread_affinity() {
    thread_local! { static OPENED: Cell<u32> = const { Cell::new(0) }; }
    fn open() -> u32 {
        OPENED.set(OPENED.get() + 1);
        OPENED.get()
    }
    #[sync_wrapper]
    async fn open_below(one: OneThread) -> u32 {
        yield_now().await;
        to_thread(open).on(&one).await
    }
    within_deadline("thread affinity", || {
        let one = OneThread::new("main-like");
        let code = {
            let one = one.clone();
            move || (open(), open_below_sync(one), open())
        };
        current_thread().block_on(async {
            assert_eq!(to_thread(open).on(&one).await, 1);
            assert_eq!(to_thread(code).on(&one).serve().await, (2, 3, 4));
            assert_eq!(to_thread(open).on(&one).await, 5);
        });
    });
}

/// Not `thread_sensitive`: pieces of code run side by side.
#[test]
fn side_by_side() {
    within_deadline("side by side", || {
        let barrier = Arc::new(Barrier::new(3));
        let meets = || {
            let barrier = Arc::clone(&barrier);
            to_thread(move || barrier.wait().is_leader()).serve()
        };
        let leaders = current_thread().block_on(async { tokio::join!(meets(), meets(), meets()) });
        assert_eq!(
            [leaders.0, leaders.1, leaders.2]
                .map(u32::from)
                .iter()
                .sum::<u32>(),
            1
        );
    });
}

/// A panic comes out where it would if all of it were one kind of code.
#[test]
fn panics_through_all_layers() {
    #[sync_wrapper]
    async fn fails() -> u32 {
        yield_now().await;
        to_thread(|| panic!("below")).serve().await
    }
    within_deadline("panics", || {
        let runtime = workers(2);
        let task = runtime.spawn(to_thread(fails_sync).serve());
        let panic = runtime.block_on(task).unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref(), Some(&"below"));
    });
}

/// Code that is awaited in a task that is served itself is served by that one's loop; code that nobody serves is not.
#[test]
fn who_serves_is_told() {
    within_deadline("contexts", || {
        let code = || {
            (
                Context::current(),
                thread::spawn(Context::current).join().unwrap(),
            )
        };
        let (here, elsewhere) = current_thread().block_on(to_thread(code).serve());
        assert_eq!((here, elsewhere), (Context::Served, Context::Outside));
        let alone = current_thread().block_on(to_thread(Context::current));
        assert_ne!(alone, Context::Served);
    });
}
