//! What all behaviour suites share: the work that a call does, the kinds of call, a bound for hangs, and
//! packages outside the workspace.

pub mod call;
pub mod deadline;
pub mod kinds;
pub mod outside;
pub mod work;
