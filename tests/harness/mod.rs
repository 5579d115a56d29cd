//! What all behaviour suites share: the work that a call does, the kinds of call, and a bound for hangs.

pub mod call;
pub mod deadline;
pub mod kinds;
pub mod work;
