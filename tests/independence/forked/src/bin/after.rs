//! A forked child leaves its parent's state alone and makes its own.

use forked::calls::{PLACES, USES, call_everywhere, call_here_and_everywhere, double, double_sync};
use forked::case;
use forked::child::{in_child, in_child_as_it_is, message};
use forked::others::while_others_call;
use std::panic::catch_unwind;
use sync_twin::{block_on, spawn, sync_wrapper, to_thread};

/// The child has all that the parent's call has left behind.
fn after_each_use() {
    for (name, call) in USES {
        case(&format!("after: {name}"), || {
            while_others_call(2, || {
                for _ in 0..3 {
                    call();
                    in_child(name, call_everywhere);
                    call();
                }
            });
        });
    }
}

/// The child's one thread is in the context of a runtime of the parent's, whose workers are not there.
fn in_each_place() {
    for (name, run) in PLACES {
        case(&format!("in: {name}"), || {
            for _ in 0..3 {
                run(Box::new(|| in_child("a place", call_here_and_everywhere)));
                call_everywhere();
            }
        });
    }
}

#[sync_wrapper(isolation = "always")]
async fn fork_isolated(borrowed: &[u8]) {
    fork_while_borrowing("the body of an isolated call", borrowed);
}

#[sync_wrapper]
async fn fork_served(borrowed: &[u8]) {
    fork_while_borrowing("the body of a call that a task serves", borrowed);
}

/// A thread that the child starts may be given the very stack from which `borrowed` comes.
fn fork_while_borrowing(name: &str, borrowed: &[u8]) {
    in_child_as_it_is(name, || {
        let calls: [fn(); 4] = [
            || assert_eq!(block_on(double(1)), 2),
            || assert_eq!(double_sync(1), 2),
            || fork_isolated_sync(&[]),
            || drop(spawn(double(1))),
        ];
        for call in calls {
            let panic = catch_unwind(call).expect_err("it is refused");
            assert!(message(&*panic).contains("forked inside an isolated or served call"));
        }
        assert!(borrowed.iter().all(|byte| *byte == 7));
    });
}

/// The same on threads of sync-twin's own, and inside a call that has not waited since.
fn in_code_that_sync_twin_runs() {
    case("in: code that sync-twin runs", || {
        for _ in 0..3 {
            block_on(async { in_child("the body of a call", call_here_and_everywhere) });
            fork_isolated_sync(&[7; 1024]);
            block_on(to_thread(|| fork_served_sync(&[7; 1024])).serve());
            spawn(async { in_child("a task of spawn", call_here_and_everywhere) }).join();
            block_on(to_thread(|| {
                in_child("a closure of to_thread", call_here_and_everywhere)
            }));
            let task = || async {
                tokio::spawn(async { in_child("a task", call_here_and_everywhere) }).await
            };
            block_on(task()).expect("it does not panic");
            forked::calls::workers(1)
                .block_on(async { block_on(task()) })
                .expect("it does not panic");
            call_everywhere();
        }
    });
}

/// Other threads of the parent may hold any lock of ours at the moment of the fork.
fn many_beside_several_callers() {
    case("many forks beside several callers", || {
        while_others_call(4, || {
            for _ in 0..30 {
                in_child("one of many", call_everywhere);
                assert_eq!(double_sync(21), 42);
            }
        });
        call_everywhere();
    });
}

fn grandchildren() {
    case("grandchildren", || {
        call_everywhere();
        while_others_call(1, || {
            in_child("a child", || {
                call_everywhere();
                in_child("a grandchild", || {
                    in_child("a great-grandchild", call_everywhere);
                    call_everywhere();
                });
                call_everywhere();
            });
        });
        call_everywhere();
    });
}

fn main() {
    after_each_use();
    in_each_place();
    in_code_that_sync_twin_runs();
    many_beside_several_callers();
    grandchildren();
}
