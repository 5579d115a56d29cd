//! Everything here knows sync-twin as `twins`, in an older edition, and without tokio of its own.

#![deny(warnings)]

use twins::sync_wrapper;

/// In this edition `gen` is a name like any other.
#[sync_wrapper(crate = ::twins)]
async fn free(gen: &u8) -> u8 {
    *gen
}

struct Service(u8);

impl Service {
    #[sync_wrapper(crate = ::twins)]
    async fn method<T: From<u8>>(&self, mut numbers: impl Iterator<Item = &u8>) -> T {
        T::from(self.0 + numbers.next().copied().unwrap_or_default())
    }

    #[sync_wrapper(crate = ::twins, isolation = "always")]
    async fn isolated(self: Box<Self>) -> u8 {
        self.0
    }
}

/// In this edition `impl Trait` borrows only from what it names: the twin's does too.
#[sync_wrapper(crate = ::twins)]
async fn borrows_nothing(text: &str) -> impl std::fmt::Display {
    text.len()
}

#[sync_wrapper(crate = ::twins)]
async fn borrows(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
}

/// # Safety
///
/// The pointer must be valid for reads.
#[sync_wrapper(crate = ::twins)]
async unsafe fn read(pointer: *const u8) -> u8 {
    *pointer
}

trait Store {
    #[sync_wrapper(crate = crate::twins_in_scope::twins)]
    async fn get(self) -> u8;
}

impl Store for u8 {
    async fn get(self) -> u8 {
        self
    }
}

macro_rules! define {
    ($name:ident) => {
        #[$crate::twins_in_scope::twins::sync_wrapper(crate = $crate::twins_in_scope::twins)]
        async fn $name(n: u8) -> u8 {
            n
        }
    };
}

define!(by_macro);

mod twins_in_scope {
    pub(crate) use twins;
}

fn main() {
    println!("free {}", free_sync(&1));
    println!("method {}", Service(1).method_sync::<u16>([1].iter()));
    println!("trait {}", 3_u8.get_sync());
    let length = borrows_nothing_sync(&String::from("four"));
    println!("result {} of {}", length, borrows_sync("chars").count());
    println!("unsafe {}", unsafe { read_sync(&7) });
    println!("macro {}", by_macro_sync(4));
    println!("isolated {}", Box::new(Service(5)).isolated_sync());
}
