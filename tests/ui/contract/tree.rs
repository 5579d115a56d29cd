//! What the rules look at: the texts of `tests/ui`, and the codes of the macro crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Folders whose cases carry a code each.
pub(crate) const CODED: [&str; 3] = ["fail", "no_features", "rustc"];
/// Folders whose cases show something that no single code stands for, and what their titles begin with.
pub(crate) const UNCODED: [(&str, &str); 4] = [
    ("several", "Several at once"),
    ("survive", "The item survives"),
    ("half_typed", "Half-typed"),
    ("likely", "Likely"),
];
pub(crate) const FIXED: &str = "fixed";
pub(crate) const INDEX: &str = "README.md";
/// Which rustc blessed the cases that hold its words.
pub(crate) const TOOLCHAIN: &str = "rustc/TOOLCHAIN";
/// The rest: the runner itself.
const RUNNER: &[&str] = &[
    "main.rs",
    "cases.rs",
    "no_features.rs",
    "no_features/Cargo.lock",
    "no_features/Cargo.toml",
    "toolchain.rs",
    "contract",
];

#[derive(Clone)]
pub(crate) struct Tree {
    /// By path from `tests/ui`, with `/` on every platform; without the runner.
    pub(crate) files: BTreeMap<String, String>,
    /// The text of `macros/src/error.rs`.
    pub(crate) errors: String,
}

/// A code, and what its case must be called: `sw101_not_async`.
pub(crate) struct Code {
    pub(crate) number: u16,
    pub(crate) stem: String,
}

/// A case with a code: a `.rs` file in one of the [`CODED`] folders.
pub(crate) struct Case<'a> {
    pub(crate) folder: &'a str,
    pub(crate) stem: &'a str,
    pub(crate) text: &'a str,
}

impl Tree {
    pub(crate) fn read() -> Tree {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeMap::new();
        read_folder(&package.join("ui"), "", &mut files);
        Tree {
            files,
            errors: read_file(&package.join("../macros/src/error.rs")),
        }
    }

    /// The codes of the enum, and rustc's from the table in its documentation.
    pub(crate) fn codes(&self) -> Vec<Code> {
        let of_enum = self.errors.lines().filter_map(|line| {
            let (variant, number) = line.trim().strip_suffix(',')?.split_once(" = ")?;
            let number = number.parse().ok()?;
            let is_variant = variant.starts_with(|c: char| c.is_ascii_uppercase())
                && variant.chars().all(|c| c.is_ascii_alphanumeric());
            is_variant.then(|| Code {
                number,
                stem: format!("sw{number}_{}", snake_case(variant)),
            })
        });
        let of_table = self.errors.lines().filter_map(|line| {
            let (code, rest) = line.trim().strip_prefix("/// | SW")?.split_once(" | `")?;
            let (stem, _) = rest.split_once('`')?;
            Some(Code {
                number: code.parse().ok()?,
                stem: stem.to_owned(),
            })
        });
        of_enum.chain(of_table).collect()
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.files.iter().filter_map(|(path, text)| {
            let (folder, file) = path.split_once('/')?;
            let stem = file.strip_suffix(".rs")?;
            CODED
                .contains(&folder)
                .then_some(Case { folder, stem, text })
        })
    }

    pub(crate) fn index(&self) -> &str {
        self.files.get(INDEX).map_or("", String::as_str)
    }
}

impl<'a> Case<'a> {
    /// The number in the file's name.
    pub(crate) fn number(&self) -> Option<u16> {
        self.stem.strip_prefix("sw")?.get(..3)?.parse().ok()
    }

    pub(crate) fn path(&self) -> String {
        format!("{}/{}.rs", self.folder, self.stem)
    }

    pub(crate) fn stderr(&self) -> String {
        format!("{}/{}.stderr", self.folder, self.stem)
    }

    pub(crate) fn fixed(&self) -> String {
        format!("{FIXED}/{}.rs", self.stem)
    }

    /// What its first line says after the code.
    pub(crate) fn title(&self) -> Option<&'a str> {
        let (_, title) = title(self.text)?.split_once(": ")?;
        Some(title)
    }
}

/// The first line of a case, without the marks of documentation and heading.
pub(crate) fn title(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix("//! # ")
}

/// `NotAFunction` → `not_a_function`
fn snake_case(variant: &str) -> String {
    let mut snake = String::new();
    for letter in variant.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let path = format!("{prefix}{}", entry.file_name().display());
        if RUNNER.contains(&path.as_str()) {
            continue;
        }
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, read_file(&entry.path()));
        }
    }
}

fn read_file(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}
