//! Variables of tasks and threads, as they are carried.

use super::Carry;
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::thread;
use tokio::task;
use tokio::task::futures::TaskLocalFuture;

/// `None` where it is not set.
impl<T: Clone + Send + 'static> Carry for task::LocalKey<T> {
    type Value = Option<T>;

    fn get(&'static self) -> Option<T> {
        self.try_with(T::clone).ok()
    }

    fn scope(&'static self, value: &mut Option<T>, code: &mut dyn FnMut()) {
        let Some(inner) = value.take() else {
            return code();
        };
        // `sync_scope` would keep the value. The scope of a future gives it back.
        let run = poll_fn(|_| {
            code();
            Poll::Ready(())
        });
        let future = pin!(self.scope(inner, run));
        let mut scope = Scope { future, value };
        let _ready = scope
            .future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
    }
}

/// Takes the value back out of a scope.
struct Scope<'a, T: 'static, F> {
    future: Pin<&'a mut TaskLocalFuture<T, F>>,
    value: &'a mut Option<T>,
}

impl<T, F> Drop for Scope<'_, T, F> {
    fn drop(&mut self) {
        *self.value = self.future.as_mut().take_value();
    }
}

impl<T: Copy + Send + 'static> Carry for thread::LocalKey<Cell<T>> {
    /// `None` where the thread has it no more.
    type Value = Option<T>;

    fn get(&'static self) -> Option<T> {
        self.try_with(Cell::get).ok()
    }

    fn scope(&'static self, value: &mut Option<T>, code: &mut dyn FnMut()) {
        let Some(value) = value else {
            return code();
        };
        let exchange = |value: &mut T| *value = self.replace(*value);
        exchange(value);
        let _back = Back { value, exchange };
        code();
    }
}

impl<T: Clone + Send + 'static> Carry for thread::LocalKey<RefCell<T>> {
    /// `None` where it is mutably borrowed, or the thread has it no more.
    type Value = Option<T>;

    fn get(&'static self) -> Option<T> {
        let get = |cell: &RefCell<T>| cell.try_borrow().ok().map(|value| value.clone());
        self.try_with(get).ok().flatten()
    }

    fn scope(&'static self, value: &mut Option<T>, code: &mut dyn FnMut()) {
        let Some(value) = value else {
            return code();
        };
        let exchange = |value: &mut T| self.with_borrow_mut(|here| mem::swap(here, value));
        exchange(value);
        let _back = Back { value, exchange };
        code();
    }
}

/// Exchanges a value again for the one that was there before it.
struct Back<'a, T, F: Fn(&mut T)> {
    value: &'a mut T,
    exchange: F,
}

impl<T, F: Fn(&mut T)> Drop for Back<'_, T, F> {
    fn drop(&mut self) {
        (self.exchange)(self.value);
    }
}
