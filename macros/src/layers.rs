//! The folders are layers: what a file imports is beside it or below it.

use std::fs;
use std::path::{Path, PathBuf};

/// From the top, layers of one rank side by side. They do not know each other.
const LAYERS: [&[&str]; 4] = [
    &["item"],
    &["twin"],
    &["options", "compat"],
    &["syntax", "types"],
];

/// Files at the root that belong to no layer.
const FOR_ALL: [&str; 3] = ["error", "name", "spelling"];

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|rank| rank.contains(&layer))
}

/// What a file of `layer` may not name after `crate::`.
fn wrong_imports<'a>(layer: &str, text: &'a str) -> Vec<&'a str> {
    let imports = text.lines().filter_map(|line| {
        let path = line.trim_start().strip_prefix("use crate::")?;
        path.split([':', ';']).next()
    });
    imports
        .filter(|import| {
            *import != layer && !FOR_ALL.contains(import) && rank(import) <= rank(layer)
        })
        .collect()
}

/// The files in a folder, at any depth.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

#[test]
fn no_layer_uses_one_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(&source).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(
            !path.is_dir() || rank(&name).is_some(),
            "which layer is {name}?"
        );
    }
    for layer in LAYERS.concat() {
        for path in files(&source.join(layer)) {
            let wrong = fs::read_to_string(&path).unwrap();
            let wrong = wrong_imports(layer, &wrong);
            assert!(wrong.is_empty(), "{} uses {wrong:?}", path.display());
        }
    }
    for file in FOR_ALL {
        let text = fs::read_to_string(source.join(file).with_extension("rs")).unwrap();
        let uses_layer = text.contains("use crate::");
        assert!(!uses_layer, "{file} is for all layers, and uses one");
    }
}

#[test]
fn it_notices() {
    let text =
        "use crate::twin::Twin;\nuse crate::name;\n    use crate::syntax::cfg;\nuse syn::Type;";
    assert_eq!(wrong_imports("types", text), ["twin", "syntax"]);
    assert!(wrong_imports("item", text).is_empty());
}
