//! Inline modules: everything in them, at any depth.

use sync_twin::sync_wrapper;

#[sync_wrapper(suffix = "_blocking")]
pub mod api {
    //! Inner docs stay where they are.
    #![allow(async_fn_in_trait)]

    use crate::pause;

    pub const ONE: u8 = 1;

    pub async fn free(n: u8) -> u8 {
        pause().await;
        n + ONE
    }

    #[sync_wrapper(skip)]
    pub async fn skipped() {}

    /// The names that `skip` leaves to others.
    pub fn skipped_blocking() {}

    #[sync_wrapper(name = own)]
    pub async fn named() -> &'static str {
        "named"
    }

    #[sync_wrapper]
    pub fn later() -> impl Future<Output = u8> {
        async { 3 }
    }

    pub fn untouched() -> u8 {
        4
    }

    pub struct Thing {
        pub size: u8,
    }

    impl Thing {
        pub async fn new(size: u8) -> Self {
            pause().await;
            Self { size }
        }

        pub async fn version() -> u8 {
            5
        }
    }

    #[sync_wrapper(prefix = "now_")]
    impl Thing {
        pub async fn size(&self) -> u8 {
            pause().await;
            self.size
        }
    }

    #[sync_wrapper(skip)]
    impl Thing {
        pub async fn left_alone(&self) {}

        pub fn left_alone_blocking(&self) {}
    }

    pub trait Measure {
        async fn measure(&self) -> u8;
    }

    /// An implementation has none of its own, and is no mistake here.
    impl Measure for Thing {
        async fn measure(&self) -> u8 {
            pause().await;
            self.size * 2
        }
    }

    impl std::fmt::Display for Thing {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{}", self.size)
        }
    }

    pub mod inner {
        pub async fn deep() -> u8 {
            super::free(10).await
        }

        pub mod inmost {
            pub async fn deeper(text: &str) -> &str {
                super::super::pause().await;
                &text[1..]
            }
        }
    }

    #[sync_wrapper(suffix = "_later")]
    pub mod other {
        pub async fn deep() -> u8 {
            6
        }
    }

    #[sync_wrapper(skip)]
    pub mod left_alone {
        pub async fn deep() {}

        pub fn deep_blocking() {}
    }

    #[cfg_attr(all(), sync_wrapper(suffix = "_now"))]
    #[cfg_attr(any(), sync_wrapper(skip))]
    impl Thing {
        pub async fn double(&self) -> u8 {
            self.size * 2
        }
    }

    #[cfg_attr(all(), sync_wrapper(skip))]
    impl Thing {
        pub async fn triple(&self) -> u8 {
            self.size * 3
        }

        /// So this name is free.
        pub fn triple_blocking(&self) {}
    }

    #[cfg_attr(any(), sync_wrapper(skip))]
    pub trait Half {
        async fn half(&self) -> u8;
    }

    impl Half for Thing {
        async fn half(&self) -> u8 {
            self.size / 2
        }
    }

    #[cfg_attr(all(), sync_wrapper(prefix = "now_"))]
    pub mod conditional {
        pub async fn deep() -> u8 {
            7
        }
    }

    #[cfg(any())]
    pub mod never_built {
        pub async fn missing() -> Missing {}
    }
}

#[test]
fn free_fns() {
    assert_eq!(api::free_blocking(1), 2);
    assert_eq!(api::own(), "named");
    assert_eq!(api::later_blocking(), 3);
    assert_eq!(api::untouched(), 4);
    sync_twin::block_on(api::skipped());
    api::skipped_blocking();
}

#[test]
fn impls_and_traits() {
    use api::Measure as _;
    let thing = api::Thing::new_blocking(7);
    assert_eq!(api::Thing::version_blocking(), 5);
    assert_eq!(thing.now_size_blocking(), 7);
    assert_eq!(thing.measure_blocking(), 14);
    assert_eq!(thing.to_string(), "7");
    sync_twin::block_on(thing.left_alone());
    thing.left_alone_blocking();
}

#[test]
fn blocks_with_options_under_a_condition() {
    use api::Half as _;
    let thing = api::Thing::new_blocking(8);
    assert_eq!(thing.double_now(), 16);
    assert_eq!(sync_twin::block_on(thing.triple()), 24);
    thing.triple_blocking();
    assert_eq!(thing.half_blocking(), 4);
    assert_eq!(api::conditional::now_deep_blocking(), 7);
}

#[test]
fn modules_in_modules() {
    assert_eq!(api::inner::deep_blocking(), 11);
    assert_eq!(api::inner::inmost::deeper_blocking("abc"), "bc");
    assert_eq!(api::other::deep_later(), 6);
    sync_twin::block_on(api::left_alone::deep());
    api::left_alone::deep_blocking();
}
