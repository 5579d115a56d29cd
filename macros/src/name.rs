//! The twin's name.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// `load_async` → `load_sync`, `load` → `load_sync`, `r#yield` → `yield_sync`, `x_` → `x_sync`.
///
/// The name keeps the place of the original's, so that an editor which is asked for the definition of the
/// twin goes to the async fn, and a clash with another item is reported there.
pub(crate) fn derive(original: &Ident) -> Ident {
    let name = original.unraw().to_string();
    let stem = stem(&name);
    let trimmed = stem.trim_end_matches('_');
    let twin = match (trimmed, stem) {
        // Nothing but underscores: they are all the name there is, so they stay.
        ("", "") => String::from("_sync"),
        ("", underscores) => format!("{underscores}sync"),
        (stem, _) => format!("{stem}_sync"),
    };
    Ident::new(&twin, original.span())
}

/// `load_async` → `blocking_load`, `load` → `load_blocking`, with what the user wants to be added.
pub(crate) fn affix(original: &Ident, prefix: &str, suffix: &str) -> Ident {
    let name = original.unraw().to_string();
    let mut stem = stem(&name);
    if suffix.starts_with('_') {
        stem = stem.trim_end_matches('_');
    }
    if prefix.ends_with('_') {
        stem = stem.trim_start_matches('_');
    }
    let twin = format!("{prefix}{stem}{suffix}");
    // `re` and `f` make a keyword.
    syn::parse_str::<Ident>(&twin)
        .map(|_| Ident::new(&twin, original.span()))
        .unwrap_or_else(|_| Ident::new_raw(&twin, original.span()))
}

fn stem(name: &str) -> &str {
    name.strip_suffix("_async").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{affix, derive};
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

    #[test]
    fn affixes() {
        let name = |original: &str, prefix, suffix| {
            let original = syn::parse_str(original).unwrap();
            affix(&original, prefix, suffix).to_string()
        };
        assert_eq!(name("load", "blocking_", ""), "blocking_load");
        assert_eq!(name("load_async", "blocking_", ""), "blocking_load");
        assert_eq!(name("load", "", "_blocking"), "load_blocking");
        assert_eq!(name("x_", "", "_blocking"), "x_blocking");
        assert_eq!(name("r#yield", "now_", "_s"), "now_yield_s");
        assert_eq!(name("f", "re", ""), "r#ref");
    }
}
