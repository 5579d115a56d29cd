//! The macro under fire: items and options of the project's own tests, mutated at random.
//!
//! Whatever comes in, nothing panics, the item comes back, and the output parses where the input did. The cases follow from a
//! seed, so a failure can be repeated; `tests/README.md` says how to try more of them.

use crate::item::{Member, declares_only};
use crate::tests::Numbers;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{env, fs};

/// As many as a test run has time for.
const CASES: usize = 20_000;

/// Where the corpus comes from, seen from this package.
const FOLDERS: [&str; 6] = [
    "../tests/items",
    "../tests/shapes",
    "../tests/ui/fail",
    "../tests/ui/fixed",
    "../tests/ui/rustc",
    "../tests/ui/half_typed",
];

#[derive(Default)]
struct Corpus {
    items: Vec<TokenStream>,
    /// The lists of options.
    options: Vec<TokenStream>,
    /// Single tokens, to mutate with.
    tokens: Vec<TokenTree>,
}

impl Corpus {
    fn read() -> Self {
        let mut corpus = Corpus::default();
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in FOLDERS {
            let entries =
                fs::read_dir(package.join(folder)).expect("the tests are beside this package");
            let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            for path in paths
                .iter()
                .filter(|path| path.extension().is_some_and(|end| end == "rs"))
            {
                let text = fs::read_to_string(path).unwrap();
                // What is half-typed may not even be tokens.
                if let Ok(tokens) = text.parse::<TokenStream>() {
                    corpus.collect_options(tokens.clone());
                    corpus.collect_items(tokens, 0);
                }
            }
        }
        corpus
    }

    fn collect_options(&mut self, tokens: TokenStream) {
        let mut after_name = false;
        for token in tokens {
            match &token {
                TokenTree::Group(group) if after_name => self.options.push(group.stream()),
                TokenTree::Group(group) => self.collect_options(group.stream()),
                _ => {}
            }
            after_name = matches!(&token, TokenTree::Ident(name) if name == "sync_wrapper");
            if !matches!(token, TokenTree::Group(_)) {
                self.tokens.push(token);
            }
        }
    }

    /// Items, and those inside them, each without its own attribute.
    fn collect_items(&mut self, tokens: TokenStream, depth: usize) {
        for member in Member::all(tokens) {
            if let (Some(TokenTree::Group(group)), true) = (member.tokens.last(), depth < 2) {
                self.collect_items(group.stream(), depth + 1);
            }
            // A block with a conditional attribute of ours comes back once for each configuration, not as it was.
            let item = member.stream();
            let text = item.to_string();
            if !(text.contains("cfg_attr") && text.contains("sync_wrapper")) {
                self.items.push(item);
            }
        }
    }

    /// Options and an item. Most are mutated a little, since what is far from an item is only passed through.
    fn case(&self, numbers: &mut Numbers) -> (TokenStream, TokenStream) {
        let mut options = self.options[numbers.below(self.options.len())].clone();
        let mut item = self.items[numbers.below(self.items.len())].clone();
        for _ in 0..numbers.below(3) {
            options = self.mutate(options, numbers);
        }
        for _ in 0..numbers.below(4) {
            item = self.mutate(item, numbers);
        }
        (options, item)
    }

    /// Changes one place, at any depth.
    fn mutate(&self, tokens: TokenStream, numbers: &mut Numbers) -> TokenStream {
        let mut tokens: Vec<_> = tokens.into_iter().collect();
        if tokens.is_empty() {
            return self.token(numbers).into();
        }
        let place = numbers.below(tokens.len());
        if let (TokenTree::Group(group), true) = (&tokens[place], numbers.below(4) > 0) {
            let inside = self.mutate(group.stream(), numbers);
            tokens[place] = Group::new(group.delimiter(), inside).into();
            return tokens.into_iter().collect();
        }
        match numbers.below(6) {
            0 => drop(tokens.remove(place)),
            1 => tokens.insert(place, tokens[place].clone()),
            2 => {
                let other = numbers.below(tokens.len());
                tokens.swap(place, other);
            }
            3 => tokens.insert(place, self.token(numbers)),
            // As `macro_rules!` passes on what it has matched.
            4 => {
                let end = place + 1 + numbers.below(tokens.len() - place);
                let inside = tokens.drain(place..end).collect();
                tokens.insert(place, Group::new(Delimiter::None, inside).into());
            }
            _ => tokens[place] = self.token(numbers),
        }
        tokens.into_iter().collect()
    }

