//! Running a call in the context of a runtime that the user names.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use tokio::runtime::{Handle, LocalRuntime, Runtime, RuntimeFlavor, worker_index};

/// Whatever lends a runtime's handle: the `runtime` option of a twin takes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lend a tokio runtime",
    label = "`runtime` takes a `Handle`, a `Runtime`, or a reference or pointer to one"
)]
pub trait LendHandle {
    /// The handle of the runtime.
    fn lend_handle(&self) -> Handle;
}

impl LendHandle for Handle {
    fn lend_handle(&self) -> Handle {
        self.clone()
    }
}

impl LendHandle for Runtime {
    fn lend_handle(&self) -> Handle {
        self.handle().clone()
    }
}

impl LendHandle for LocalRuntime {
    fn lend_handle(&self) -> Handle {
        self.handle().clone()
    }
}

macro_rules! lend_through {
    ($($pointer:ty),*) => {$(
        impl<T: LendHandle + ?Sized> LendHandle for $pointer {
            fn lend_handle(&self) -> Handle {
                (**self).lend_handle()
            }
        }
    )*};
}

lend_through!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// The handle for a call. Panics if the calling thread drives that very runtime: the call would wait for itself.
#[track_caller]
#[must_use]
pub fn lend(runtime: &impl LendHandle) -> Handle {
    let runtime = runtime.lend_handle();
    let driven_here = worker_index().is_some()
        && matches!(runtime.runtime_flavor(), RuntimeFlavor::CurrentThread)
        && Handle::try_current().is_ok_and(|current| current.id() == runtime.id());
    assert!(
        !driven_here,
        "a blocking call cannot run in the current-thread runtime that its own thread is driving: \
         nobody would be left to drive it; `.await` the async fn instead"
    );
    runtime
}

/// Builds, polls and drops a future in the context of `runtime`.
pub async fn in_runtime<F, Fut>(runtime: Handle, make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let future = {
        let _context = runtime.enter();
        make()
    };
    let mut scope = Scope {
        future: pin!(Some(future)),
        runtime: &runtime,
    };
    poll_fn(|cx| {
        let _context = scope.runtime.enter();
        match scope.future.as_mut().as_pin_mut() {
            Some(future) => future.poll(cx),
            None => unreachable!("only dropping the scope empties it"),
        }
    })
    .await
}

struct Scope<'a, Fut> {
    future: Pin<&'a mut Option<Fut>>,
    runtime: &'a Handle,
}

impl<Fut> Drop for Scope<'_, Fut> {
    fn drop(&mut self) {
        let _context = self.runtime.enter();
        self.future.set(None);
    }
}
