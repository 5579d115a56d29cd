//! Calls that never end say so: each test makes one, in a process of its own, and reads the report.
//!
//! `tests/README.md` has the table of them, and the chapter `it_hangs` of the guide says what to do about each.

mod actors;
mod children;
mod ours;
mod pools;
mod senders;
mod served;
mod settings;
mod siblings;
mod told;
