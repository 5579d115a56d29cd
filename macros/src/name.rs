//! The twin's name, and those of what it binds.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

/// What to add to a name instead of `_sync` at the end.
#[derive(Clone, Default)]
pub(crate) struct Affixes {
    pub(crate) prefix: Option<String>,
    pub(crate) suffix: Option<String>,
}

/// `load_async` → `load_sync`, `load` → `load_sync`, `r#yield` → `yield_sync`; with a prefix, `load_async` → `blocking_load`.
/// What is behind stays behind, since it may tell two names apart: `x_` → `x_sync_`.
///
/// The name has the span of the original name. So an editor goes from the twin to the async fn, and a clash with another
/// item is reported there.
pub(crate) fn derive(original: &Ident, affixes: &Affixes) -> Ident {
    let name = original.unraw().to_string();
    let (name, behind) = split_behind(&name);
    let stem = name.strip_suffix("_async").unwrap_or(name);
    join(stem, behind, affixes, original.span())
}

/// The same, but with `_async`: `load_async` → `load_async_sync`.
pub(crate) fn derive_from_whole(original: &Ident, affixes: &Affixes) -> Ident {
    let name = original.unraw().to_string();
    let (name, behind) = split_behind(&name);
    join(name, behind, affixes, original.span())
}

/// The underscores at the end of a name that does not consist of them.
fn split_behind(name: &str) -> (&str, &str) {
    match name.trim_end_matches('_').len() {
        0 => (name, ""),
        length => name.split_at(length),
    }
}

/// `load` of `load_async`, `load_` of `load_async_`
pub(crate) fn without_async(original: &Ident) -> Option<Ident> {
    let name = original.unraw().to_string();
    let (name, behind) = split_behind(&name);
    let stem = name.strip_suffix("_async")?;
    syn::parse_str(&format!("{stem}{behind}")).ok()
}

/// Whether a name is not in snake case.
pub(crate) fn has_capitals(name: &Ident) -> bool {
    name.to_string().contains(char::is_uppercase)
}

/// A variable of ours. `call` alone would not do: if the user has a static, a constant or a unit struct of that name, it is a
/// pattern that means this item, whatever its hygiene.
pub(crate) fn variable(what: &str, site: Span) -> Ident {
    Ident::new(&format!("__{what}"), site.resolved_at(Span::mixed_site()))
}

/// The same name with the hygiene of `site`. With that comes the edition of this crate, where `gen` is a keyword. In the
/// user's it may be a name.
pub(crate) fn at(name: &Ident, site: Span) -> Ident {
    if name == "gen" {
        return Ident::new_raw("gen", site);
    }
    let mut name = name.clone();
    name.set_span(site);
    name
}

fn join(stem: &str, behind: &str, affixes: &Affixes, place: Span) -> Ident {
    let prefix = affixes.prefix.as_deref().unwrap_or_default();
    let suffix = match affixes.suffix.as_deref().unwrap_or_default() {
        "" if prefix.is_empty() => "_sync",
        suffix => suffix,
    };
    let trimmed = stem.trim_matches('_');
    // Underscores do not pile up, unless the name consists of them.
    let stem = match trimmed {
        "" if suffix.starts_with('_') && !stem.is_empty() => &stem[1..],
        "" => stem,
        _ => {
            let stem = if suffix.starts_with('_') {
                stem.trim_end_matches('_')
            } else {
                stem
            };
            if prefix.ends_with('_') {
                stem.trim_start_matches('_')
            } else {
                stem
            }
        }
    };
    let name = format!("{prefix}{stem}{suffix}{behind}");
    // `re` and `f` join to a keyword.
    match syn::parse_str::<Ident>(&name) {
        Ok(_) => Ident::new(&name, place),
        Err(_) => Ident::new_raw(&name, place),
    }
}

#[cfg(test)]
mod tests {
    use super::{Affixes, derive, derive_from_whole, without_async};
    use proc_macro2::{Ident, Span};

    #[track_caller]
    fn check(original: &str, twin: &str) {
        let ident = match original.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, Span::call_site()),
            None => Ident::new(original, Span::call_site()),
        };
        assert_eq!(derive(&ident, &Affixes::default()), twin);
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
        check("_x", "_x_sync");
        check("__", "__sync");
    }

    #[test]
    fn underscores_at_the_end_stay_there() {
        check("x_", "x_sync_");
        check("x__", "x_sync__");
        check("x_async_", "x_sync_");
        check("_async_", "_sync_");
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
            let some = |text: &str| (!text.is_empty()).then(|| String::from(text));
            let affixes = Affixes {
                prefix: some(prefix),
                suffix: some(suffix),
            };
            derive(&original, &affixes).to_string()
        };
        assert_eq!(name("load", "blocking_", ""), "blocking_load");
        assert_eq!(name("load_async", "blocking_", ""), "blocking_load");
        assert_eq!(name("load", "", "_blocking"), "load_blocking");
        assert_eq!(name("x_", "", "_blocking"), "x_blocking_");
        assert_eq!(name("x_async_", "blocking_", ""), "blocking_x_");
        assert_eq!(name("r#yield", "now_", "_s"), "now_yield_s");
        assert_eq!(name("f", "re", ""), "r#ref");
    }

    #[test]
    fn whole_names() {
        let original = syn::parse_str("load_async").unwrap();
        let twin = derive_from_whole(&original, &Affixes::default());
        assert_eq!(twin, "load_async_sync");
        assert_eq!(without_async(&original).unwrap(), "load");
        let behind = syn::parse_str("load_async_").unwrap();
        assert_eq!(
            derive_from_whole(&behind, &Affixes::default()),
            "load_async_sync_"
        );
        assert_eq!(without_async(&behind).unwrap(), "load_");
        assert!(without_async(&syn::parse_str("_async").unwrap()).is_none());
    }
}
