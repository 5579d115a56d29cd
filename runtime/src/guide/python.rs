//! Rust async code for Python, and what Python people look for here.
//!
//! # "asyncio.run() cannot be called from a running event loop"
//!
//! A Python function that needs async code may be called where a loop is running already: a notebook, a handler of FastAPI or
//! Gradio, a tool of an MCP server. In pure Python the ways out are a thread with a loop of its own, `nest_asyncio`, or
//! `asgiref.sync.async_to_sync`. A twin of an async *Rust* fn has no such trouble: it uses no loop of Python's, and blocks the calling
//! thread wherever that is.
//!
//! | Python | here |
//! |---|---|
//! | `asyncio.run(f())` | `f_sync()`, [`block_on`](crate::block_on) |
//! | `async_to_sync(f)()` | `f_sync()`: `#[sync_wrapper]` is named after it |
//! | `nest_asyncio.apply()` | nothing: a twin may be called inside a runtime |
//! | `asyncio.to_thread(g)` | [`to_thread`](fn@crate::to_thread) |
//! | asgiref's `sync_to_async(g)`, with `async_to_sync` below it | [`to_thread(…).serve()`](crate::ToThread::serve), with twins below it |
//! | `sync_to_async(g, thread_sensitive=True)` | [`to_thread(…).on(&one_thread)`](crate::OneThread) |
//! | anyio's `from_thread.run(f)`, `from_thread.run_sync(g)` | [`caller().block_on(…)`](crate::Caller::block_on) (`block_on_send` under `serve`), [`caller().run(…)`](crate::Caller::run) |
//! | anyio's `from_thread.check_cancelled()` | [`caller().is_cancelled()`](crate::Caller::is_cancelled) |
//! | `asyncio.run_coroutine_threadsafe(f(), loop)` | `runtime = self.handle` |
//!
//! [The cookbook](super::cookbook) has the idioms of asyncio, line by line.
//!
//! # An extension module
//!
//! With [PyO3](https://pyo3.rs), three options make a twin or a blocking type a Python fn or class: `attrs(…)` gives it PyO3's attributes,
//! `impl_attrs(…)` those of its methods, and `around` releases Python's lock while it waits.
//! [The reference](macro@crate::sync_wrapper#other-attributes) has a whole class.
//!
//! - **Release the lock around every wait.** Else the loop, and all other Python threads, stand still until the call returns; a
//!   call that waits for one of them waits for ever. `around = detached` on the module does it for all.
//! - **In async Python, call it in a thread**: `await asyncio.to_thread(client.get, "key")`. Called in a coroutine itself it works, and
//!   holds up that loop, as any blocking function does.
//! - **Ctrl-C.** Python notes a signal and handles it when the main thread is back in Python. A long call either looks
//!   (`Python::check_signals`, between short waits) or has a [`cancel`](macro@crate::sync_wrapper#cancel) that a signal handler sets.
//! - **Fork.** `multiprocessing` forks on Linux up to Python 3.13. A child may make calls of its own: see
//!   [failures](super::failures#forks).
//! - **Generators.** A blocking iterator is a `__next__` away from one.
//!
//! `tests/python` of sync-twin's repository has all of it, with programs that run in asyncio, notebooks, FastAPI and Gradio, and figures.
