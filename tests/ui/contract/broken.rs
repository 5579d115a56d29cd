//! A rule that cannot complain is no rule: the tree is broken in every way, and the rule has to notice.

use super::rules::RULES;
use super::tree::{INDEX, Tree};

/// What is broken, the rule that has to notice, and words of its complaint.
struct Breakage {
    broken: fn(&mut Tree),
    rule: &'static str,
    complaint: &'static str,
}

const CASE: &str = "fail/sw101_not_async.rs";
const STDERR: &str = "fail/sw101_not_async.stderr";
const FIXED: &str = "fixed/sw101_not_async.rs";
const OF_RUSTC: &str = "rustc/sw501_name_taken.rs";

const BREAKAGES: &[Breakage] = &[
    Breakage {
        broken: |tree| tree.errors.clear(),
        rule: "every code has one case",
        complaint: "no code found in macros/src/error.rs",
    },
    Breakage {
        broken: |tree| tree.errors.push_str("    BrandNew = 199,\n"),
        rule: "every code has one case",
        complaint: "SW199 has no case: write fail/sw199_brand_new.rs",
    },
    Breakage {
        broken: |tree| {
            tree.errors
                .push_str("/// | SW599 | `sw599_brand_new` | new |\n")
        },
        rule: "every code has one case",
        complaint: "SW599 has no case: write rustc/sw599_brand_new.rs",
    },
    Breakage {
        broken: |tree| tree.errors = tree.errors.replace("NotAsync", "Blocking"),
        rule: "every code has one case",
        complaint: "rename it (with its .stderr and its fixed twin) to sw101_blocking.rs",
    },
    Breakage {
        broken: |tree| copy(tree, CASE, "fail/sw101_not_async_either.rs"),
        rule: "every code has one case",
        complaint: "SW101 has the case fail/sw101_not_async.rs already",
    },
    Breakage {
        broken: |tree| copy(tree, CASE, "fail/sw198_forgotten.rs"),
        rule: "every file has its place",
        complaint: "fail/sw198_forgotten.rs has no code",
    },
    Breakage {
        broken: |tree| copy(tree, FIXED, "fixed/sw198_forgotten.rs"),
        rule: "every file has its place",
        complaint: "fixed/sw198_forgotten.rs has no code",
    },
    Breakage {
        broken: |tree| copy(tree, STDERR, "survive/nothing.stderr"),
        rule: "every file has its place",
        complaint: "survive/nothing.stderr has no case",
    },
    Breakage {
        broken: |tree| copy(tree, CASE, "more/case.rs"),
        rule: "every file has its place",
        complaint: "more/case.rs is neither a case nor its .stderr",
    },
    Breakage {
        broken: |tree| copy(tree, CASE, "case.rs"),
        rule: "every file has its place",
        complaint: "case.rs belongs to nothing",
    },
    Breakage {
        broken: |tree| remove(tree, FIXED),
        rule: "every case has a fixed twin",
        complaint: "write fixed/sw101_not_async.rs",
    },
    Breakage {
        broken: |tree| remove(tree, CASE),
        rule: "every case has a fixed twin",
        complaint: "fixed/sw101_not_async.rs corrects nothing",
    },
    Breakage {
        broken: |tree| replace(tree, FIXED, "SW101, fixed", "SW102, fixed"),
        rule: "every case has a fixed twin",
        complaint: "begin with `//! # SW101, fixed: …`",
    },
    Breakage {
        broken: |tree| replace(tree, FIXED, "../fail/", "../failed/"),
        rule: "every case has a fixed twin",
        complaint: "the second line has to be `//! Before: `../fail/sw101_not_async.rs`.`",
    },
    Breakage {
        broken: |tree| replace(tree, FIXED, "assert", "compare"),
        rule: "every case has a fixed twin",
        complaint: "assert what the twin returns",
    },
    Breakage {
        broken: |tree| replace(tree, CASE, "# SW101", "# SW102"),
        rule: "every case opens with what, why and fix",
        complaint: "begin with `//! # SW101: …`",
    },
    Breakage {
        broken: |tree| replace(tree, CASE, "//! Why: ", "//! "),
        rule: "every case opens with what, why and fix",
        complaint: "add `//! Why: …`",
    },
    Breakage {
        broken: |tree| replace(tree, CASE, "//! Fix: ", "//! "),
        rule: "every case opens with what, why and fix",
        complaint: "add `//! Fix: …`",
    },
    Breakage {
        broken: |tree| {
            replace(tree, CASE, "//! Why: ", "//! Later: ");
            replace(tree, CASE, "//! Fix: ", "//! Why: ");
            replace(tree, CASE, "//! Later: ", "//! Fix: ");
        },
        rule: "every case opens with what, why and fix",
        complaint: "comes before",
    },
    Breakage {
        broken: |tree| replace(tree, CASE, "see `../fixed/", "see `../mended/"),
        rule: "every case opens with what, why and fix",
        complaint: "end the fix with `see `../fixed/sw101_not_async.rs`.`",
    },
    Breakage {
        broken: |tree| append(tree, CASE, &"// more\n".repeat(15)),
        rule: "every case is short",
        complaint: "bring it down to 15",
    },
    Breakage {
        broken: |tree| replace(tree, INDEX, "| SW101 |", "| SW1O1 |"),
        rule: "every case has a row",
        complaint: "lacks this row, add it: | SW101 |",
    },
    Breakage {
        broken: |tree| replace(tree, CASE, "# SW101: ", "# SW101: perhaps "),
        rule: "every case has a row",
        complaint: "remove it: | SW101 |",
    },
    Breakage {
        broken: |tree| {
            let rows = tree.index().to_owned();
            append(tree, INDEX, &rows);
        },
        rule: "every case has a row",
        complaint: "more than once: | SW101 |",
    },
    Breakage {
        broken: |tree| copy(tree, "survive/method.rs", "survive/another.rs"),
        rule: "every case has a row",
        complaint: "[case](survive/another.rs)",
    },
    Breakage {
        broken: |tree| {
            replace(
                tree,
                "survive/method.rs",
                "# The item survives",
                "# It lives",
            )
        },
        rule: "every case has a row",
        complaint: "has to begin with `//! # The item survives: …`",
    },
    Breakage {
        broken: |tree| append(tree, INDEX, "[more](fail/more.md)\n"),
        rule: "every link leads somewhere",
        complaint: "links to fail/more.md",
    },
    Breakage {
        broken: |tree| remove(tree, STDERR),
        rule: "every case has its error and no other",
        complaint: "bless it",
    },
    Breakage {
        broken: |tree| replace(tree, STDERR, "SW101", "SW102"),
        rule: "every case has its error and no other",
        complaint: "does not name SW101",
    },
    Breakage {
        broken: |tree| append(tree, STDERR, "\nwarning: unused variable: `id`\n"),
        rule: "every case has its error and no other",
        complaint: "has another error or a warning",
    },
    Breakage {
        broken: |tree| {
            append(
                tree,
                STDERR,
                "\nerror[E0425]: cannot find function `load_sync`\n",
            )
        },
        rule: "every case has its error and no other",
        complaint: "has another error or a warning",
    },
    Breakage {
        broken: |tree| {
            let again = tree.files[STDERR].clone();
            append(tree, STDERR, &again);
        },
        rule: "every case has its error and no other",
        complaint: "SW101 2 times",
    },
    Breakage {
        broken: |tree| replace(tree, OF_RUSTC, " (E", " [E"),
        rule: "every case has its error and no other",
        complaint: "end the title with rustc's code",
    },
    Breakage {
        broken: |tree| {
            let case = "rustc/sw105_module_elsewhere.rs";
            replace(tree, case, "(E0658)", "(E0001)");
        },
        rule: "every case has its error and no other",
        complaint: "has another error or a warning",
    },
    Breakage {
        broken: |tree| copy(tree, STDERR, "several/options_of_one_attribute.stderr"),
        rule: "uncoded cases keep their promise",
        complaint: "have to be reported at once",
    },
    Breakage {
        broken: |tree| {
            append(
                tree,
                "survive/method.stderr",
                "\nerror[E0599]: no method `load`\n",
            )
        },
        rule: "uncoded cases keep their promise",
        complaint: "the item did not survive",
    },
    Breakage {
        broken: |tree| {
            copy(
                tree,
                "several/options_of_one_attribute.stderr",
                "survive/method.stderr",
            )
        },
        rule: "uncoded cases keep their promise",
        complaint: "one mistake here, and one error",
    },
    Breakage {
        broken: |tree| copy(tree, STDERR, "half_typed/expression.stderr"),
        rule: "uncoded cases keep their promise",
        complaint: "the macro adds nothing",
    },
    Breakage {
        broken: |tree| remove(tree, "half_typed/expression.stderr"),
        rule: "uncoded cases keep their promise",
        complaint: "bless it",
    },
    Breakage {
        broken: |tree| replace(tree, STDERR, "SW101: ", "SW101: The "),
        rule: "messages are in house style",
        complaint: "lower case",
    },
    Breakage {
        broken: |tree| replace(tree, STDERR, "help: ", "help: You should "),
        rule: "messages are in house style",
        complaint: "lower case",
    },
    Breakage {
        broken: |tree| replace(tree, STDERR, "\n", ".\n"),
        rule: "messages are in house style",
        complaint: "no full stop",
    },
    Breakage {
        broken: |tree| replace(tree, STDERR, "help: ", "help: see https://docs.rs "),
        rule: "messages are in house style",
        complaint: "no address",
    },
    Breakage {
        broken: |tree| replace(tree, STDERR, "help: ", "help: first\n       help: "),
        rule: "messages are in house style",
        complaint: "one `help:` at most",
    },
];

