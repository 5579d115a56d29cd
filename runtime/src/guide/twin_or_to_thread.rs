//! A twin, `to_thread`, `serve` or a fiber?
//!
//! Sync code calls async code by a twin. How async code calls such sync code decides who waits meanwhile:
//!
//! ```text
//!                                  the task's thread                    a thread of sync-twin's
//!
//!   a twin in the task             ═══ code ═══ twin ┄┄┄┄┄ code ═══▶
//!
//!   to_thread(code).await          ────────────────────────────────▶    ═══ code ═══ twin ●┄┄●┄ code ═══▶
//!
//!   to_thread(code).serve().await  ──────────────────●──●──────────▶    ═══ code ═══ twin ┄┄┄┄┄ code ═══▶
//!
//!   fiber(code).await              ═══ code ═══ twin ●──●─ code ═══▶
//!
//!   to_fiber(code).await           ────────────────────────────────▶    ═══ code ═══ twin ●──●─ code ═══▶
//!
//!   ═ at work on the code     ┄ blocked     ─ free for others     ● polls what the twin waits for
//! ```
//!
//! A *twin* goes from sync to async: it blocks its thread. [`to_thread`](fn@crate::to_thread) goes from async to sync: it blocks a
//! thread of sync-twin's own, and the task that awaits it leaves its thread to others. Both work at any depth. With
//! [`serve`](#or-serve) that task also polls what the code below it waits for. A [fiber](#or-a-fiber) needs no thread: where the
//! code would block, it is suspended.
//!
//! | you are in | and want to call | use |
//! |---|---|---|
//! | sync code | an async fn | its twin |
//! | sync code | a future | [`block_on`](crate::block_on) |
//! | async code | an async fn | `.await` |
//! | async code | sync code that returns at once | the code itself |
//! | async code | sync code that blocks, or computes for longer than some 100 µs | [`to_thread`](fn@crate::to_thread), or `tokio::task::spawn_blocking` |
//! | async code | sync code that calls twins, and that you can change | change it: `.await` |
//! | async code | sync code that calls twins, and that you cannot change | [`to_thread`](fn@crate::to_thread) around it; without, it works and holds up this thread |
//! | async code | the same, and its twins are to live in your task: with its task-locals, on its runtime, on its thread, cancelled with it | [`to_thread(…).serve()`](crate::ToThread::serve), or [`serve_local`](crate::ToThread::serve_local) |
//! | async code | the same, where it blocks in nothing but calls of sync-twin, and a thread for each is too much | [`fiber`](fn@crate::fiber), or [`to_fiber`](crate::to_fiber()) where the future must be `Send` |
//! | async code | sync code that is bound to one thread, or belongs on a pool of yours | [`to_thread(…).on(…)`](crate::ToThread::on) |
//!
//! ```
//! use sync_twin::{block_on, sync_wrapper, to_thread};
//!
//! #[sync_wrapper]
//! async fn price(item: u32) -> u32 {
//!     tokio::task::yield_now().await;
//!     item * 2
//! }
//!
//! /// Of a library that knows nothing of async.
//! fn total(items: Vec<u32>, price: impl Fn(u32) -> u32) -> u32 {
//!     items.into_iter().map(price).sum()
//! }
//!
//! async fn handler() -> u32 {
//!     // The library blocks in `price_sync`. Here it blocks a thread that may be blocked.
//!     to_thread(|| total(vec![1, 2, 3], price_sync)).await
//! }
//!
//! assert_eq!(block_on(handler()), 12);
//! ```
//!
//! # Or a fiber?
//!
//! [`fiber`](fn@crate::fiber) (feature `fiber`) runs sync code inside the task that awaits it, on a stack of its own. Where the code
//! calls a twin, it is suspended, and its thread goes on with other tasks. [`to_fiber`](crate::to_fiber()) runs it on one of a few
//! threads that all such code shares.
//!
//! | | the code may | it waits in a twin | threads | what it may wait for |
//! |---|---|---|---|---|
//! | a twin, in the task itself | anything, briefly | the thread is blocked | none | not for a task of this thread |
//! | [`to_thread`](fn@crate::to_thread) | block and compute; `Send + 'static` | a thread of ours is blocked | one for each call | anything |
//! | [`to_thread(…).serve()`](#or-serve) | the same | a thread of ours is blocked, and the task polls | one for each call | anything, if the task is polled |
//! | [`fiber`](fn@crate::fiber) | call twins, and not block otherwise; `'static` | the task waits | none | anything |
//! | [`to_fiber`](crate::to_fiber()) | the same; `Send + 'static` | the code waits | a few for all | anything |
//!
//! ```
//! use sync_twin::{fiber, sync_wrapper};
//!
//! #[sync_wrapper]
//! async fn price(item: u32) -> u32 {
//!     tokio::task::yield_now().await;
//!     item * 2
//! }
//!
//! /// Of a library that knows nothing of async.
//! fn total(items: Vec<u32>, price: impl Fn(u32) -> u32) -> u32 {
//!     items.into_iter().map(price).sum()
//! }
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! // On one thread, both at the same time.
//! let (one, other) = tokio::join!(
//!     fiber(|| total(vec![1, 2, 3], price_sync)),
//!     fiber(|| total(vec![4, 5], price_sync)),
//! );
//! assert_eq!((one, other), (12, 18));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! What code must not hold while it is suspended is a matter of its own: [`fiber`](fn@crate::fiber#what-must-not-be-held-across-a-call)
//! has the list, and begins with three places where a call is not even sound, such as the initializer of a `thread_local!`.
//! [`without_fiber`](crate::without_fiber) marks code that must not be suspended.
//!
//! # Why not always a twin?
//!
//! A twin in async code is correct, and costs the others that thread: on one worker of actix-web, eight requests at a time that
//! wait a millisecond each get 0.14 times the throughput of `.await`, and with `web::block` around the same code, which is
//! what `to_thread` does, 0.94 times ([benchmarks](super::benchmarks)). And on a current-thread runtime a twin cannot wait for another task
//! of that runtime, which code in `to_thread` can.
//!
//! # Why not always `to_thread`?
//!
//! The closure has to be `Send` and `'static`, and somebody has to be able to `.await` it. The author of a library whose callers
//! are sync cannot ask for that.
//!
//! # Or `serve`?
//!
//! The code runs on a thread of sync-twin's. A twin in it hands its future to the task that awaits the code: the task builds it,
//! polls it whenever it is polled itself, and drops it. The thread waits for the output.
//!
//! | | a twin in the task | `to_thread` | `to_thread(…).serve()` |
//! |---|---|---|---|
//! | the task's thread | blocked | free | free |
//! | where a twin's future is polled | on another thread, or here | on the code's thread | in the task |
//! | the task's `task_local!`s in it | only what is [carried](fn@crate::carry) | only what is carried | all |
//! | `tokio::spawn` in it | into a runtime of sync-twin's | into a runtime of sync-twin's | into the task's runtime |
//! | `spawn_local` and `Rc` of the loop | no | no | with `serve_local` |
//! | if the task is dropped | nothing: it is blocked | the code goes on | the code is ended |
//! | depends on | nobody | nobody | the task being polled |
//!
//! So `serve` is for code that belongs to its caller: a handler that was sync, whose async parts use the request's task-locals and end
//! with the request; a plugin that calls back into an application bound to its thread; a client whose connections live on this
//! runtime. It is what greenback and asgiref do in Python. Plain `to_thread` is for code that stands on its own.
//!
//! Sync code sees the task by [`caller`](fn@crate::caller):
//!
//! ```
//! use sync_twin::{caller, sync_wrapper, to_thread};
//!
//! tokio::task_local! { static TENANT: u32; }
//!
//! #[sync_wrapper]
//! async fn price(item: u32) -> u32 {
//!     tokio::task::yield_now().await;
//!     item * TENANT.get()
//! }
//!
//! /// Of a library that knows nothing of async.
//! fn total(items: Vec<u32>) -> u32 {
//!     let caller = caller();
//!     let mut sum = 0;
//!     for item in items {
//!         if caller.is_cancelled() {
//!             break;
//!         }
//!         sum += price_sync(item);
//!     }
//!     // A sync closure in the task, and a future there.
//!     sum + caller.run(|| TENANT.get()) + caller.block_on_send(|| async { TENANT.get() })
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let total = TENANT.scope(10, to_thread(|| total(vec![1, 2, 3])).serve());
//!     assert_eq!(total.await, 80);
//! }
//! ```
//!
//! `serve` is in the feature `serve`, which is on by default and has twins learn whether their futures are `Send`: the future that serves may move to another
//! thread between its polls, and what it holds with it. `serve_local` needs no feature.
//!
//! Code that is cancelled ends by unwinding, silently. [`serve`](crate::ToThread::serve) says where it does not, and
//! [`without_cancel`](fn@crate::without_cancel) keeps it from what must not unwind.
