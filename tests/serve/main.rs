//! Tasks that serve the sync code which they await.
//!
//! `circular` has waits that a twin in the task itself could only be reported for. `nesting` has what Python's asgiref promises of
//! sync code in async code in sync code, `cancelling` what anyio does, `executors` the executors that a task may be one of. `leaving`
//! has shutdowns, time limits and cancels of the calls themselves.

mod cancelling;
mod circular;
mod executors;
mod leaving;
mod nesting;
mod recursion;
