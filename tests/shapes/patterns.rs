//! Arguments by pattern, and arguments called like anything that the expansion might use.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// To be taken apart.
#[derive(Clone, Copy)]
pub struct Point {
    x: i32,
    y: i32,
}

/// To be taken apart by position.
pub struct Pair(i32, i32);

/// A pattern that looks like a variable.
pub struct Unit;

/// `mut x`
#[sync_wrapper]
pub async fn mutable(mut n: u8) -> u8 {
    n += 1;
    pause().await;
    n
}

/// `ref x`
#[sync_wrapper]
#[allow(clippy::toplevel_ref_arg)]
pub async fn by_ref(ref text: String) -> usize {
    pause().await;
    text.len()
}

/// `_`, twice
#[sync_wrapper]
pub async fn ignored(_: u8, _: &str) -> u8 {
    pause().await;
    1
}

/// `_x`
#[sync_wrapper]
pub async fn underscored(_n: u8, _: u8) -> u8 {
    pause().await;
    1
}

/// A tuple
#[sync_wrapper]
pub async fn tuple((a, mut b): (i32, i32)) -> i32 {
    b *= 2;
    pause().await;
    a + b
}

/// A struct, a tuple struct, an array and a reference
#[sync_wrapper]
pub async fn apart(
    Point { x, y: height }: Point,
    Pair(left, right): Pair,
    [first, .., last]: [i32; 3],
    &borrowed: &i32,
    &mut ref mut changed: &mut i32,
) -> i32 {
    pause().await;
    *changed += 1;
    x + height + left + right + first + last + borrowed + *changed
}

/// `x @ …`
#[sync_wrapper]
pub async fn whole(point @ Point { x, .. }: Point) -> i32 {
    pause().await;
    x + point.y
}

/// A unit struct, which is no variable.
#[sync_wrapper]
pub async fn unit(Unit: Unit, n: u8) -> u8 {
    pause().await;
    n
}

/// Parentheses
#[sync_wrapper]
#[allow(unused_parens)]
pub async fn parenthesised((n): u8) -> u8 {
    pause().await;
    n
}

/// An argument with the fn's own name.
#[sync_wrapper]
pub async fn fetch(fetch: u32) -> u32 {
    pause().await;
    fetch
}

/// An argument with the twin's name.
#[sync_wrapper]
pub async fn load(load_sync: u32) -> u32 {
    pause().await;
    load_sync
}

/// Arguments called like the variables and paths of the expansion.
#[sync_wrapper]
#[allow(clippy::similar_names, reason = "that is the point")]
pub async fn confusing(
    call: u8,
    arguments: u8,
    sync_twin: u8,
    core: u8,
    arg_type: u8,
    make: u8,
) -> u8 {
    pause().await;
    call + arguments + sync_twin + core + arg_type + make
}

/// An argument called like one whose name is generated.
#[sync_wrapper]
pub async fn numbered(_: u8, arg1: u8, arg0: u8, _: u8) -> u8 {
    pause().await;
    arg0 * 10 + arg1
}

/// Keywords
#[sync_wrapper]
pub async fn raw(r#type: &str, r#match: u8, r#async: u8) -> String {
    pause().await;
    format!("{type}{match}{async}")
}

#[test]
fn variables() {
    assert_eq!(mutable_sync(1), awaited(mutable(1)));
    assert_eq!(by_ref_sync("abc".to_owned()), 3);
    assert_eq!(ignored_sync(1, ""), 1);
    assert_eq!(underscored_sync(1, 2), 1);
    assert_eq!(parenthesised_sync(1), 1);
}

#[test]
fn taken_apart() {
    assert_eq!(tuple_sync((1, 2)), 5);
    let point = Point { x: 1, y: 2 };
    let mut f = 0;
    assert_eq!(apart_sync(point, Pair(3, 4), [5, 6, 7], &8, &mut f), 31);
    assert_eq!(f, 1);
    assert_eq!(whole_sync(point), 3);
    assert_eq!(unit_sync(Unit, 1), 1);
}

#[test]
fn any_name() {
    assert_eq!(fetch_sync(1), 1);
    assert_eq!(load_sync(2), 2);
    assert_eq!(confusing_sync(1, 2, 3, 4, 5, 6), 21);
    assert_eq!(numbered_sync(0, 1, 2, 3), 21);
    assert_eq!(raw_sync("a", 1, 2), "a12");
}
