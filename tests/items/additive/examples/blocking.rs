//! How somebody uses the library who has turned on `blocking`.

#![deny(warnings)]

use additive::{BlockingCounter, Greeter, Length as _};

fn main() {
    assert_eq!(additive::wait_sync(1), 1);
    let greeter = Greeter::new_sync("you");
    assert_eq!(greeter.greet_sync(), "hello you");
    assert_eq!(greeter.greet_loudly_blocking(), "HELLO YOU");
    assert_eq!(greeter.length_sync(), 3);
    assert_eq!(BlockingCounter::new().count(), 1);
    assert_eq!(additive::more::one_sync(), 1);
}
