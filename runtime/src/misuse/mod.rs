//! What each misuse of `#[sync_wrapper]` looks like: the mistake, what the compiler prints, and the same corrected.
//!
//! The first digit of a code says where to look: 1 the item, 2 its signature, 3 the attribute's options, 4 how they combine,
//! 5 what only rustc can see. A code is never reused. This module is part of the docs only, and is made from the compile-fail
//! tests: what you read here is what happens.
//!
//! | code | mistake |
//! |---|---|
//! | [`SW101`] | the function is not `async` |
//! | [`SW102`] | the item is not a function |
//! | [`SW103`] | the impl block implements a trait |
//! | [`SW104`] | nothing in the block can have a twin |
//! | [`SW105`] | the items of the module are in another file (E0658) |
//! | [`SW106`] | the block of a stream or a sink of another crate does not say what the items are |
//! | [`SW201`] | the function is `const` |
//! | [`SW202`] | the function has a foreign ABI |
//! | [`SW203`] | the function takes a variable number of arguments |
//! | [`SW204`] | too many arguments depend on a `cfg` |
//! | [`SW205`] | the return type does not name the output of the future |
//! | [`SW206`] | the fn returns a stream, but the feature `stream` is off |
//! | [`SW207`] | the method takes a pointer to the async type, which a blocking type does not have |
//! | [`SW208`] | the method lends a type for which there is a blocking one |
//! | [`SW209`] | the method returns a type for which there is a blocking one, inside something that cannot be taken apart |
//! | [`SW210`] | a fn with a body in a `foreign` block |
//! | [`SW211`] | fns without bodies in a block that is not `foreign` |
//! | [`SW301`] | there is no option of this name |
//! | [`SW302`] | an option is given twice |
//! | [`SW303`] | an option has no value |
//! | [`SW304`] | the value of an option is of the wrong kind |
//! | [`SW305`] | there is no isolation of this name |
//! | [`SW306`] | the name of the twin is not an identifier |
//! | [`SW307`] | the path to sync-twin is relative |
//! | [`SW308`] | an option that takes no value has one |
//! | [`SW309`] | this is not an option |
//! | [`SW310`] | there is no flavor of this name |
//! | [`SW311`] | the timeout is not a duration |
//! | [`SW312`] | a new runtime for every call |
//! | [`SW313`] | `skip(…)` or `only(…)` names something that is not in the block |
//! | [`SW314`] | there is no policy of this name |
//! | [`SW401`] | the twin would have the name of the async fn |
//! | [`SW402`] | another attribute makes the function block |
//! | [`SW403`] | `associated` on a method |
//! | [`SW404`] | `skip` outside a block |
//! | [`SW405`] | `suffix` or `prefix` beside a `name` |
//! | [`SW406`] | `flavor` beside a `runtime` |
//! | [`SW407`] | `type` or `extend` on something other than an impl block |
//! | [`SW408`] | an option on the wrong kind of item |
//! | [`SW409`] | the block already has something with the name of the twin |
//! | [`SW410`] | `timeout` on a fn that returns its stream at once |
//! | [`SW411`] | an option names `self` on a fn without it |
//! | [`SW412`] | a blocking trait has a fn without a receiver, and nobody names the async type of an implementor |
//! | [`SW413`] | another attribute changes how the fn is called |
//! | [`SW414`] | `close` and `derive(Clone)` on one blocking type |
//! | [`SW415`] | `close` names something that a `Drop` cannot call |
//! | [`SW416`] | `flatten` on a fn that returns no `Result` |
//! | [`SW501`] | the name of the twin is taken (E0428) |
//! | [`SW502`] | `isolation = "always"` with an argument that is not `Send` (E0277) |
//! | [`SW503`] | `isolation = "always"` with a result that is not `Send` (E0277) |
//! | [`SW504`] | the method implements a trait (E0407) |
//! | [`SW505`] | an associated fn that one attribute cannot tell from a free fn (E0425) |
//! | [`SW507`] | a method of a `foreign` block returns something else in its crate (E0277) |
//! | [`SW508`] | a method takes `&mut self`, but the async value is pinned and not `Unpin` (E0277) |
//! | [`likely`] | what has no code |