    fn token(&self, numbers: &mut Numbers) -> TokenTree {
        match numbers.below(8) {
            0 => Literal::string("größe").into(),
            1 => Ident::new("größe", Span::call_site()).into(),
            2 => Ident::new_raw("gen", Span::call_site()).into(),
            3 => Group::new(Delimiter::Brace, TokenStream::new()).into(),
            _ => self.tokens[numbers.below(self.tokens.len())].clone(),
        }
    }
}

/// What is wrong with an expansion.
fn judge(
    expand: impl Fn(TokenStream, TokenStream) -> TokenStream,
    options: &TokenStream,
    item: &TokenStream,
) -> Result<(), String> {
    let call = || expand(options.clone(), item.clone());
    let output = catch_unwind(AssertUnwindSafe(call)).map_err(|_| String::from("it panics"))?;
    if !disappears(options, item) && !comes_back(item, &output) {
        return Err(format!("the item does not come back: {output}"));
    }
    let parses = |tokens: &TokenStream| syn::parse2::<syn::File>(tokens.clone());
    if parses(item).is_ok() {
        parses(&output).map_err(|error| format!("{error}: {output}"))?;
    }
    Ok(())
}

/// Whether an item is, or contains, only the declaration of what another crate has, also where nobody says so.
fn disappears(options: &TokenStream, item: &TokenStream) -> bool {
    let is_word = |token| matches!(token, TokenTree::Ident(word) if word == "foreign");
    let in_attribute = |attribute: Group| {
        let text = attribute.to_string();
        text.contains("sync_wrapper") && text.contains("foreign")
    };
    let groups = groups(item.clone());
    let has_signatures = |tokens: TokenStream| {
        let mut members = Member::all(tokens).into_iter();
        members.any(|one| declares_only(&one))
    };
    without_groups(options.clone()).into_iter().any(is_word)
        || has_signatures(item.clone())
        || groups.iter().any(|group| has_signatures(group.stream()))
        || groups.into_iter().any(in_attribute)
}

/// All groups, at any depth.
fn groups(tokens: TokenStream) -> Vec<Group> {
    let mut found = Vec::new();
    for token in tokens {
        if let TokenTree::Group(group) = token {
            found.extend(groups(group.stream()));
            found.push(group);
        }
    }
    found
}

/// The expansion, without the macro call before it that helps an editor: `…::ide! { … }`.
fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let output = crate::expand(options, item);
    let is_ide = |token: &TokenTree| matches!(token, TokenTree::Ident(name) if name == "ide");
    let is_group = |token: &TokenTree| matches!(token, TokenTree::Group(_));
    let mut path = output
        .clone()
        .into_iter()
        .take_while(|token| !is_group(token));
    match path.position(|token| is_ide(&token)) {
        // `!` and what it is given.
        Some(place) => output.into_iter().skip(place + 3).collect(),
        None => output,
    }
}

/// Whether an output begins with the item. Twins are inside a trait and a module, so there each member has to be in the output,
/// in their order.
fn comes_back(item: &TokenStream, output: &TokenStream) -> bool {
    let (item, output) = (trees(item), trees(output));
    let shown = |trees: &[TokenTree]| trees.iter().cloned().collect::<TokenStream>().to_string();
    if output.len() >= item.len() && shown(&item) == shown(&output[..item.len()]) {
        return true;
    }
    let Some((TokenTree::Group(inside), head)) = item.split_last() else {
        return false;
    };
    let Some(TokenTree::Group(around)) = output.get(head.len()) else {
        return false;
    };
    if shown(head) != shown(&output[..head.len()]) || inside.delimiter() != around.delimiter() {
        return false;
    }
    let members = Member::all(around.stream());
    let mut rest = members.iter();
    Member::all(inside.stream())
        .iter()
        .all(|member| rest.any(|found| comes_back(&member.stream(), &found.stream())))
}

/// The tokens without invisible groups, and without our attributes, which the block around them reads.
fn trees(tokens: &TokenStream) -> Vec<TokenTree> {
    without_ours(without_groups(tokens.clone()).into_iter().collect())
}

