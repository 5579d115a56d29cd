//! A thread for code that has to run on one.

use super::pool::Pool;
use crate::serve::queue::Queue;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::thread::{self, ThreadId};

/// A thread that runs one piece of blocking code after another: for what is bound to a thread.
///
/// It is Python's `thread_sensitive`. [`ToThread::on`](crate::ToThread::on) takes it, and so does each clone of it. The thread starts
/// with its first code, and ends when all clones have been dropped and their code has run.
///
/// ```
/// use std::cell::Cell;
/// use sync_twin::{OneThread, to_thread};
///
/// // A library that keeps its state in thread-locals.
/// thread_local! { static OPENED: Cell<u32> = const { Cell::new(0) }; }
/// fn open() -> u32 {
///     OPENED.set(OPENED.get() + 1);
///     OPENED.get()
/// }
///
/// async fn open_twice(thread: &OneThread) -> (u32, u32) {
///     (to_thread(open).on(thread).await, to_thread(open).on(thread).await)
/// }
///
/// let thread = OneThread::new("library");
/// assert_eq!(sync_twin::block_on(open_twice(&thread)), (1, 2));
/// ```
///
/// # With `serve`
///
/// Code of this thread may call a twin that a task [serves](crate::ToThread::serve), whose future in turn sends code to the same thread. The
/// thread, which waits for that twin, runs this code meanwhile. Code of others waits until the thread is done.
/// Code that the twin's future has others send, such as a task that it spawns, counts as that of others: a twin that waits for it waits
/// for ever, and is reported.
///
/// # Forks
///
/// A child of a fork does not have the thread. Sending code to it there panics.
#[derive(Clone)]
pub struct OneThread(Arc<Handle>);

struct Handle {
    name: String,
    queue: Arc<Queue>,
    thread: OnceLock<ThreadId>,
}

impl OneThread {
    /// A thread of that name, which has not started yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        OneThread(Arc::new(Handle {
            name: name.into(),
            queue: Queue::new(),
            thread: OnceLock::new(),
        }))
    }

    /// Whether the calling thread is this one.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.0.thread.get() == Some(&thread::current().id())
    }
}

impl Handle {
    fn start(&self) {
        self.thread.get_or_init(|| {
            let queue = Arc::clone(&self.queue);
            let builder = thread::Builder::new().name(self.name.clone());
            match builder.spawn(move || queue.serve()) {
                Ok(thread) => thread.thread().id(),
                Err(error) => panic!("the thread `{}` could not be started: {error}", self.name),
            }
        });
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Pool for OneThread {
    fn run(&self, code: Box<dyn FnOnce() + Send>) {
        let Handle { name, queue, .. } = &*self.0;
        assert!(
            !queue.is_of_parent(),
            "the process has been forked, and the thread `{name}` is in the parent"
        );
        self.0.start();
        queue.push(code);
    }
}

impl Pool for &OneThread {
    fn run(&self, code: Box<dyn FnOnce() + Send>) {
        OneThread::run(self, code);
    }
}

impl fmt::Debug for OneThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OneThread").field(&self.0.name).finish()
    }
}
