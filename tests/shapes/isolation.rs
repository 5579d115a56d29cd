//! The option `isolation`, with shapes that need care in each of the three.

use crate::pause;
use std::rc::Rc;
use std::thread::{self, ThreadId};
use sync_twin::sync_wrapper;

/// On this thread, wherever it is
#[sync_wrapper(isolation = "never")]
pub async fn never(_: &Rc<u8>) -> ThreadId {
    pause().await;
    thread::current().id()
}

/// On another thread, wherever this one is
#[sync_wrapper(isolation = "always")]
pub async fn always<T>(
    lent: &mut T,
    _: (u8, u8),
    _f: impl Fn(&str) -> &str + Send,
) -> (ThreadId, &mut T)
where
    T: Send,
{
    pause().await;
    (thread::current().id(), lent)
}

/// Whatever is right
#[sync_wrapper(isolation = "auto")]
pub async fn auto(_: Rc<u8>) -> ThreadId {
    pause().await;
    thread::current().id()
}

/// What the methods belong to.
pub struct Service(u8);

impl Service {
    /// Nothing but a receiver
    #[sync_wrapper(isolation = "always")]
    pub async fn get(&self) -> u8 {
        pause().await;
        self.0
    }

    /// A receiver with a type
    #[sync_wrapper(isolation = "always")]
    pub async fn take(self: Box<Self>) -> u8 {
        pause().await;
        self.0
    }

    /// Without a result
    #[sync_wrapper(isolation = "always")]
    pub async fn set(&mut self, n: u8) {
        pause().await;
        self.0 = n;
    }
}

#[test]
fn where_they_run() {
    let here = thread::current().id();
    assert_eq!(never_sync(&Rc::new(1)), here);
    assert_eq!(auto_sync(Rc::new(1)), here);
    let mut lent = String::from("x");
    let (there, lent) = always_sync(&mut lent, (1, 2), |text| text);
    lent.push('y');
    assert_ne!(there, here);
    assert_eq!(lent, "xy");
}

#[test]
fn methods_that_always_isolate() {
    let mut service = Box::new(Service(1));
    service.set_sync(2);
    assert_eq!(service.get_sync(), 2);
    assert_eq!(service.take_sync(), 2);
}