fn without_groups(tokens: TokenStream) -> TokenStream {
    let one = |token| match token {
        TokenTree::Group(group) => {
            let inside = without_groups(group.stream());
            match group.delimiter() {
                Delimiter::None => inside,
                delimiter => TokenTree::from(Group::new(delimiter, inside)).into(),
            }
        }
        token => TokenStream::from(token),
    };
    tokens.into_iter().flat_map(one).collect()
}

fn without_ours(trees: Vec<TokenTree>) -> Vec<TokenTree> {
    let is_ours = |token: &TokenTree| {
        matches!(token, TokenTree::Group(group)
        if group.delimiter() == Delimiter::Bracket
            // The second goes from a block to the type that is made of it.
            && ["sync_wrapper", "must_use"].iter().any(|name| group.to_string().contains(name)))
    };
    let mut kept: Vec<TokenTree> = Vec::new();
    for tree in trees {
        let after_pound =
            matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        if after_pound && is_ours(&tree) {
            kept.pop();
            continue;
        }
        kept.push(match tree {
            TokenTree::Group(group) => {
                let inside = without_ours(group.stream().into_iter().collect());
                Group::new(group.delimiter(), inside.into_iter().collect()).into()
            }
            tree => tree,
        });
    }
    kept
}

fn setting(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |value| value.parse().expect(name))
}

#[test]
fn mutated_items_come_back() {
    let corpus = Corpus::read();
    assert!(corpus.items.len() > 500 && corpus.options.len() > 50);
    let cases = setting("SYNC_TWIN_FIRE", CASES);
    let mut seed = setting("SYNC_TWIN_FIRE_SEED", 0x5eed);
    for _ in 0..cases {
        seed += 1;
        let (options, item) = corpus.case(&mut Numbers::seeded(seed));
        if let Err(what) = judge(expand, &options, &item) {
            panic!(
                "seed {}: {what}\n#[sync_wrapper({options})]\n{item}",
                seed - 1
            );
        }
    }
}

/// The detectors see what they are there for.
#[test]
fn injected_faults_are_seen() {
    let corpus = Corpus::read();
    let mut lost = 0;
    for seed in 1..400 {
        let mut numbers = Numbers::seeded(seed);
        let (options, item) = corpus.case(&mut numbers);
        if item.is_empty() || syn::parse2::<syn::File>(item.clone()).is_err() {
            continue;
        }
        let panics = |_, _| std::panic::resume_unwind(Box::new("injected"));
        assert!(judge(panics, &options, &item).is_err());

        let stray = |options, item| {
            let mut output = expand(options, item);
            output.extend([TokenTree::from(Punct::new(';', Spacing::Alone))]);
            output
        };
        assert!(judge(stray, &options, &item).is_err(), "{item}");

        // One of the tokens of the item, at whatever depth.
        let place = numbers.below(count(&item));
        let loses = |options, item: TokenStream| {
            let length = item.clone().into_iter().count();
            let output: Vec<_> = expand(options, item).into_iter().collect();
            let (item, twins) = output.split_at(length.min(output.len()));
            let mut item = without(item.iter().cloned().collect(), &mut place.clone());
            item.extend(twins.iter().cloned());
            item
        };
        let cleaned: TokenStream = trees(&item).into_iter().collect();
        // What is lost from a trait with twins inside may be a token of one of those.
        let length = item.clone().into_iter().count();
        let first: TokenStream = expand(options.clone(), item.clone())
            .into_iter()
            .take(length)
            .collect();
        let is_whole = [cleaned, first]
            .iter()
            .all(|tokens| tokens.to_string() == item.to_string());
        if is_whole && !disappears(&options, &item) {
            assert!(judge(loses, &options, &item).is_err(), "{place} {item}");
            lost += 1;
        }
    }
    assert!(lost > 50, "{lost}");
}

/// The number of tokens that are not groups.
fn count(tokens: &TokenStream) -> usize {
    let one = |token| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(one).sum()
}

/// All but the token at this place, counted through all groups.
fn without(tokens: TokenStream, place: &mut usize) -> TokenStream {
    let mut kept = TokenStream::new();
    for token in tokens {
        let is_it = *place == 0;
        *place = place.wrapping_sub(1);
        match token {
            _ if is_it => {}
            TokenTree::Group(group) => {
                let inside = without(group.stream(), place);
                kept.extend([TokenTree::from(Group::new(group.delimiter(), inside))]);
            }
            token => kept.extend([token]),
        }
    }
    kept
}
