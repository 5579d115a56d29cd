//! How many lines of code the two clients take, and how many the hand-written ones do.
//!
//! What counts is a line with code on it: no comments, no blank lines, no tests, no attributes that only documentation has. Of
//! the hand-written ones, what this build leaves out for want of a feature does not count either, since the twins have no such
//! methods.

use crate::readme;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use sync_twin_tests::harness::outside::successful_cargo;

/// What `tests/Cargo.toml` turns on.
const FEATURES: [&str; 3] = ["blocking", "multipart", "stream"];

struct Client {
    hand_written: &'static str,
    sources: PathBuf,
    twin: &'static str,
    /// One in so many lines is the goal.
    goal: usize,
}

#[test]
fn a_fraction_of_the_hand_written_ones() {
    let clients = [
        Client {
            hand_written: "`reqwest::blocking`",
            sources: registry("reqwest").join("blocking"),
            twin: "http",
            goal: 4,
        },
        Client {
            hand_written: "`postgres`",
            sources: registry("postgres"),
            twin: "postgres",
            goal: 3,
        },
    ];
    let mut table = String::from(
        "| hand-written | lines | of which this build has | the twin | that is |\n|---|--:|--:|--:|--:|\n",
    );
    for client in clients {
        let all = in_folder(&client.sources, &|_| true);
        let built = in_folder(&client.sources, &|feature| FEATURES.contains(&feature));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("families/clients/src");
        let twin = in_folder(&folder.join(client.twin), &|_| true);
        assert!(
            twin * client.goal <= built,
            "{twin} lines, and {built} by hand"
        );
        let (name, share) = (client.hand_written, 100 * twin / built);
        writeln!(table, "| {name} | {all} | {built} | {twin} | {share} % |").unwrap();
    }
    readme::hold("lines", &table);
}

/// The `src` of the version that this build uses.
fn registry(package: &str) -> PathBuf {
    // Of other platforms not all is there.
    let platform = Command::new("rustc")
        .args(["--print", "host-tuple"])
        .output();
    let platform = String::from_utf8(platform.expect("there is a compiler").stdout);
    let platform = platform.expect("a name").trim().to_owned();
    let metadata = successful_cargo(
        ".",
        env!("CARGO_TARGET_TMPDIR"),
        &[
            "metadata",
            "--format-version=1",
            "--filter-platform",
            &platform,
        ],
    );
    let mut manifests = metadata
        .split("\"manifest_path\":\"")
        .skip(1)
        .filter_map(|rest| Some(Path::new(rest.split_once('"')?.0)));
    let is_it = |manifest: &&Path| {
        let folder = manifest.parent().and_then(Path::file_name);
        let folder = folder.and_then(|name| name.to_str());
        folder
            .and_then(|name| name.rsplit_once('-'))
            .is_some_and(|(name, _)| name == package)
    };
    let manifest = manifests.find(is_it).expect("a dependency of these tests");
    manifest.with_file_name("src")
}

fn in_folder(folder: &Path, has_feature: &dyn Fn(&str) -> bool) -> usize {
    let files = fs::read_dir(folder).expect("a folder of sources");
    let files = files.map(|file| file.expect("it can be listed").path());
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        // The tests of `postgres`.
        .filter(|file| !file.ends_with("test.rs"))
        .map(|file| of(&fs::read_to_string(file).expect("a source"), has_feature))
        .sum()
}

/// The lines of code of one file, which rustfmt has formatted.
fn of(source: &str, has_feature: &dyn Fn(&str) -> bool) -> usize {
    let mut count = 0;
    let mut lines = source.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("//")
    });
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        if !code.starts_with("#[") && !code.starts_with("#![") {
            count += 1;
            continue;
        }
        let mut attribute = code.to_owned();
        let mut length = 1;
        while !attribute.ends_with(']') {
            attribute += lines.next().expect("the end of an attribute").trim();
            length += 1;
        }
        if attribute.contains("docsrs") || attribute.starts_with("#[doc") {
            continue;
        }
        if !attribute.starts_with("#[cfg(") || is_there(&attribute, has_feature) {
            count += length;
            continue;
        }
        // Its item ends where the indentation does.
        let mut is_first = true;
        for line in lines.by_ref() {
            let rest = line.strip_prefix(indent).unwrap_or(line);
            let is_outer = !rest.starts_with(' ');
            let is_attribute = rest.starts_with('#') || (!is_first && rest.starts_with(")]"));
            is_first = false;
            if is_outer && !is_attribute && rest.ends_with(['}', ';', ',']) {
                break;
            }
        }
    }
    count
}

/// Whether what has this `#[cfg(…)]` is in the build: of the features that it names, one is there.
fn is_there(cfg: &str, has_feature: &dyn Fn(&str) -> bool) -> bool {
    if cfg == "#[cfg(test)]" {
        return false;
    }
    let mut features = cfg.split("feature = \"").skip(1).peekable();
    let names_none = features.peek().is_none();
    let has_one = features.any(|rest| rest.split('"').next().is_some_and(has_feature));
    names_none || has_one != cfg.contains("not(")
}

#[test]
fn what_counts() {
    let source = r#"
//! Docs.
use a::B; // This counts.

/// Docs.
#[derive(Debug)]
#[cfg_attr(docsrs, doc(cfg(feature = "json")))]
pub struct A {
    #[cfg(feature = "json")]
    gone: B,
    here: B,
}

impl A {
    #[cfg(any(
        feature = "json",
        feature = "form"
    ))]
    #[cfg_attr(
        docsrs,
        doc(cfg(feature = "json"))
    )]
    /// Docs.
    pub fn gone<T>(
        self,
    ) -> Self
    where
        T: B,
    {
        if self.gone {
            self
        }
    }

    #[cfg(feature = "stream")]
    pub fn here(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    fn gone() {}
}
"#;
    assert_eq!(
        of(source, &|feature| FEATURES.contains(&feature)),
        1 + 4 + 6
    );
    assert_eq!(of(source, &|_| true), 1 + 6 + 6 + 14);
}
