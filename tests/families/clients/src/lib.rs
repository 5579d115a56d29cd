//! Two blocking clients around async ones of other crates: [`http`] around `reqwest`, [`postgres`] around `tokio-postgres`.
//!
//! `reqwest::blocking` and the crate `postgres` are the same, written by hand. What each does in the end, and how many lines it
//! takes, is compared in `tests/families`.

#![warn(missing_docs)]

pub mod http;
pub mod postgres;
