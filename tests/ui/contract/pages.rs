//! The pages of `sync_twin::misuse`, which users of the published crate have: made from the cases.

use super::rules::header;
use super::tree::{Case, FIXED, Tree, title};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where they are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src/misuse")
}

const HEAD: &str = "\
//! What each misuse of `#[sync_wrapper]` looks like: the mistake, what the compiler prints, and the same corrected.
//!
//! The first digit of a code says where to look: 1 the item, 2 its signature, 3 the attribute's options, 4 how they combine,
//! 5 what only rustc can see. A code is never reused. This module is part of the docs only, and is made from the compile-fail
//! tests: what you read here is what happens.
//!
//! | code | mistake |
//! |---|---|
";

const LIKELY: &str = "\
What rustc reports of code that is likely to be written.

The attribute cannot see these mistakes. The messages are those of one release of rustc.
";

/// By file name, all that is in that folder.
fn pages(tree: &Tree) -> BTreeMap<String, String> {
    let mut cases: Vec<_> = tree.cases().collect();
    cases.sort_by_key(Case::number);
    let mut pages = BTreeMap::new();
    let (mut table, mut modules) = (String::new(), String::new());
    for case in cases {
        let number = case.number().unwrap_or_default();
        let what = case.title().unwrap_or_default();
        _ = writeln!(table, "//! | [`SW{number}`] | {what} |");
        _ = write!(
            modules,
            "\n#[doc = include_str!(\"sw{number}.md\")]\npub mod SW{number} {{}}\n"
        );
        let mut page = section(tree, &case.path());
        if let Some(fixed) = tree.files.get(&case.fixed()) {
            _ = write!(page, "\n# Fixed\n\n```\n{}```\n", code(fixed));
        }
        let heading = format!("SW{number}: {what}.\n");
        pages.insert(format!("sw{number}.md"), format!("{heading}{page}"));
    }
    let mut likely = String::from(LIKELY);
    for path in tree.files.keys() {
        if !(path.starts_with("likely/") && path.ends_with(".rs")) {
            continue;
        }
        let what = title(&tree.files[path]).and_then(|title| title.split_once(": "));
        let (_, what) = what.unwrap_or_default();
        let section = section(tree, path).replace("\n# ", "\n## ");
        _ = write!(likely, "\n# {what}\n{section}");
    }
    pages.insert(String::from("likely.md"), likely);
    let module = format!(
        "{HEAD}{table}//! | [`likely`] | what has no code |\n\n#![allow(non_snake_case)]\n{modules}\n\
         #[doc = include_str!(\"likely.md\")]\npub mod likely {{}}\n"
    );
    pages.insert(String::from("mod.rs"), module);
    pages
}

/// Why, how to mend it, the code, and what the compiler prints.
fn section(tree: &Tree, path: &str) -> String {
    let text = &tree.files[path];
    let mut reasons = String::new();
    for line in header(text).lines().skip(1) {
        let line = line
            .strip_prefix("Why: ")
            .map_or(line.to_owned(), capitalized);
        match line.strip_prefix("Fix: ") {
            Some(fix) => _ = write!(reasons, "\n**Fix:** {fix}\n"),
            None => _ = writeln!(reasons, "{line}"),
        }
    }
    let reasons = without_paths(&reasons);
    let stderr = path.replace(".rs", ".stderr");
    let errors = tree.files.get(&stderr).map_or("", String::as_str);
    format!(
        "\n{reasons}\n# The mistake\n\n```compile_fail\n{}```\n\n# What the compiler prints\n\n```text\n{}\n```\n",
        code(text),
        errors.trim_end()
    )
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

/// A reader of the page has no such files: the corrected one is on it, and another case has a page.
fn without_paths(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("see") {
        let path = after.trim_start().strip_prefix("`../");
        let Some((path, after)) = path.and_then(|path| path.split_once("`.")) else {
            kept.push_str(before);
            kept.push_str("see");
            rest = after;
            continue;
        };
        let before = before.trim_end();
        if path.starts_with(FIXED) {
            kept.push_str(before.trim_end_matches(';'));
            kept.push('.');
        } else {
            let code = path.split(['/', '_']).nth(1).unwrap_or_default();
            let code = code.to_uppercase();
            _ = write!(kept, "{before} see [`{code}`](crate::misuse::{code}).");
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// A case without the lines that describe it.
fn code(text: &str) -> String {
    let lines = text.lines();
    let lines = lines.skip_while(|line| line.starts_with("//!") || line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_pages_are_those_of_the_cases() {
    let (pages, folder) = (pages(&Tree::read()), folder());
    if env::var("TRYBUILD").is_ok_and(|what| what == "overwrite") {
        fs::create_dir_all(&folder).unwrap();
        for (name, page) in &pages {
            fs::write(folder.join(name), page).unwrap();
        }
    }
    let there = fs::read_dir(&folder).unwrap();
    let there = there.map(|file| file.unwrap().file_name().into_string().unwrap());
    let superfluous: Vec<_> = there.filter(|name| !pages.contains_key(name)).collect();
    assert!(superfluous.is_empty(), "remove {superfluous:?}");
    for (name, page) in &pages {
        // A checkout may have another kind of line end.
        let written = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            written.replace('\r', "") == *page,
            "{name} is not what its case says: run `TRYBUILD=overwrite cargo test -p sync-twin-tests --test ui the_pages`"
        );
    }
}

#[test]
fn a_page_names_no_file_of_the_tests() {
    for (name, page) in pages(&Tree::read()) {
        assert!(!page.contains("`../"), "{name}");
    }
}
