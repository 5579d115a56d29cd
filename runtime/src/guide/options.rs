//! Which option does what you need.
//!
//! All of them are options of the attribute; its [reference](macro@crate::sync_wrapper#options) explains each. What a block, a trait
//! or a module says holds for everything inside, and an item there may say otherwise.
//!
//! | you want | write |
//! |---|---|
//! | another name | `name = get_blocking`; on a block `prefix = "…"` or `suffix = "…"` |
//! | no twin for this fn | `skip` on it, or `skip(a, b)` on its block |
//! | twins for these fns only | `only(a, b)` |
//! | a time limit | `timeout = Duration::from_secs(5)`, `timeout = self.patience` |
//! | calls that another thread can end, or Ctrl-C | `cancel = self.cancel` |
//! | the fn's own error for a call that was ended, in place of a `Result` in a `Result` | `flatten` |
//! | a type whose methods block, without `_sync` | `type = BlockingClient` |
//! | more methods for it, from another block | `extend = BlockingClient` |
//! | methods that return other async types | `map(Transaction = BlockingTransaction)` |
//! | a blocking type around a type of another crate | `type = …, foreign`, with signatures |
//! | traits for a blocking type | `derive(Clone, Debug)` |
//! | fields and documentation of its own | `fields(timeout: Duration)`, `docs = "…"` |
//! | an iterator of a stream, with access to it | `type = Rows` on its `impl Stream` |
//! | `send`, `feed`, `flush` and `close` that block | `type = Writer` on an `impl Sink` |
//! | `io::Read` over a method that returns chunks | `read = chunk` |
//! | `io::Write` over a method that takes chunks | `write = send` |
//! | a `Drop` that calls an async method | `close = quit`, with `close_timeout = …` |
//! | a trait whose methods block | `trait = BlockingStore, for(BlockingMemory)` |
//! | calls from a `Drop`, without a warning on a current-thread runtime | `on_driver = "allow"` |
//! | a panic where async code calls it | `on_driver = "deny", on_worker = "deny"` |
//! | calls that stay on their thread: thread-locals, a `Display` that prints | `isolation = "never"` |
//! | an error if a call could not be isolated | `isolation = "always"` |
//! | less CPU time for each wait, in a program with a runtime | `flavor = "current_thread"` |
//! | tasks that compute, dozens of threads with one client | `flavor = "multi_thread"` |
//! | threads with a client each, such as the workers of actix-web | `flavor = "per_thread"` |
//! | the future in a runtime of yours | `runtime = self.handle` |
//! | a twin for `fn f() -> SomeFuture` | `output = u32` |
//! | the attribute on an associated fn alone | `associated` |
//! | attributes of PyO3, napi-rs, uniffi on the twin or the blocking type | `attrs(…)`, `impl_attrs(…)` |
//! | a fn of yours around each wait: to release a lock, to time it | `around = path` |
//! | to use it in a macro of yours, or after renaming the crate | `crate = ::my_twin` |
//!
//! [`flavor` and `runtime`](macro@crate::sync_wrapper#flavor-and-runtime) have their own section, and so have
//! [`isolation`](macro@crate::sync_wrapper#isolation) and [`timeout`](macro@crate::sync_wrapper#timeout).
