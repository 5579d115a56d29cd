//! # Likely: `for(…)` names a type whose async type does not implement the trait
//! Why: the blocking type implements the blocking trait because the async type in it implements the async one.
//! Fix: implement `Store` for `Memory`, or take `BlockingMemory` out of `for(…)`.

struct Memory;

#[sync_twin::sync_wrapper(type = BlockingMemory)]
impl Memory {
    pub async fn open() -> Memory {
        Memory
    }
}

#[sync_twin::sync_wrapper(trait = BlockingStore, for(BlockingMemory))]
trait Store {
    async fn get(&self) -> u8;
}

fn main() {}
