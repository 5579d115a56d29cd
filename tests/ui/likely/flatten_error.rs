//! # Likely: `flatten`, and an error that is not `From<Elapsed>`
//! Of a limit that passes, `flatten` makes the fn's own error.
//! Fix: write `impl From<sync_twin::Elapsed> for Error`, or name what makes the error: `flatten = |_| Error::Late`.

use std::time::Duration;
use sync_twin::sync_wrapper;

enum Error {
    Late,
}

#[sync_wrapper(timeout = Duration::from_secs(5), flatten)]
async fn load() -> Result<u8, Error> {
    Err(Error::Late)
}

fn main() {}
