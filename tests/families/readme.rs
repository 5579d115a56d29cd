//! The tables in README.md here, which tests make from what they have found.

use std::sync::{Mutex, PoisonError};
use std::{env, fs};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/families/README.md");

/// Set to have the tables written, instead of compared.
const WRITE: &str = "SYNC_TWIN_WRITE_TABLES";

static FILE: Mutex<()> = Mutex::new(());

/// Fails if the file has another table of this name.
#[track_caller]
pub(crate) fn hold(name: &str, table: &str) {
    let _file = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let readme = fs::read_to_string(PATH).expect("it is in the repository");
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = readme.split_once(&begin).expect("a place for the table");
    let (old, after) = rest.split_once(&end).expect("an end of the table");
    if env::var_os(WRITE).is_some() {
        let new = format!("{before}{begin}{table}{end}{after}");
        fs::write(PATH, new).expect("it can be written");
    } else {
        let new: Vec<_> = table.lines().filter(|line| !old.contains(line)).collect();
        assert!(
            old == table,
            "{PATH} says something else; `{WRITE}=1` writes it\n{}",
            new.join("\n")
        );
    }
}
