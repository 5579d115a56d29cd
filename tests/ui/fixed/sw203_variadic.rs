//! # SW203, fixed: the async fn has a fixed number of arguments
//! Before: `../fail/sw203_variadic.rs`.

use std::ffi::{c_char, c_int};
use sync_twin::sync_wrapper;

unsafe extern "C" {
    fn printf(format: *const c_char, ...) -> c_int;
}

#[sync_wrapper]
async fn report(users: c_int) -> c_int {
    // SAFETY: the format asks for one `int`, and gets one.
    unsafe { printf(c"%d users\n".as_ptr(), users) }
}

fn main() {
    assert_eq!(report_sync(3), "3 users\n".len() as c_int);
}