#![allow(non_snake_case)]

#[doc = include_str!("sw101.md")]
pub mod SW101 {}

#[doc = include_str!("sw102.md")]
pub mod SW102 {}

#[doc = include_str!("sw103.md")]
pub mod SW103 {}

#[doc = include_str!("sw104.md")]
pub mod SW104 {}

#[doc = include_str!("sw105.md")]
pub mod SW105 {}

#[doc = include_str!("sw106.md")]
pub mod SW106 {}

#[doc = include_str!("sw201.md")]
pub mod SW201 {}

#[doc = include_str!("sw202.md")]
pub mod SW202 {}

#[doc = include_str!("sw203.md")]
pub mod SW203 {}

#[doc = include_str!("sw204.md")]
pub mod SW204 {}

#[doc = include_str!("sw205.md")]
pub mod SW205 {}

#[doc = include_str!("sw206.md")]
pub mod SW206 {}

#[doc = include_str!("sw207.md")]
pub mod SW207 {}

#[doc = include_str!("sw208.md")]
pub mod SW208 {}

#[doc = include_str!("sw209.md")]
pub mod SW209 {}

#[doc = include_str!("sw210.md")]
pub mod SW210 {}

#[doc = include_str!("sw211.md")]
pub mod SW211 {}

#[doc = include_str!("sw301.md")]
pub mod SW301 {}

#[doc = include_str!("sw302.md")]
pub mod SW302 {}

#[doc = include_str!("sw303.md")]
pub mod SW303 {}

#[doc = include_str!("sw304.md")]
pub mod SW304 {}

#[doc = include_str!("sw305.md")]
pub mod SW305 {}

#[doc = include_str!("sw306.md")]
pub mod SW306 {}

#[doc = include_str!("sw307.md")]
pub mod SW307 {}

#[doc = include_str!("sw308.md")]
pub mod SW308 {}

#[doc = include_str!("sw309.md")]
pub mod SW309 {}

#[doc = include_str!("sw310.md")]
pub mod SW310 {}

#[doc = include_str!("sw311.md")]
pub mod SW311 {}

#[doc = include_str!("sw312.md")]
pub mod SW312 {}

#[doc = include_str!("sw313.md")]
pub mod SW313 {}

#[doc = include_str!("sw314.md")]
pub mod SW314 {}

#[doc = include_str!("sw401.md")]
pub mod SW401 {}

#[doc = include_str!("sw402.md")]
pub mod SW402 {}

#[doc = include_str!("sw403.md")]
pub mod SW403 {}

#[doc = include_str!("sw404.md")]
pub mod SW404 {}

#[doc = include_str!("sw405.md")]
pub mod SW405 {}

#[doc = include_str!("sw406.md")]
pub mod SW406 {}

#[doc = include_str!("sw407.md")]
pub mod SW407 {}

#[doc = include_str!("sw408.md")]
pub mod SW408 {}

#[doc = include_str!("sw409.md")]
pub mod SW409 {}

#[doc = include_str!("sw410.md")]
pub mod SW410 {}

#[doc = include_str!("sw411.md")]
pub mod SW411 {}

#[doc = include_str!("sw412.md")]
pub mod SW412 {}

#[doc = include_str!("sw413.md")]
pub mod SW413 {}

#[doc = include_str!("sw414.md")]
pub mod SW414 {}

#[doc = include_str!("sw415.md")]
pub mod SW415 {}

#[doc = include_str!("sw416.md")]
pub mod SW416 {}

#[doc = include_str!("sw501.md")]
pub mod SW501 {}

#[doc = include_str!("sw502.md")]
pub mod SW502 {}

#[doc = include_str!("sw503.md")]
pub mod SW503 {}

#[doc = include_str!("sw504.md")]
pub mod SW504 {}

#[doc = include_str!("sw505.md")]
pub mod SW505 {}

#[doc = include_str!("sw507.md")]
pub mod SW507 {}

#[doc = include_str!("sw508.md")]
pub mod SW508 {}

#[doc = include_str!("likely.md")]
pub mod likely {}
