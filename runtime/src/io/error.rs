//! Errors of others as those of I/O.

use std::error::Error;
use std::io;

/// Keeps the kind of one that is an `io::Error` already.
pub(crate) fn io_error(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    match error.into().downcast::<io::Error>() {
        Ok(error) => *error,
        Err(other) => io::Error::other(other),
    }
}
