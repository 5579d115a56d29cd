//! The rules. Each one's comment says why it is worth a failing build.

use super::message::Message;
use super::tree::{CODED, Case, FIXED, INDEX, TOOLCHAIN, Tree, UNCODED, title};

pub(crate) type Rule = fn(&Tree) -> Vec<String>;

pub(crate) const RULES: &[(&str, Rule)] = &[
    ("every code has one case", every_code_has_one_case),
    ("every file has its place", every_file_has_its_place),
    ("every case has a fixed twin", every_case_has_a_fixed_twin),
    (
        "every case opens with what, why and fix",
        every_case_opens_with_what_why_and_fix,
    ),
    ("every case is short", every_case_is_short),
    ("every case has a row", every_case_has_a_row),
    ("every link leads somewhere", every_link_leads_somewhere),
    (
        "every case has its error and no other",
        every_case_has_its_error_and_no_other,
    ),
    (
        "uncoded cases keep their promise",
        uncoded_cases_keep_their_promise,
    ),
    ("messages are in house style", messages_are_in_house_style),
];

/// Lines of a case after its header. More than that, and the mistake has to be searched for.
const MOST_LINES: usize = 15;

/// A code without a case is not documented, one with two is not *one* mistake.
fn every_code_has_one_case(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let codes = tree.codes();
    if codes.is_empty() {
        complaints.push(
            "no code found in macros/src/error.rs: keep one line per variant, `NotAsync = 101,`"
                .to_owned(),
        );
    }
    for code in &codes {
        let cases: Vec<_> = tree
            .cases()
            .filter(|case| case.number() == Some(code.number))
            .collect();
        match &cases[..] {
            [] => complaints.push(format!(
                "SW{} has no case: write {}/{}.rs",
                code.number,
                if code.number < 500 { "fail" } else { "rustc" },
                code.stem,
            )),
            [case] if case.stem == code.stem => {}
            [case] => complaints.push(format!(
                "{} is not called as in macros/src/error.rs: rename it (with its .stderr and its fixed twin) to {}.rs",
                case.path(),
                code.stem,
            )),
            [first, more @ ..] => complaints.extend(more.iter().map(|case| {
                format!(
                    "SW{} has the case {} already: move {} to several/, or give the mistake a code of its own",
                    code.number,
                    first.path(),
                    case.path(),
                )
            })),
        }
    }
    complaints
}

/// A file that nothing refers to is dead, and looks like documentation all the same.
fn every_file_has_its_place(tree: &Tree) -> Vec<String> {
    let codes = tree.codes();
    let mut complaints = Vec::new();
    for path in tree.files.keys() {
        let Some((folder, file)) = path.split_once('/') else {
            if path != INDEX {
                complaints.push(format!(
                    "{path} belongs to nothing: move it into the folder of its kind"
                ));
            }
            continue;
        };
        let coded = CODED.contains(&folder);
        let uncoded = UNCODED.iter().any(|(name, _)| *name == folder);
        match file.rsplit_once('.') {
            Some((stem, "rs")) if coded || folder == FIXED => {
                if !codes.iter().any(|code| code.stem == stem) {
                    complaints.push(format!(
                        "{path} has no code in macros/src/error.rs: remove it, or add the code there"
                    ));
                }
            }
            Some((_, "rs")) if uncoded => {}
            None if path == TOOLCHAIN => {}
            Some((stem, "stderr")) if coded || uncoded => {
                if !tree.files.contains_key(&format!("{folder}/{stem}.rs")) {
                    complaints.push(format!("{path} has no case: remove it"));
                }
            }
            _ => complaints.push(format!(
                "{path} is neither a case nor its .stderr: remove it"
            )),
        }
    }
    complaints
}

/// The corrected file is what a reader copies, and the proof that the fix helps.
fn every_case_has_a_fixed_twin(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for case in tree.cases() {
        let fixed = case.fixed();
        let Some(text) = tree.files.get(&fixed) else {
            complaints.push(format!("{} has no fixed twin: write {fixed}", case.path()));
            continue;
        };
        let number = case.number().unwrap_or_default();
        if !title(text).is_some_and(|title| title.starts_with(&format!("SW{number}, fixed: "))) {
            complaints.push(format!("{fixed}: begin with `//! # SW{number}, fixed: …`"));
        }
        let before = format!("//! Before: `../{}`.", case.path());
        if text.lines().nth(1) != Some(before.as_str()) {
            complaints.push(format!("{fixed}: the second line has to be `{before}`"));
        }
        if !text.contains("assert") {
            complaints.push(format!(
                "{fixed} is run, so let it show something: assert what the twin returns"
            ));
        }
    }
    for path in tree.files.keys() {
        let Some(stem) = path
            .strip_prefix("fixed/")
            .and_then(|file| file.strip_suffix(".rs"))
        else {
            continue;
        };
        if !tree.cases().any(|case| case.stem == stem) {
            complaints.push(format!(
                "{path} corrects nothing: write the case fail/{stem}.rs, or remove it"
            ));
        }
    }
    complaints
}

