//! # SW412, fixed: the map names the async type
//! Before: `../fail/sw412_unknown_implementor.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(trait = BlockingStore, for(BlockingMemory), map(Memory = BlockingMemory))]
trait Store {
    async fn open() -> Self;
}

struct Memory;

impl Store for Memory {
    async fn open() -> Self {
        Memory
    }
}

#[sync_wrapper(type = BlockingMemory)]
impl Memory {
    pub async fn len(&self) -> usize {
        0
    }
}

fn main() {
    let memory: BlockingMemory = BlockingStore::open();
    assert_eq!(memory.len(), 0);
}
