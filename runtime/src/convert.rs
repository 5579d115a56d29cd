//! What generated code does with values that contain a blocking type, or the async one.

/// Converts what is in a box.
#[allow(clippy::boxed_local, reason = "generated code has a box to pass on")]
pub fn convert_box<T, U>(value: Box<T>, convert: impl FnOnce(T) -> U) -> Box<U> {
    Box::new(convert(*value))
}

/// Converts all that is in a vector.
pub fn convert_vec<T, U>(values: Vec<T>, convert: impl FnMut(T) -> U) -> Vec<U> {
    values.into_iter().map(convert).collect()
}

/// Where a value is.
#[derive(Clone, Copy)]
pub struct Address(usize);

/// Where the receiver of a call is that returns a reference to it.
pub fn address<T>(value: &T) -> Address {
    Address((&raw const *value).addr())
}

/// A blocking type lends itself where the async type does, and so can only take the place of itself.
///
/// # Panics
///
/// If `value` is not at `receiver`.
#[track_caller]
pub fn is_receiver<T>(receiver: Address, value: &T) {
    assert!(
        address(value).0 == receiver.0,
        "the method returned a reference to another `{}` than the one it was called on, for which there is no blocking type; \
         write `#[sync_wrapper(skip)]` on the method",
        std::any::type_name::<T>(),
    );
}

#[cfg(test)]
mod tests {
    use super::{address, convert_box, convert_vec, is_receiver};

    #[test]
    fn what_is_inside_is_converted() {
        assert_eq!(*convert_box(Box::new(1), |n| n + 1), 2);
        assert_eq!(convert_vec(vec![1, 2], |n| n.to_string()), ["1", "2"]);
    }

    #[test]
    fn a_value_is_where_it_is() {
        let pair = [1, 2];
        let first = address(&pair[0]);
        is_receiver(first, &pair[0]);
    }

    #[test]
    #[should_panic(expected = "write `#[sync_wrapper(skip)]`")]
    fn another_value_is_elsewhere() {
        let pair = [1, 2];
        is_receiver(address(&pair[0]), &pair[1]);
    }
}
