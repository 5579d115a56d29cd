//! Options as they are written, with every mistake.

use super::table::Takes;
use super::{Isolation, Key, Options, Target};
use crate::error::Errors;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};

/// The message of every error, without the tokens around it.
fn errors(options: TokenStream) -> Vec<String> {
    let mut errors = Errors::default();
    Options::parse(options, &mut errors);
    let printed = errors.to_token_stream().to_string();
    let messages = printed.split("\"SW").skip(1);
    messages
        .map(|rest| format!("SW{}", rest.split("\" }").next().unwrap_or_default()))
        .collect()
}

#[track_caller]
fn check(options: TokenStream, message: &str) {
    assert_eq!(errors(options), [message]);
}

#[test]
fn all_options() {
    let mut errors = Errors::default();
    let tokens = quote!(
        name = r#try,
        isolation = "never",
        crate = ::twins::inner,
        associated,
    );
    let options = Options::parse(tokens, &mut errors);
    assert!(errors.is_empty());
    assert_eq!(options.name.unwrap(), "r#try");
    assert!(options.isolation == Some(Isolation::Never));
    assert_eq!(
        options.krate.to_token_stream().to_string(),
        ":: twins :: inner"
    );
    assert!(options.associated.is_some());
}

#[test]
fn no_option() {
    let mut errors = Errors::default();
    let options = Options::parse(quote!(), &mut errors);
    assert!(errors.is_empty() && options.name.is_none() && options.associated.is_none());
}

