//! By error message.
//!
//! # Of the compiler
//!
//! A message that begins with `SW` and a number is ours: [`misuse`](crate::misuse) has a page for each. Others are rustc's, about the
//! code that the attribute writes:
//!
//! | it says | because | write |
//! |---|---|---|
//! | ``the name `fetch_sync` is defined multiple times`` (E0428, E0592) | something else has the twin's name | `name = …` |
//! | ``method `get_sync` is not a member of trait`` (E0407) | the attribute is inside an `impl Trait for …` | the attribute on the trait |
//! | ``cannot find function `connect` in this scope`` (E0425) | the fn is associated, and the attribute on it alone cannot know | the attribute on the `impl` block, or `associated` |
//! | `` `Rc<…>` cannot be sent between threads safely`` (E0277), with `SW502` or `SW503` | `isolation = "always"` | `isolation = "auto"`, or a type that is `Send` |
//! | ``cannot find `sync_twin` `` (E0433) | the dependency has another name | `crate = ::name` |
//! | `` `…` is not a future`` (E0277) | `.await` on a twin, which has waited already | the async fn with `.await`, or the twin without |
//! | `unused Result that must be used` on a twin with `timeout` | the twin returns `Result<T, Elapsed>` | handle it, or `??` |
//! | ``no method named `fetch_sync` `` (E0599) | the attribute is missing, or under a `#[cfg]` that is off | the attribute, or the feature |
//! | ``unused variable: `cancel` ``, of an argument that only `cancel = cancel` or `timeout = …` uses | the async fn itself does not use it | a name with an underscore, in both places: `_cancel` |
//!
//! More are in [the attribute's reference](macro@crate::sync_wrapper#what-rustc-reports).
//!
//! # At run time: tokio's panics
//!
//! | it says | because | write |
//! |---|---|---|
//! | `Cannot start a runtime from within a runtime` | `Runtime::block_on` in async code, perhaps inside a library | a twin, or [`block_on`](crate::block_on), in its place. If it is inside a library: [`to_thread`](fn@crate::to_thread) around that |
//! | `can call blocking only when running on the multi-threaded runtime` | `block_in_place` in a `#[tokio::test]`, in actix-web, in a `LocalSet` | the same |
//! | `Cannot drop a runtime in a context where blocking is not allowed` | a `Runtime`, or a client that holds one (`reqwest::blocking`), ends in async code | a twin, which holds none; or drop it in [`to_thread`](fn@crate::to_thread) |
//! | `there is no reactor running, must be called from the context of a Tokio 1.x runtime` | a socket or timer was made outside any runtime: in an argument, as in `block_on(sleep(second))`, or on another executor | make it inside: `block_on(async { sleep(second).await })` |
//! | `` `spawn_local` called from outside of a `task::LocalSet` `` | calls live on sync-twin's runtimes, which have no such set | a `LocalSet` inside the async fn |
//! | `Cannot block the current thread from within a runtime`, from `blocking_recv` and its like | they may not be called in async code | [`block_on`](crate::block_on)`(receiver.recv())` |
//!
//! # At run time: ours
//!
//! | it says | see |
//! |---|---|
//! | `the blocking call at … has waited for 10 s` | [it hangs](super::it_hangs) |
//! | `the blocking call at … did not complete within …` | [`Elapsed`](crate::Elapsed): a time limit has passed |
//! | `in the blocking call at …, thread …`, after a panic | the panic is the async fn's, and has come from another thread |
//! | `a green thread was switched in the middle of a poll` | [green threads](super::your_process#green-threads) |
//! | a panic that names a fork, or home, or the crew | [failures](super::failures) |
//!
//! # It behaves strangely
//!
//! | symptom | because | write |
//! |---|---|---|
//! | a thread-local or task-local is empty inside a call | the call was isolated: another thread runs it | `isolation = "never"`, or an argument |
//! | a task that a call has spawned sees no `block_in_place` | it lives on home, a current-thread runtime | `flavor = "multi_thread"` |
//! | a pooled connection is "closed" after a test | it was opened in the test's runtime, which has ended | a client that is made in blocking code, or one per test |
//! | `sleep` in a `start_paused` test takes real time | the clock of another runtime is paused | [testing](super::testing#a-clock-that-is-paused) |
//! | a child process does not see `SIGTERM` | it was started on a thread of ours | [signals](super::your_process#signals) |
