//! Without the feature `fiber` there is none, and nothing to ask.

use super::in_async::Origin;
use crate::context::Place;
use crate::park::parker::Parker;
use crate::runtime_choice::ChosenRuntime;
use std::future::Future;
use std::panic::Location;

#[inline]
pub(super) fn suspends() -> bool {
    false
}

#[inline]
pub(super) fn suspends_on(_chosen: ChosenRuntime<'_>) -> bool {
    false
}

#[inline]
pub(super) fn place() -> Option<Place> {
    None
}

#[inline]
pub(super) fn is_at(_place: Place) -> bool {
    false
}

pub(super) fn run<F, Fut>(
    _site: &'static Location<'static>,
    _origin: &'static Origin,
    _chosen: ChosenRuntime<'_>,
    _make: F,
) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    unreachable!("there are no fibers")
}

pub(super) fn park(_site: &'static Location<'static>, _depth: usize, _parker: &Parker) {
    unreachable!("there are no fibers")
}