/// What, why and fix are what makes a test case documentation.
fn every_case_opens_with_what_why_and_fix(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for case in tree.cases() {
        let number = case.number().unwrap_or_default();
        let mut complain = |line: String| complaints.push(format!("{}: {line}", case.path()));
        if !title(case.text).is_some_and(|title| title.starts_with(&format!("SW{number}: "))) {
            complain(format!(
                "begin with `//! # SW{number}: …`, which says what is wrong"
            ));
        }
        let header = header(case.text);
        let why = header.find("\nWhy: ");
        let fix = header.find("\nFix: ");
        if why.is_none() {
            complain("add `//! Why: …` below the title".to_owned());
        }
        match (why, fix) {
            (_, None) => complain("add `//! Fix: …` below the reason".to_owned()),
            (Some(why), Some(fix)) if fix < why => {
                complain("`//! Why: …` comes before `//! Fix: …`".to_owned());
            }
            _ => {}
        }
        let see = format!("see `../{}`.", case.fixed());
        if fix.is_some() && !header.trim_end().replace('\n', " ").ends_with(&see) {
            complain(format!("end the fix with `{see}`"));
        }
    }
    complaints
}

/// The leading `//!` lines without their mark.
pub(crate) fn header(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| format!("{}\n", line.trim())).collect()
}

/// One mistake in a few lines can be seen at a glance.
fn every_case_is_short(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for case in tree.cases() {
        let body = case
            .text
            .lines()
            .skip_while(|line| line.starts_with("//!") || line.is_empty());
        let lines = body.count();
        if lines > MOST_LINES {
            complaints.push(format!(
                "{} has {lines} lines after its header: bring it down to {MOST_LINES}",
                case.path(),
            ));
        }
    }
    complaints
}

/// The row of a case follows from the case, word for word: there is one place to change a title.
fn row(case: &Case<'_>) -> String {
    format!(
        "| SW{} | {} | [case]({}), [error]({}) | [fixed]({}) |",
        case.number().unwrap_or_default(),
        case.title().unwrap_or_default(),
        case.path(),
        case.stderr(),
        case.fixed(),
    )
}

/// The index is how people get here; a case that is not in it is not found.
fn every_case_has_a_row(tree: &Tree) -> Vec<String> {
    let mut expected: Vec<String> = tree.cases().map(|case| row(&case)).collect();
    for (path, text) in &tree.files {
        for (folder, kind) in UNCODED {
            let Some(stem) = path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'))
                .and_then(|file| file.strip_suffix(".rs"))
            else {
                continue;
            };
            match title(text).and_then(|title| title.split_once(": ")) {
                Some((start, what)) if start == kind => expected.push(format!(
                    "| {kind} | {what} | [case]({path}), [error]({folder}/{stem}.stderr) |"
                )),
                _ => expected.push(format!(
                    "a row for {path}, which has to begin with `//! # {kind}: …`"
                )),
            }
        }
    }
    let rows: Vec<&str> = tree
        .index()
        .lines()
        .filter(|line| line.contains("[case]("))
        .collect();
    let mut complaints = Vec::new();
    for row in &expected {
        match rows.iter().filter(|found| *found == row).count() {
            1 => {}
            0 => complaints.push(format!("{INDEX} lacks this row, add it: {row}")),
            _ => complaints.push(format!("{INDEX} has this row more than once: {row}")),
        }
    }
    for row in rows {
        if !expected.iter().any(|expected| expected == row) {
            complaints.push(format!(
                "{INDEX} has a row that no case asks for, remove it: {row}"
            ));
        }
    }
    complaints
}

/// A dead link in an index is worse than no link.
fn every_link_leads_somewhere(tree: &Tree) -> Vec<String> {
    let targets = tree
        .index()
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    targets
        .filter(|(target, _)| !target.contains("://") && !target.starts_with(['#', '.']))
        .filter(|(target, _)| !tree.files.contains_key(*target))
        .map(|(target, _)| {
            format!(
                "{INDEX} links to {target}, which is not there: correct the link, or bless the case"
            )
        })
        .collect()
}

