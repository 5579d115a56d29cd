//! In place of `runtime/src/own_thread.rs`: a model does not fork.

pub(crate) struct OwnThread;

impl OwnThread {
    pub(crate) fn begin() -> Self {
        OwnThread
    }

    #[expect(clippy::unused_self, reason = "as the real one")]
    pub(crate) fn end_if_child(&self) {}
}
