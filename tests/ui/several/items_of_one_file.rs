//! # Several at once: every annotated item of a file
//! Every item gets its own error, whatever else is wrong.

use sync_twin::sync_wrapper;

#[sync_wrapper]
struct User;

#[sync_wrapper]
enum Plan {
    Free,
}

#[sync_wrapper]
const LIMIT: u32 = 100;

#[sync_wrapper]
static REGION: &str = "eu";

#[sync_wrapper]
type Name = String;

#[sync_wrapper]
use std::time::Duration;

#[sync_wrapper]
mod api { const A: u8 = 1; }

#[sync_wrapper]
impl User { fn id(&self) {} }

#[sync_wrapper]
trait Store { fn id(&self); }

#[sync_wrapper]
fn rename(_: User, name: Name) -> (Name, Duration, u32) {
    (name, Duration::ZERO, LIMIT)
}

fn main() {
    let _ = (Plan::Free, REGION, rename(User, Name::new()));
}
