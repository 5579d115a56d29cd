//! `#[trait_variant::make]`, below ours and above.
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

#[trait_variant::make(SecondSend: Send)]
#[sync_wrapper]
pub trait Second {
    async fn get(&self, key: u8) -> u8;

    fn name(&self) -> &'static str;
}

#[sync_wrapper]
#[trait_variant::make(ThirdSend: Send)]
pub trait Third {
    async fn get(&self, key: u8) -> u8;

    async fn last<'a>(&self, all: &'a [u8]) -> Option<&'a u8>;
}

#[trait_variant::make(Send)]
#[sync_wrapper]
pub trait Fourth {
    async fn get(&mut self, key: u8) -> u8;
}

impl SecondSend for Adds {
    async fn get(&self, key: u8) -> u8 {
        pause().await;
        self.0 + key * 2
    }

    fn name(&self) -> &'static str {
        "adds"
    }
}

impl ThirdSend for Adds {
    async fn get(&self, key: u8) -> u8 {
        pause().await;
        self.0 + key * 3
    }

    async fn last<'a>(&self, all: &'a [u8]) -> Option<&'a u8> {
        pause().await;
        all.last()
    }
}

impl Fourth for Adds {
    async fn get(&mut self, key: u8) -> u8 {
        pause().await;
        self.0 += key;
        self.0
    }
}

#[test]
fn variants_with_a_name_of_their_own() {
    assert_eq!(SecondSend::get_sync(&Adds(1), 2), 5);
    assert_eq!(Second::get_sync(&Adds(1), 2), 5);
    assert_eq!(Second::name(&Adds(1)), "adds");
    assert_eq!(ThirdSend::get_sync(&Adds(1), 2), 7);
    assert_eq!(Third::get_sync(&Adds(1), 2), 7);
    assert_eq!(Third::last_sync(&Adds(1), &[1, 2]), Some(&2));
}

#[test]
fn ours_below() {
    assert_eq!(Fourth::get_sync(&mut Adds(1), 2), 3);
}

#[test]
fn ours_above() {
    assert_eq!(First::get_sync(&Adds(1), 2), 3);
}
