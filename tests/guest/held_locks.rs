//! Locks that the caller holds and that can be taken again on its thread only.

use crate::child::alone;
use std::fmt;
use std::io::{self, Write as _};
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::places::PLACES;
use tokio::task::yield_now;

/// Something that has to ask before it can be shown, and says so meanwhile.
struct Remote;

#[sync_wrapper(isolation = "never")]
impl Remote {
    async fn name(&self) -> &'static str {
        println!("asking");
        yield_now().await;
        println!("asked");
        "a name"
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name_sync())
    }
}

/// On an isolation thread, which a driver's calls get by default, the second `println!` would wait for the first.
#[test]
fn a_display_that_calls_in_place() {
    alone("held_locks::a_display_that_calls_in_place", || {
        for place in PLACES {
            place.run(|| {
                println!("{Remote}");
                let mut stdout = io::stdout().lock();
                writeln!(stdout, "{Remote}").unwrap();
                assert_eq!(Remote.to_string(), "a name");
            });
        }
    });
}