/// A case shows one mistake: then its error is there once, and nothing of rustc's distracts from it.
fn every_case_has_its_error_and_no_other(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for case in tree.cases() {
        let path = case.stderr();
        let Some(stderr) = tree.files.get(&path) else {
            complaints.push(format!(
                "{path} is not there: bless it with TRYBUILD=overwrite"
            ));
            continue;
        };
        let number = case.number().unwrap_or_default();
        // What rustc reports has rustc's code, and the title names it.
        let expected = match case.title().and_then(|title| title.rsplit_once(" (E")) {
            Some((_, code)) if number >= 500 => format!("E{}", code.trim_end_matches(')')),
            _ if number >= 500 => {
                complaints.push(format!(
                    "{}: end the title with rustc's code, `(E0428)`",
                    case.path()
                ));
                continue;
            }
            _ => format!("SW{number}"),
        };
        // One of our codes in that folder comes beside one of rustc's.
        let beside = case
            .title()
            .filter(|_| case.folder == "rustc")
            .and_then(|title| title.strip_suffix(')')?.rsplit_once(" ("))
            .map(|(_, code)| code);
        let messages = Message::all(stderr);
        if !messages
            .iter()
            .any(|message| message.code() == Some(&expected))
        {
            complaints.push(format!(
                "{path} does not name {expected}: the case shows another mistake than its name says"
            ));
        }
        for message in messages.iter().filter(|message| {
            message.code() != Some(&expected) && (beside.is_none() || message.code() != beside)
        }) {
            complaints.push(format!(
                "{path} has another error or a warning, keep the case to its mistake: {}",
                message.headline(),
            ));
        }
        let times = messages
            .iter()
            .filter(|message| message.code() == Some(&expected))
            .count();
        if times > 1 {
            complaints.push(format!(
                "{path} has {expected} {times} times: keep the case to one mistake"
            ));
        }
    }
    complaints
}

/// Each uncoded folder stands for something that the macro promises.
fn uncoded_cases_keep_their_promise(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (folder, _) in UNCODED {
        for path in tree.files.keys() {
            let Some(case) = path
                .strip_suffix(".rs")
                .filter(|case| case.split_once('/').is_some_and(|(of, _)| of == folder))
            else {
                continue;
            };
            let path = format!("{case}.stderr");
            let Some(stderr) = tree.files.get(&path) else {
                complaints.push(format!(
                    "{path} is not there: bless it with TRYBUILD=overwrite"
                ));
                continue;
            };
            let messages = Message::all(stderr);
            let ours = messages.iter().filter(|message| message.is_ours()).count();
            let theirs = messages.len() - ours;
            let broken = match folder {
                "several" if ours < 2 => Some("several mistakes have to be reported at once"),
                "several" | "survive" if theirs > 0 => {
                    Some("something beside our errors shows that the item did not survive")
                }
                "survive" if ours != 1 => Some("there is one mistake here, and one error"),
                "half_typed" if ours > 0 || stderr.contains("in the attribute macro") => {
                    Some("half-typed code is rustc's to report, the macro adds nothing")
                }
                "likely" if ours > 0 => Some("this is for what only rustc can report"),
                "likely" if !header(&tree.files[&format!("{case}.rs")]).contains("\nFix: ") => {
                    Some("rustc does not say what to do, so add `//! Fix: …` to the case")
                }
                _ => None,
            };
            if let Some(broken) = broken {
                complaints.push(format!("{path}: {broken}; mend the macro, or the case"));
            }
        }
    }
    complaints
}

/// House style: lower case, no full stop, at most one help, no address in the text.
fn messages_are_in_house_style(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, stderr) in tree
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(".stderr"))
    {
        for message in Message::all(stderr)
            .iter()
            .filter(|message| message.is_ours())
        {
            let mut complain = |what: &str| {
                complaints.push(format!(
                    "{path}: {what}; change it in macros/src: {}",
                    message.headline()
                ));
            };
            let words = message.words();
            let starts = [message.what()].into_iter();
            let starts = starts.chain(words.iter().filter_map(|line| line.strip_prefix("help: ")));
            if starts
                .into_iter()
                .any(|text| text.starts_with(char::is_uppercase))
            {
                complain("begin what is wrong, and the help, in lower case");
            }
            if words.iter().any(|line| line.ends_with('.')) {
                complain("no full stop at the end");
            }
            if words.iter().any(|line| line.contains("://")) {
                complain("no address in the text: the code is what people search for");
            }
            if words
                .iter()
                .filter(|line| line.starts_with("help:"))
                .count()
                > 1
            {
                complain("one `help:` at most, the one with the code to write");
            }
        }
    }
    complaints
}