#[test]
fn values_in_invisible_groups() {
    let group = |tokens| TokenTree::from(Group::new(Delimiter::None, tokens));
    let name = group(quote!(twin));
    let isolation = group(group(quote!("always")).into());
    let path = group(quote!(crate::twins));
    assert!(errors(quote!(name = #name, isolation = #isolation, crate = #path)).is_empty());
}

#[test]
fn names() {
    check(
        quote!(name = "x"),
        "SW304: `name` takes an identifier, not a string\\nhelp: write `name = x`",
    );
    check(
        quote!(name = "fn"),
        "SW304: `name` takes an identifier, not a string\\nhelp: write `name = r#fn`",
    );
    check(
        quote!(name = fn),
        "SW306: `fn` is not an identifier\\nhelp: write `name = r#fn`",
    );
    for (name, text) in [
        (quote!(Self), "Self"),
        (quote!(a::b), "a::b"),
        (quote!(3), "3"),
    ] {
        check(
            quote!(name = #name),
            &format!(
                "SW306: `{text}` is not an identifier\\nhelp: write a plain identifier, as in `name = load_blocking`"
            ),
        );
    }
}

#[test]
fn paths() {
    for path in [
        quote!(::a),
        quote!(crate),
        quote!(crate::a::b),
        quote!(::a::b),
    ] {
        assert!(errors(quote!(crate = #path)).is_empty());
    }
    check(
        quote!(crate = a::b),
        "SW307: the path `a::b` is relative: what it means depends on the module\\n\
         help: write `crate = ::a::b`, or `crate = crate::a::b` if it is re-exported in this crate",
    );
    check(
        quote!(crate = super::a),
        "SW307: the path `super::a` is relative: what it means depends on the module\\n\
         help: write it from the root of this crate, as in `crate = crate::path::to::a`",
    );
    check(
        quote!(crate = "a"),
        "SW304: `crate` takes a path, not a string\\nhelp: write `crate = ::a`",
    );
    for text in ["", "self::a", "a b", "::"] {
        check(
            quote!(crate = #text),
            "SW304: `crate` takes a path, not a string\\n\
             help: write a path without quotes, as in `crate = ::sync_twin`",
        );
    }
    check(
        quote!(crate = "crate::a"),
        "SW304: `crate` takes a path, not a string\\nhelp: write `crate = crate::a`",
    );
    check(
        quote!(crate = a<u8>),
        "SW304: `crate` takes the path of sync-twin\\nhelp: write a path, as in `crate = ::sync_twin`",
    );
}

#[test]
fn no_mistake_hides_another() {
    let options =
        quote!(nam = x, , isolation, associated = 1, name, "x", name = b, isolation = "nver");
    let found = errors(options);
    let mut codes: Vec<_> = found.iter().map(|message| &message[..5]).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "SW301", "SW302", "SW302", "SW303", "SW303", "SW305", "SW308", "SW309", "SW309"
        ]
    );
}

/// Every option is in the table of the docs, with where it may be, and nothing else is.
#[test]
fn names_of_types() {
    check(
        quote!(type = blocking::Client),
        "SW304: `type` takes the name of a type\\nhelp: write `type = Client`, and put the block into the module `blocking`, or `pub use` the name there",
    );
    check(
        quote!(type = Blocking { limit: u8 }),
        "SW304: `type` takes the name of a type\\nhelp: write `type = Blocking`",
    );
    check(
        quote!(trait = "Store"),
        "SW304: `trait` takes the name of a trait\\nhelp: write `trait = Store`",
    );
    check(
        quote!(type = 3),
        "SW304: `type` takes the name of a type\\nhelp: write `type = BlockingClient`",
    );
}

#[test]
fn documented() {
    let docs = include_str!("../../docs/options.md");
    let table = docs
        .lines()
        .skip_while(|line| !line.starts_with("| option |"));
    let rows = table.take_while(|line| line.starts_with('|')).skip(2);
    let mut documented = Vec::new();
    for row in rows {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let (options, on) = (cells.next().unwrap(), cells.next().unwrap());
        for option in options.split(", ") {
            let name = option.trim_matches('`').split([' ', '(']).next().unwrap();
            documented.push((name, on));
        }
    }
    let mut options: Vec<_> = Key::ALL
        .iter()
        .flat_map(|key| {
            let places = key.row().on.documented().iter();
            places.map(|on| (key.row().name, *on))
        })
        .collect();
    documented.sort_unstable();
    options.sort_unstable();
    assert_eq!(documented, options);
}

#[test]
fn examples_are_right() {
    for key in Key::ALL {
        let row = key.row();
        let text = match row.takes {
            Takes::Nothing => row.name,
            takes => takes.example().split('`').nth(1).unwrap(),
        };
        let found = errors(text.parse().unwrap());
        assert!(text.starts_with(row.name) && found.is_empty(), "{found:?}");
    }
}

#[test]
fn what_a_block_hands_on() {
    let parse = |tokens| Options::parse(tokens, &mut Errors::default());
    let block = parse(quote!(
        prefix = "a_",
        timeout = x,
        runtime = y,
        type = T,
        isolation = "never"
    ));
    let member = parse(quote!(prefix = "", flavor = "auto", isolation = "always"));
    let both = member.or(&block, Target::Member);
    assert_eq!(both.prefix.as_deref(), Some(""));
    assert!(both.timeout.is_some() && both.runtime.is_none() && both.blocking_type().is_none());
    assert!(both.isolation == Some(Isolation::Always));
    let none = parse(quote!()).or(&block, Target::Member);
    assert!(none.runtime.is_some() && none.prefix.is_some());
}

/// A block hands attributes on to fns, which add theirs, unless they are about what the block declares.
#[test]
fn attributes_of_a_block_are_for_its_fns() {
    let parse = |tokens| Options::parse(tokens, &mut Errors::default());
    let text = |options: Options| options.attrs.to_token_stream().to_string();
    let block = parse(quote!(attrs(a), impl_attrs(b)));
    let own = || parse(quote!(attrs(c)));
    assert_eq!(text(own().or(&block, Target::Member)), "# [a] # [c]");
    assert_eq!(text(Options::default().or(&block, Target::Member)), "# [a]");
    assert_eq!(
        text(parse(quote!(unset(attrs))).or(&block, Target::Member)),
        ""
    );
    assert_eq!(text(own().or(&block, Target::Impl)), "# [c]");
    let in_module = Options::default().or(&block, Target::Impl);
    assert!(in_module.attrs.is_none() && in_module.impl_attrs.is_some());
    for declared in [quote!(type = T), quote!(trait = T)] {
        let block = parse(quote!(attrs(a), #declared));
        assert_eq!(text(own().or(&block, Target::Member)), "# [c]");
    }
}

#[test]
fn attributes_are_as_between_brackets() {
    for good in [
        quote!(pyfunction),
        quote!(pyo3(signature = (x, y = "a", *args))),
        quote!(unsafe(export_name = "f"), doc = "text", a::b),
        quote!(cfg_attr(all(a, b), pyfunction)),
    ] {
        assert!(errors(quote!(attrs(#good))).is_empty(), "{good}");
    }
    check(
        quote!(attrs(#[pyfunction], inline)),
        "SW304: `attrs` takes attributes without `#[…]`\\nhelp: write `attrs(pyfunction)`",
    );
    check(
        quote!(impl_attrs("x")),
        "SW304: `impl_attrs` takes attributes, and this is none\\n\
         help: write attributes as they are between `#[` and `]`, as in `impl_attrs(pymethods)`",
    );
    check(
        quote!(attrs()),
        "SW303: `attrs` contains no attribute\\nhelp: write `attrs(pyfunction)`, or remove it",
    );
    for (attributes, have_macros) in [
        (quote!(attrs(unsafe(no_mangle), inline, doc = "x")), false),
        (quote!(attrs(inline, pyfunction)), true),
        (quote!(attrs(doc::inline)), true),
    ] {
        let options = Options::parse(attributes, &mut Errors::default());
        assert_eq!(options.attrs.unwrap().have_macros(), have_macros);
    }
    // The good ones stay.
    let options = Options::parse(quote!(attrs(a, 1, #[b])), &mut Errors::default());
    assert_eq!(options.attrs.to_token_stream().to_string(), "# [a] # [b]");
}

#[test]
fn what_is_around_is_a_path() {
    for good in [
        quote!(detached),
        quote!(crate::a::b::<u8, _>),
        quote!(Self::timed),
    ] {
        assert!(
            errors(quote!(around = #good, name = x)).is_empty(),
            "{good}"
        );
    }
    check(
        quote!(around = "gil::detached"),
        "SW304: `around` takes the path of a fn\\nhelp: write `around = gil::detached`",
    );
    check(
        quote!(around = |block| block()),
        "SW304: `around` takes the path of a fn\\n\
         help: write a `fn around<T>(block: impl FnOnce() -> T) -> T` beside it, and `around = around` here",
    );
}

#[test]
fn what_a_member_takes_back() {
    let parse = |tokens| Options::parse(tokens, &mut Errors::default());
    let block = parse(quote!(prefix = "a_", timeout = x, runtime = y, crate = ::z));
    let both = parse(quote!(unset(timeout, runtime, crate))).or(&block, Target::Member);
    assert!(both.timeout.is_none() && both.runtime.is_none() && both.krate.is_none());
    assert_eq!(both.prefix.as_deref(), Some("a_"));
}

#[test]
fn what_cannot_be_taken_back() {
    for (options, code) in [
        (quote!(unset), "SW303"),
        (quote!(unset()), "SW303"),
        (quote!(unset = timeout), "SW304"),
        (quote!(unset("timeout")), "SW304"),
        (quote!(unset(timeuot)), "SW301"),
        (quote!(unset(name)), "SW408"),
    ] {
        let found = errors(options);
        assert!(found.len() == 1 && found[0].starts_with(code), "{found:?}");
    }
}

#[test]
fn what_a_block_selects() {
    use super::Selection::{Asked, Skipped, Usual};
    let name = |text| syn::parse_str(text).unwrap();
    for (options, a, b) in [
        (quote!(), Usual, Usual),
        (quote!(skip(a)), Skipped, Usual),
        (quote!(skip(r#a, b)), Skipped, Skipped),
        (quote!(only(a)), Asked, Skipped),
        (quote!(skip), Usual, Usual),
    ] {
        let options = Options::parse(options, &mut Errors::default());
        assert_eq!(options.selection(Some(&name("a"))), a);
        assert_eq!(options.selection(Some(&name("b"))), b);
    }
    // A half-typed list says nothing.
    let options = Options::parse(quote!(only = a), &mut Errors::default());
    assert_eq!(options.selection(Some(&name("b"))), Usual);
    let options = Options::parse(quote!(only(a)), &mut Errors::default());
    assert_eq!(options.selection(None), Skipped);
}

#[test]
fn lists_of_names() {
    for (options, code) in [
        (quote!(only), "SW303"),
        (quote!(only()), "SW303"),
        (quote!(skip()), "SW303"),
        (quote!(only = a), "SW304"),
        (quote!(skip = a), "SW308"),
        (quote!(skip(a::b)), "SW304"),
        (quote!(only("a")), "SW304"),
    ] {
        let found = errors(options);
        assert!(found.len() == 1 && found[0].starts_with(code), "{found:?}");
    }
}

/// Unicode calls more characters letters than rustc does, and rustc takes some that are not.
#[test]
fn letters_are_what_the_lexer_takes_for_them() {
    for text in ["größe", "gro\u{308}ße", "東京", "r\u{e9}"] {
        let affix = format!("_{text}");
        assert!(errors(quote!(suffix = #affix)).is_empty(), "{text}");
        assert!(errors(quote!(prefix = #text)).is_empty(), "{text}");
    }
    for text in [
        "ⓐ",
        "a b",
        "a\u{a0}",
        "a\u{200e}",
        "\u{308}",
        "1",
        "a-b",
        "😀",
        "a//",
    ] {
        let found = errors(quote!(prefix = #text));
        assert!(
            found.len() == 1 && found[0].starts_with("SW306"),
            "{text:?}: {found:?}"
        );
    }
}

/// Who leaves the quotes out leaves out the underscore, too.
#[test]
fn affixes_without_quotes() {
    for (options, right) in [
        (quote!(prefix = blocking), "prefix = \\\"blocking_\\\""),
        (quote!(prefix = blocking_), "prefix = \\\"blocking_\\\""),
        (quote!(suffix = blocking), "suffix = \\\"_blocking\\\""),
        (quote!(suffix = _now), "suffix = \\\"_now\\\""),
        (quote!(prefix = 1 + 1), "prefix = \\\"blocking_\\\""),
    ] {
        let key = options.clone().into_iter().next().unwrap().to_string();
        check(
            options,
            &format!("SW304: `{key}` takes a string\\nhelp: write `{right}`"),
        );
    }
    // The twin has the name that is suggested.
    let options = Options::parse(quote!(prefix = blocking), &mut Errors::default());
    assert_eq!(options.prefix.as_deref(), Some("blocking_"));
}

/// `self` is the receiver, but a path may begin with it, too.
#[test]
fn expressions_that_name_the_receiver() {
    for (options, left_out) in [
        (quote!(timeout = self.patience), &["timeout"][..]),
        (quote!(timeout = wait(&[self])), &["timeout"]),
        (quote!(runtime = &self.0, timeout = x), &["runtime"]),
        (quote!(timeout = self::LIMIT), &[]),
        (quote!(runtime = RT), &[]),
    ] {
        let block = Options::parse(options.clone(), &mut Errors::default());
        let mut member = Options::default().or(&block, Target::Member);
        assert_eq!(member.leave_self_to_methods(), left_out);
        // Its own are reported.
        let mut own = block;
        assert!(own.leave_self_to_methods().is_empty());
        assert_eq!(own.self_option().is_some(), !left_out.is_empty());
    }
}
