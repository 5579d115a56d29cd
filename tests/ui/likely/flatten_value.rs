//! # Likely: `flatten` names an error, and not what makes one
//! A variant without a field is no fn of the limit.
//! Fix: write `flatten = |_| Error::Late`, or give the variant a field for the `Elapsed`.

use std::time::Duration;
use sync_twin::sync_wrapper;

enum Error {
    Late,
}

#[sync_wrapper(timeout = Duration::from_secs(5), flatten = Error::Late)]
async fn load() -> Result<u8, Error> {
    Ok(1)
}

fn main() {}
