//! # Likely: `map(…)` names a type that lends no async value
//! Why: an argument by reference is taken out of its blocking type by `as_async`.
//! Fix: name the blocking type, here `BlockingMemory`, or give yours an `as_async`.

struct Memory;

struct Own(Memory);

impl From<Own> for Memory {
    fn from(own: Own) -> Memory {
        own.0
    }
}

#[sync_twin::sync_wrapper(map(Memory = Own))]
async fn count(memory: &Memory, more: Memory) -> u8 {
    let _ = (memory, more);
    1
}

fn main() {}