#[test]
fn every_rule_notices_what_it_is_for() {
    let whole = Tree::read();
    for Breakage {
        broken,
        rule,
        complaint,
    } in BREAKAGES
    {
        let mut tree = whole.clone();
        broken(&mut tree);
        let (_, check) = RULES
            .iter()
            .find(|(name, _)| name == rule)
            .unwrap_or_else(|| panic!("there is no rule `{rule}`"));
        let complaints = check(&tree);
        assert!(
            complaints.iter().any(|found| found.contains(complaint)),
            "`{rule}` should have said `{complaint}`, but said {complaints:#?}",
        );
    }
}

#[test]
fn every_rule_is_tried() {
    for (name, _) in RULES {
        assert!(
            BREAKAGES.iter().any(|breakage| breakage.rule == *name),
            "show that the rule `{name}` can complain: add a breakage",
        );
    }
}

fn file<'a>(tree: &'a mut Tree, path: &str) -> &'a mut String {
    tree.files
        .get_mut(path)
        .unwrap_or_else(|| panic!("there is no {path} to break"))
}

fn replace(tree: &mut Tree, path: &str, from: &str, to: &str) {
    let text = file(tree, path);
    assert!(text.contains(from), "{path} has no `{from}` to break");
    *text = text.replace(from, to);
}

fn append(tree: &mut Tree, path: &str, more: &str) {
    file(tree, path).push_str(more);
}

fn copy(tree: &mut Tree, from: &str, to: &str) {
    let text = file(tree, from).clone();
    tree.files.insert(to.to_owned(), text);
}

fn remove(tree: &mut Tree, path: &str) {
    file(tree, path);
    tree.files.remove(path);
}
