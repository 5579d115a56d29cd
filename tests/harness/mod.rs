//! What all behaviour suites share: the work that a call does, the kinds of call, runtimes, a bound for hangs, and
//! packages outside the workspace.

pub mod acts;
pub mod call;
pub mod child;
#[path = "../../runtime/tests/deadline/mod.rs"]
pub mod deadline;
pub mod everywhere;
pub mod kinds;
pub mod outside;
pub mod places;
pub mod runtimes;
pub mod tasks;
pub mod threads;
pub mod work;
