//! One suite for every place in which a twin can be called: the same work, through every kind of call.
//!
//! [`table`] is the index. A context is a fn that gets a [`Call`](sync_twin_tests::harness::call::Call) and runs
//! it in the place it is named after; it neither knows nor cares what the call does.

mod callbacks;
mod current_thread;
mod depth;
mod dropping;
mod drops;
mod executors;
mod facts;
mod fibers;
mod guards;
mod home;
mod leftovers;
mod local;
mod multi_thread;
mod nested;
mod panics;
mod plain;
mod scenarios;
mod served;
mod store;
mod table;
mod thread_exit;
mod tokio_test;
mod ways;
