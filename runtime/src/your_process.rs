//! What sync-twin does to your process.
//!
//! | after the first use | threads | descriptors | memory |
//! |---|---|---|---|
//! | a call on a plain thread | starter, home | 4 | 100 KiB |
//! | a call inside or beside a multi-thread runtime | starter, 8 crew | 4 | 300 KiB |
//! | a call on a driver, isolated | starter, home, isolated | 4 | 150 KiB |
//! | `spawn` | starter, 2 background | 4 | 100 KiB |
//! | `to_thread`, on a plain thread | starter, home, 3 background | 8 | 200 KiB |
//! | `start()` | starter, home, 8 crew | 8 | 400 KiB |
