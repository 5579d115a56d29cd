//! The modules are layers: what a file imports is beside it or below it.

use std::fs;
use std::path::{Path, PathBuf};

/// From the top. Modules of one rank do not know each other.
const LAYERS: [&[&str]; 15] = [
    &["batch", "ending", "io", "testing", "task"],
    &["stopped"],
    &[
        "builder",
        "call",
        "caller",
        "cancel",
        "convert",
        "departure",
        "family",
        "fiber",
        "inspect",
        "iter",
        "on_runtime",
        "sink",
        "to_thread",
    ],
    &["inner", "timeout"],
    &["dispatch"],
    &["stall"],
    &["process"],
    &["isolation", "runtimes", "sentinels", "serve"],
    &["calls", "poll", "runtime_choice"],
    &["carry", "own_thread", "park"],
    &["report", "start_once"],
    &["starter"],
    &["hooks"],
    &["settings"],
    &["context", "inheritance"],
];

/// Known to all, and know none of them.
const FOR_ALL: [&str; 5] = ["forget_panic", "fork", "oneshot", "own_task", "sync"];

/// Have no code of their own.
const NO_LAYER: [&str; 4] = ["lib", "layers", "guide", "misuse"];

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|rank| rank.contains(&module))
}

/// The modules that `text` names by `crate::`, in code.
fn uses(text: &str) -> impl Iterator<Item = &str> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let paths = code.flat_map(|line| line.split("crate::").skip(1));
    let modules = paths.filter_map(|path| {
        path.split(|c: char| !c.is_ascii_lowercase() && c != '_')
            .next()
    });
    // `crate::spawn` and its like are what the crate exports.
    modules.filter(|module| rank(module).is_some() || FOR_ALL.contains(module))
}

/// What a file of `module` may not name.
fn wrong_uses<'a>(module: &str, text: &'a str) -> Vec<&'a str> {
    let is_above = |used: &&str| match rank(module) {
        _ if *used == module => false,
        Some(rank) => !FOR_ALL.contains(used) && self::rank(used) <= Some(rank),
        None => true,
    };
    uses(text).filter(is_above).collect()
}

fn files(path: PathBuf) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path];
    }
    let entries = fs::read_dir(path).unwrap();
    entries
        .flat_map(|entry| files(entry.unwrap().path()))
        .collect()
}

#[test]
fn no_layer_uses_one_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if NO_LAYER.contains(&module.as_str()) {
            continue;
        }
        let is_known = rank(&module).is_some() || FOR_ALL.contains(&module.as_str());
        assert!(is_known, "which layer is {module}?");
        seen += 1;
        for file in files(path) {
            let text = fs::read_to_string(&file).unwrap();
            let wrong = wrong_uses(&module, &text);
            assert!(wrong.is_empty(), "{} uses {wrong:?}", file.display());
        }
    }
    assert_eq!(
        seen,
        LAYERS.concat().len() + FOR_ALL.len(),
        "one is listed, and gone"
    );
}

#[test]
fn it_notices() {
    let text = "use crate::process::process;\n    crate::dispatch::block_here();\n// crate::batch\nuse crate::fork;";
    assert_eq!(wrong_uses("runtimes", text), ["process", "dispatch"]);
    assert_eq!(wrong_uses("fork", text), ["process", "dispatch"]);
    assert!(wrong_uses("inner", text).is_empty());
}
