//! A Python extension whose blocking fns are twins. `run.py` builds it, and runs programs that import it.

mod by_hand;
mod client;
mod functions;
#[cfg(feature = "peers")]
mod peers;
mod server;
mod strangers;
mod ticks;

use pyo3::Python;
use pyo3::marker::Ungil;

/// Runs what waits, while other Python threads run.
pub(crate) fn detached<T: Ungil>(block: impl FnOnce() -> T + Ungil) -> T {
    Python::attach(|py| py.detach(block))
}

/// Blocking fns and classes, made of async ones.
#[pyo3::pymodule]
mod twins {
    #[pymodule_export]
    use crate::by_hand::ClientByHand;
    #[pymodule_export]
    use crate::client::PyClient;
    #[pymodule_export]
    use crate::functions::{Stop, call_in_task, download, listen, listen_until, once, ready, wait};
    #[cfg(feature = "peers")]
    #[pymodule_export]
    use crate::peers::{once_awaitable, once_on_a_private_runtime};
    #[pymodule_export]
    use crate::server::serve;
    #[pymodule_export]
    use crate::strangers::take_the_lock_in_threads;
    #[pymodule_export]
    use crate::ticks::Ticks;
}
