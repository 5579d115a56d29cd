//! `#[trait_variant::make]` below ours.
#![allow(async_fn_in_trait)]

use crate::pause;
use sync_twin::sync_wrapper;

#[sync_wrapper]
#[trait_variant::make(Send)]
pub trait First {
    async fn get(&self, key: u8) -> u8;
}

pub struct Adds(pub u8);

impl First for Adds {
    async fn get(&self, key: u8) -> u8 {
        pause().await;
        self.0 + key
    }
}

#[test]
fn ours_above() {
    assert_eq!(First::get_sync(&Adds(1), 2), 3);
}
