//! Where the calls of an iterator or a reader are made, for reports.

use std::panic::Location;
use std::ptr;

/// Where an iterator or a reader was made, and where its `next` or `read` is called.
///
/// It is called many times in the same place, and to look at the name of a file takes longer than an item does.
#[derive(Clone, Copy)]
pub(crate) struct Sites {
    made: &'static Location<'static>,
    /// Where it was last called, and where that call was made.
    last: (&'static Location<'static>, &'static Location<'static>),
}

impl Sites {
    pub(crate) const fn new(made: &'static Location<'static>) -> Self {
        Sites {
            made,
            last: (made, made),
        }
    }

    /// Where it is called, or if that is in an adapter of std's, where it was made.
    #[track_caller]
    #[inline]
    pub(crate) fn next(&mut self) -> &'static Location<'static> {
        let here = Location::caller();
        if !ptr::eq(self.last.0, here) {
            let site = if is_of_std(here.file()) {
                self.made
            } else {
                here
            };
            self.last = (here, site);
        }
        self.last.1
    }
}

fn is_of_std(file: &str) -> bool {
    let parts = [
        "/library/core/src/",
        "/library/alloc/src/",
        "/library/std/src/",
    ];
    file.starts_with("/rustc/") || parts.iter().any(|part| file.contains(part))
}
