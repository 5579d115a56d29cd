//! # Likely: isolation = "always" and a type parameter
//! A `&T` is `Send` if `T` is `Sync`, and only a bound can say so. With `"auto"` such a call never isolates, and rustc is silent.
//! Fix: add the bound that rustc suggests, or leave `isolation` out.

use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "always")]
async fn show<T: ToString>(value: &T) -> String {
    value.to_string()
}

fn main() {}
