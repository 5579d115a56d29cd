//! The twin's name.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// `load_async` → `load_sync`, `load` → `load_sync`, `r#yield` → `yield_sync`, `x_` → `x_sync`.
///
/// The name keeps the place of the original's, so that an editor which is asked for the definition of the
/// twin goes to the async fn, and a clash with another item is reported there.
pub(crate) fn derive(original: &Ident) -> Ident {
    let name = original.unraw().to_string();
    let stem = name.strip_suffix("_async").unwrap_or(&name);
    let trimmed = stem.trim_end_matches('_');
    let twin = match (trimmed, stem) {
        // Nothing but underscores: they are all the name there is, so they stay.
        ("", "") => String::from("_sync"),
        ("", underscores) => format!("{underscores}sync"),
        (stem, _) => format!("{stem}_sync"),
    };
    Ident::new(&twin, original.span())
}

#[cfg(test)]
mod tests {
    use super::derive;
    use proc_macro2::{Ident, Span};

    #[track_caller]
    fn check(original: &str, twin: &str) {
        let ident = match original.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, Span::call_site()),
            None => Ident::new(original, Span::call_site()),
        };
        assert_eq!(derive(&ident), twin);
    }

    #[test]
    fn sync_is_appended() {
        check("load", "load_sync");
        check("asynchronous", "asynchronous_sync");
        check("loadasync", "loadasync_sync");
    }

    #[test]
    fn async_at_the_end_is_replaced() {
        check("load_async", "load_sync");
        check("load_async_async", "load_async_sync");
        check("x__async", "x_sync");
    }

    #[test]
    fn underscores_do_not_pile_up() {
        check("x_", "x_sync");
        check("_x", "_x_sync");
        check("__", "__sync");
    }

    #[test]
    fn raw_identifiers_are_not_raw_with_a_suffix() {
        check("r#yield", "yield_sync");
        check("r#async", "async_sync");
    }

    #[test]
    fn nothing_but_the_suffix() {
        check("_async", "_sync");
        check("__async", "_sync");
    }
}
