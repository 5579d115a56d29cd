//! # SW412: a blocking trait has a fn without a receiver, and nobody names the async type of an implementor
//! Why: without a value, only the async type's name tells whose fn it is.
//! Fix: name the async type in the map; see `../fixed/sw412_unknown_implementor.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(trait = BlockingStore, for(BlockingMemory))]
trait Store {
    async fn open() -> Self;
}

struct BlockingMemory;

fn main() {}
