//! A forked child leaves its parent's state alone and makes its own. Says what it has seen to be so.
//!
//! tokio itself has no answer to a fork: a runtime that a child inherits has no workers, and shares its epoll instance
//! with the parent. With tokio's feature `parking_lot` nobody has one, since that keeps a table of all parked threads of the
//! process: the child finds there the parent's, whose stacks it uses for its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{block_on, spawn, sync_wrapper, to_thread};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::time::sleep;

/// A timer and a socket.
#[sync_wrapper]
async fn double(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (mut client, (mut server, _)) = (client.expect("it listens"), server.expect("it comes"));
    client.write_u32(n).await.expect("it is open");
    2 * server.read_u32().await.expect("it is open")
}

/// Calls of all kinds, each in a runtime of this process.
fn call_everywhere() {
    assert_eq!(double_sync(1), 2);
    let workers = Builder::new_multi_thread().worker_threads(1).build();
    let workers = workers.expect("it starts");
    workers.block_on(async { assert_eq!(double_sync(2), 4) });
    let task = workers.spawn(async { double_sync(3) });
    assert_eq!(block_on(task).expect("it does not panic"), 6);
    let driver = Builder::new_current_thread().build().expect("it starts");
    driver.block_on(async {
        assert_eq!(double_sync(4), 8);
        assert_eq!(block_on(double(5)), 10);
    });
    assert_eq!(spawn(double(6)).join(), 12);
    assert_eq!(block_on(to_thread(|| double_sync(7))), 14);
}

/// Runs `code` in a forked child, and fails if that fails or hangs.
fn in_child(code: impl FnOnce()) {
    // SAFETY: the child has one thread, and runs code that takes no lock which another thread of the parent may hold: what
    // this crate keeps for itself is what is being tested, and the allocator is safe to use after a fork.
    match unsafe { libc::fork() } {
        -1 => panic!("the process cannot be forked"),
        0 => {
            let failed = catch_unwind(AssertUnwindSafe(code)).is_err();
            // SAFETY: it ends the child without running what is registered to run at its end.
            unsafe { libc::_exit(i32::from(failed)) }
        }
        child => wait_for(child),
    }
}

fn wait_for(child: libc::pid_t) {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let mut status = 0;
        // SAFETY: the child is ours, and the status has a place.
        let ended = unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) };
        if ended == child {
            assert_eq!(status, 0, "the child has failed");
            return;
        }
        if Instant::now() > end {
            // SAFETY: the child is ours, and has not been waited for.
            unsafe { libc::kill(child, libc::SIGKILL) };
            panic!("the child hangs");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Other threads of the parent may hold any lock of ours at the moment of the fork.
fn children_call_while_their_parent_does() {
    struct Over<'a>(&'a AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
        }
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let _over = Over(&over);
        for _ in 0..4 {
            scope.spawn(|| {
                while !over.load(Relaxed) {
                    call_everywhere();
                }
            });
        }
        call_everywhere();
        for _ in 0..30 {
            in_child(call_everywhere);
            assert_eq!(double_sync(21), 42);
        }
    });
    call_everywhere();
}

fn grandchildren_call() {
    call_everywhere();
    in_child(|| {
        call_everywhere();
        in_child(|| {
            in_child(call_everywhere);
            call_everywhere();
        });
    });
    call_everywhere();
}

/// The runtime that the call lives on is not there any more.
fn a_call_that_is_forked_in_its_middle_is_refused() {
    let forks = || async {
        sleep(Duration::from_millis(1)).await;
        // SAFETY: as above.
        let child = unsafe { libc::fork() };
        if child == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        child
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| block_on(forks())));
    match outcome {
        Ok(child) => wait_for(child),
        Err(panic) => {
            // This is the child, which can make other calls.
            let said = panic.downcast_ref::<&str>().copied().map(str::to_owned);
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
            let is_told = said.is_some_and(|said| said.contains("forked"));
            let works = catch_unwind(call_everywhere).is_ok();
            // SAFETY: as above.
            unsafe { libc::_exit(i32::from(!(is_told && works))) }
        }
    }
}

/// Ends the process, and the test with it, should anything hang.
fn watch() {
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(120));
        eprintln!("HANG");
        std::process::exit(1);
    });
}

fn main() {
    watch();
    children_call_while_their_parent_does();
    println!("children call while their parent does");
    grandchildren_call();
    println!("grandchildren call");
    a_call_that_is_forked_in_its_middle_is_refused();
    println!("a call that is forked in its middle is refused");
}
