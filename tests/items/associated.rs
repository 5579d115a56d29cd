//! A fn that has the attribute on its own, no receiver and no `Self`: a free fn and an associated fn look alike.

use crate::pause;
use std::num::ParseIntError;
use sync_twin::sync_wrapper;

#[sync_wrapper]
pub async fn free(text: &str) -> Result<u8, ParseIntError> {
    pause().await;
    let n: u8 = text.parse()?;
    if n > 100 { Ok(100) } else { Ok(n + 1) }
}

pub struct Server;

impl Server {
    #[sync_wrapper]
    pub async fn version() -> &'static str {
        pause().await;
        "1.0"
    }

    #[sync_wrapper]
    pub async fn parse(text: &str) -> Result<u8, ParseIntError> {
        pause().await;
        let n: u8 = text.parse()?;
        Ok(n + 2)
    }

    #[sync_wrapper]
    pub async fn pick<'a, T>(
        mut all: Vec<T>,
        (index, name): (usize, &'a str),
    ) -> Option<(T, &'a str)> {
        pause().await;
        if index >= all.len() {
            return None;
        }
        Some((all.swap_remove(index), name))
    }

    #[sync_wrapper]
    pub async fn version_of(version: impl AsRef<str>) -> String {
        version.as_ref().to_owned()
    }

    #[sync_wrapper(associated)]
    pub async fn said() -> u8 {
        3
    }

    /// Its twin alone uses it, which the word makes known.
    #[sync_wrapper(associated)]
    async fn private() -> u8 {
        4
    }
}

pub struct Generic<T>(pub T);

impl<T> Generic<T> {
    #[sync_wrapper]
    pub async fn size() -> usize {
        pause().await;
        size_of::<T>()
    }
}

pub trait Named {
    #[sync_wrapper(associated)]
    #[allow(async_fn_in_trait)]
    async fn name() -> &'static str {
        "default"
    }

    #[sync_wrapper]
    #[allow(async_fn_in_trait)]
    async fn number(of: u8) -> u8;
}

impl Named for Server {
    async fn name() -> &'static str {
        pause().await;
        "server"
    }

    async fn number(of: u8) -> u8 {
        of * 2
    }
}

#[test]
fn free_fns() {
    assert_eq!(free_sync("1"), Ok(2));
    assert!(free_sync("x").is_err());

    #[sync_wrapper]
    async fn inside_a_fn() -> u8 {
        9
    }
    assert_eq!(inside_a_fn_sync(), 9);
}

#[test]
fn associated_fns() {
    assert_eq!(Server::version_sync(), "1.0");
    assert_eq!(Server::parse_sync("1"), Ok(3));
    assert!(Server::parse_sync("x").is_err());
    assert_eq!(
        Server::pick_sync(vec!['a', 'b'], (1, "name")),
        Some(('b', "name"))
    );
    assert_eq!(Server::pick_sync(vec![0], (1, "name")), None);
    assert_eq!(Server::version_of_sync("2"), "2");
    assert_eq!(Server::said_sync(), 3);
    assert_eq!(Server::private_sync(), 4);
    assert_eq!(Generic::<u64>::size_sync(), 8);
}

/// In a trait the implementors decide.
#[test]
fn in_traits() {
    assert_eq!(Server::name_sync(), "server");
    assert_eq!(Server::number_sync(4), 8);
}
