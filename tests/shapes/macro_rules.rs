//! Items that come out of `macro_rules!`, whole or in pieces.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

macro_rules! whole {
    ($item:item) => {
        #[sync_wrapper]
        $item
    };
}

whole! {
    /// A whole item
    pub async fn item(n: u8) -> u8 {
        pause().await;
        n
    }
}

macro_rules! tokens {
    ($($token:tt)*) => {
        #[sync_wrapper]
        $($token)*
    };
}

tokens! {
    /// A list of tokens
    pub async fn token_list(n: u8) -> u8 {
        pause().await;
        n
    }
}

macro_rules! pieces {
    ($(#[$attribute:meta])* $vis:vis $name:ident($($argument:ident: $ty:ty),*) -> $output:ty $body:block) => {
        $(#[$attribute])*
        #[sync_wrapper]
        $vis async fn $name($($argument: $ty),*) -> $output $body
    };
}

pieces! {
    /// Every piece is a fragment of its own.
    pub from_pieces(a: &[u8], b: impl Iterator<Item = &u8>) -> Vec<u8> {
        pause().await;
        a.iter().copied().chain(b.copied()).collect()
    }
}

pieces! {
    /// No visibility
    private(n: u8) -> u8 {
        pause().await;
        n
    }
}

macro_rules! same_name {
    ($name:ident) => {
        /// One `n` is the macro's, the other the caller's.
        #[sync_wrapper]
        pub async fn two_of_one_name(n: u8, $name: u8) -> [u8; 2] {
            pause().await;
            [n, $name]
        }
    };
}

same_name!(n);

macro_rules! patterns {
    ($pattern:pat, $value:expr) => {
        /// A pattern as a fragment
        #[sync_wrapper]
        pub async fn by_pattern($pattern: (u8, u8)) -> u8 {
            pause().await;
            $value
        }
    };
}

patterns!((a, _), a);

macro_rules! lifetimes {
    ($lifetime:lifetime, $bound:path) => {
        /// A lifetime and a bound as fragments
        #[sync_wrapper]
        pub async fn by_lifetime<$lifetime, T: $bound>(text: &$lifetime str, _: T) -> &$lifetime str {
            pause().await;
            text
        }
    };
}

lifetimes!('a, ::std::fmt::Debug);

/// What the methods belong to.
pub struct Service(u8);

macro_rules! methods {
    ($type:ty { $($name:ident: $value:expr;)* }) => {
        impl $type {
            $(
                /// `self` is the macro's own.
                #[sync_wrapper]
                pub async fn $name(&self) -> u8 {
                    pause().await;
                    self.0 + $value
                }
            )*

            /// Changes.
            #[sync_wrapper]
            pub async fn change(mut self: Box<Self>, to: u8) -> Box<Self> {
                pause().await;
                self.0 = to;
                self
            }
        }
    };
}

methods!(Service { one: 1; two: 2; });

macro_rules! with_self {
    ($this:ident, $name:ident, $body:block) => {
        impl Service {
            /// `self` is the caller's.
            #[sync_wrapper]
            pub async fn $name(&$this) -> u8 $body
        }
    };
}

with_self!(self, given_self, {
    pause().await;
    self.0
});

macro_rules! option_pieces {
    ($name:ident, $twin:ident, $isolation:literal, $krate:path) => {
        /// Options as fragments
        #[sync_wrapper(name = $twin, isolation = $isolation, crate = $krate)]
        pub async fn $name() -> u8 {
            pause().await;
            1
        }
    };
}

option_pieces!(by_options, by_options_blocking, "never", ::sync_twin);

/// As a crate has it that exports macros.
pub mod exported {
    pub use sync_twin;
}

macro_rules! dollar_crate {
    ($name:ident) => {
        /// `$crate`
        #[$crate::macro_rules::exported::sync_twin::sync_wrapper(crate = $crate::macro_rules::exported::sync_twin)]
        pub async fn $name() -> $crate::macro_rules::Service {
            $crate::pause().await;
            $crate::macro_rules::Service(3)
        }
    };
}

dollar_crate!(by_dollar_crate);

macro_rules! nested_macros {
    ($($n:literal => $name:ident),*) => {
        $(pieces! {
            /// Through two macros
            pub $name(n: u8) -> u8 {
                pause().await;
                n + $n
            }
        })*
    };
}

nested_macros!(1 => plus_one, 2 => plus_two);

#[test]
fn items() {
    assert_eq!(item_sync(1), awaited(item(1)));
    assert_eq!(token_list_sync(1), 1);
    assert_eq!(from_pieces_sync(&[1], [2].iter()), [1, 2]);
    assert_eq!(private_sync(1), 1);
    assert_eq!(plus_one_sync(1) + plus_two_sync(1), 5);
}

#[test]
fn hygiene() {
    assert_eq!(two_of_one_name_sync(1, 2), [1, 2]);
    assert_eq!(by_pattern_sync((1, 2)), 1);
    assert_eq!(by_lifetime_sync("x", 1), "x");
    assert_eq!(Service(1).one_sync() + Service(1).two_sync(), 5);
    assert_eq!(Box::new(Service(1)).change_sync(4).given_self_sync(), 4);
}

#[test]
fn options() {
    assert_eq!(by_options_blocking(), 1);
    assert_eq!(by_dollar_crate_sync().0, 3);
}
