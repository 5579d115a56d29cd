//! Writing to standard error, past its lock.

use std::fs::File;
use std::io::{self, Write};

/// By a descriptor of our own: `io::stderr` has a lock, and whoever is blocked may be inside an `eprintln!`. If there is
/// no descriptor left, we have to wait for that lock.
#[cfg(unix)]
pub(super) fn write(text: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd;
    match io::stderr().as_fd().try_clone_to_owned() {
        Ok(own) => File::from(own).write_all(text),
        Err(_) => io::stderr().write_all(text),
    }
}

#[cfg(windows)]
pub(super) fn write(text: &[u8]) -> io::Result<()> {
    use std::os::windows::io::AsHandle;
    match io::stderr().as_handle().try_clone_to_owned() {
        Ok(own) => File::from(own).write_all(text),
        Err(_) => io::stderr().write_all(text),
    }
}

#[cfg(not(any(unix, windows)))]
pub(super) fn write(text: &[u8]) -> io::Result<()> {
    io::stderr().write_all(text)
}
