//! Where the tokens of an expansion are: an editor maps each to what it covers in the source.
//!
//! A token of ours at a word of the user's is shown when the cursor is on that word, and edited when the word is renamed. So
//! ours are all where the attribute is (tokens without a place, in a test), but for those that this file names.

use crate::expand;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The tokens that are where `word` is first in the attribute's item, other than the item's own.
fn at(options: &str, item: &str, word: &str) -> Vec<String> {
    // A place is a range in its own text, so that of the options begins behind that of the item.
    let options = format!("{:1000}{options}", "");
    let options: TokenStream = options.parse().unwrap();
    let item: TokenStream = item.parse().unwrap();
    let expanded = flat(expand(options, item.clone()));
    let own = flat(item);
    let place = own.iter().find(|token| token.to_string() == word);
    let place = place.unwrap().span().byte_range();
    assert!(!place.is_empty());
    let found = expanded
        .iter()
        .filter(|token| token.span().byte_range() == place);
    let mut found: Vec<_> = found.map(ToString::to_string).collect();
    // The item's own.
    let index = found.iter().position(|token| token == word);
    found.remove(index.unwrap());
    found
}

/// Every token, a group as its two delimiters.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let mut open = proc_macro2::Punct::new('+', proc_macro2::Spacing::Alone);
                open.set_span(group.span_open());
                let is_visible = group.delimiter() != Delimiter::None;
                all.extend(is_visible.then(|| TokenTree::from(open.clone())));
                all.extend(flat(group.stream()));
                open.set_span(group.span_close());
                all.extend(is_visible.then(|| TokenTree::from(open)));
            }
            token => all.push(token),
        }
    }
    all
}

/// Options, an item, the name of its fn, and that of the twin.
const ITEMS: &[(&str, &str, &str, &str)] = &[
    (
        "",
        "pub async fn fetch(url: &str) -> u8 { 1 }",
        "fetch",
        "fetch_sync",
    ),
    (
        "timeout = SECOND, isolation = \"always\"",
        "async fn fetch<T>(self, url: &str) -> u8 { 1 }",
        "fetch",
        "fetch_sync",
    ),
    (
        "",
        "impl Client { async fn fetch(&self) {} }",
        "fetch",
        "fetch_sync",
    ),
    (
        "",
        "trait Store { async fn fetch(&self); }",
        "fetch",
        "fetch_sync",
    ),
    ("", "mod api { async fn fetch() {} }", "fetch", "fetch_sync"),
    (
        "type = Blocking",
        "impl Client { pub async fn fetch(&self) {} }",
        "fetch",
        "fetch",
    ),
    (
        "",
        "fn fetch(to: u8) -> impl Stream<Item = u8> { x }",
        "fetch",
        "fetch_sync",
    ),
    (
        "runtime = RT",
        "fn fetch(to: u8) -> impl Future<Output = u8> { x }",
        "fetch",
        "fetch_sync",
    ),
];

#[test]
fn at_the_name_of_a_fn_is_only_that_of_its_twin() {
    for (options, item, name, twin) in ITEMS {
        if !cfg!(feature = "stream") && item.contains("Stream") {
            continue;
        }
        let found = at(options, item, name);
        // A trait or a module comes back with its twins inside: its own tokens are counted as ours from the first twin on.
        let found: Vec<_> = found
            .iter()
            .filter(|token| token != name || name == twin)
            .collect();
        assert_eq!(found, [twin], "{item}");
    }
}

/// `fn` has the head of the twin, so that rustc can name the fn in a block of many; no name, except for that of a free fn.
#[test]
fn at_the_keyword_is_the_head() {
    for (options, item, name, _) in ITEMS {
        let found = at(options, item, "fn");
        let is_free = !item.contains("self") && !item.contains("impl Client");
        let names = found
            .iter()
            .filter(|token| token.starts_with(char::is_alphabetic));
        for word in names {
            assert!(
                word == "fn" || (is_free && word == name),
                "{word} in {item}"
            );
        }
    }
}

#[test]
fn at_the_keyword_of_a_block_is_nothing() {
    for item in [
        "impl Client { async fn fetch(&self) {} }",
        "impl<T> Client<T> { async fn fetch(&self) {} }",
    ] {
        for options in ["", "type = Blocking, derive(Debug)"] {
            assert_eq!(at(options, item, "impl"), [""; 0], "{options} {item}");
        }
    }
}
