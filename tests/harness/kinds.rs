//! The kinds of call that a context has to bear.

use crate::harness::work::work;
use std::cell::Cell;
use std::rc::Rc;
use sync_twin::sync_wrapper;

/// One kind of call.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Names the kind in a failure.
    pub name: &'static str,
    /// Makes the call and checks its result.
    pub call: fn(),
    /// Whether it may run on another thread. Else it needs a runtime that the calling thread can enter.
    pub crosses: bool,
}

/// Every kind of call.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "Send arguments",
        call: send,
        crosses: true,
    },
    Kind {
        name: "borrowed arguments",
        call: borrowed,
        crosses: true,
    },
    Kind {
        name: "Rc arguments",
        call: rc_arguments,
        crosses: false,
    },
    Kind {
        name: "Rc output",
        call: rc_output,
        crosses: false,
    },
    Kind {
        name: "isolation = always",
        call: always,
        crosses: true,
    },
    Kind {
        name: "isolation = never",
        call: never,
        crosses: false,
    },
    Kind {
        name: "block_on",
        call: block_on,
        crosses: false,
    },
    Kind {
        name: "block_on of a future that is not Send",
        call: block_on_not_send,
        crosses: false,
    },
    Kind {
        name: "Send twin in a Send twin",
        call: nested,
        crosses: true,
    },
    Kind {
        name: "Rc twin in an Rc twin",
        call: nested_rc,
        crosses: false,
    },
    Kind {
        name: "isolated twin in an Rc twin in an isolated twin",
        call: nested_isolated,
        crosses: true,
    },
    Kind {
        name: "Send twin in a task of a Send twin",
        call: through_task,
        crosses: true,
    },
    Kind {
        name: "Rc twin in a task of an Rc twin",
        call: through_task_rc,
        crosses: false,
    },
];

#[sync_wrapper]
async fn next(n: u32) -> u32 {
    work(n).await
}

fn send() {
    assert_eq!(next_sync(1), 2);
}

#[sync_wrapper]
async fn append(numbers: &mut Vec<u32>, label: &str) -> usize {
    let next = work(label.len() as u32).await;
    numbers.push(next);
    numbers.len()
}

fn borrowed() {
    let mut numbers = vec![0];
    assert_eq!(append_sync(&mut numbers, "four"), 2);
    assert_eq!(numbers, [0, 5]);
}

#[sync_wrapper]
async fn count(n: Rc<Cell<u32>>) -> u32 {
    let next = work(n.get()).await;
    n.set(next);
    next
}

fn rc_arguments() {
    let n = Rc::new(Cell::new(1));
    assert_eq!(count_sync(n.clone()), 2);
    assert_eq!(n.get(), 2);
}

#[sync_wrapper]
async fn shared(n: u32) -> Rc<u32> {
    Rc::new(work(n).await)
}

fn rc_output() {
    assert_eq!(*shared_sync(1), 2);
}

#[sync_wrapper(isolation = "always")]
async fn isolated(n: u32) -> u32 {
    // Not `Send`, and need not be: it is built over there.
    let n = Rc::new(n);
    work(*n).await
}

fn always() {
    assert_eq!(isolated_sync(1), 2);
}

#[sync_wrapper(isolation = "never")]
async fn here(n: u32) -> u32 {
    work(n).await
}

fn never() {
    assert_eq!(here_sync(1), 2);
}

fn block_on() {
    assert_eq!(sync_twin::block_on(work(1)), 2);
}

fn block_on_not_send() {
    let n = Rc::new(Cell::new(1));
    let result = sync_twin::block_on(async {
        let n = Rc::clone(&n);
        n.set(work(n.get()).await);
        n.get()
    });
    assert_eq!(result, 2);
}

/// The inner call is made after the outer one has already waited, and the outer one waits again after it.
#[sync_wrapper]
async fn outer(n: u32) -> u32 {
    let n = work(n).await;
    let n = next_sync(n);
    work(n).await
}

fn nested() {
    assert_eq!(outer_sync(1), 4);
}

#[sync_wrapper]
async fn outer_rc(n: Rc<Cell<u32>>) -> u32 {
    n.set(work(n.get()).await);
    n.set(count_sync(n.clone()));
    work(n.get()).await
}

fn nested_rc() {
    assert_eq!(outer_rc_sync(Rc::new(Cell::new(1))), 4);
}

#[sync_wrapper(isolation = "always")]
async fn outer_isolated(n: u32) -> u32 {
    outer_of_isolated_sync(Rc::new(work(n).await))
}

#[sync_wrapper]
async fn outer_of_isolated(n: Rc<u32>) -> u32 {
    isolated_sync(work(*n).await)
}

fn nested_isolated() {
    assert_eq!(outer_isolated_sync(1), 4);
}

#[sync_wrapper]
async fn in_task(n: u32) -> u32 {
    let n = tokio::spawn(async move { next_sync(n) }).await.unwrap();
    work(n).await
}

fn through_task() {
    assert_eq!(in_task_sync(1), 3);
}

#[sync_wrapper]
async fn in_task_rc(n: Rc<u32>) -> u32 {
    let n = *n;
    let task = tokio::spawn(async move { count_sync(Rc::new(Cell::new(n))) });
    work(task.await.unwrap()).await
}

fn through_task_rc() {
    assert_eq!(in_task_rc_sync(Rc::new(1)), 3);
}
