//! The table in `guide/configuration.rs` has every setting, and what it says is so.

use super::variable::VARIABLES;
use super::{Settings, StallAfter, ThreadKind};
use crate::settings::Flavor;

const PAGE: &str = include_str!("../guide/configuration.rs");
const BUILDER: &str = include_str!("../builder.rs");

/// Above its first row.
const HEAD: &str = "| what | method of `Builder` | variable | default |\n//! |---|---|---|---|\n";

/// What is no setting.
const OTHERS: [&str; 2] = ["new", "install"];

struct Row<'a> {
    method: &'a str,
    variable: Option<&'a str>,
    default: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let (_, table) = PAGE.split_once(HEAD).expect("a table");
    let lines = table.lines().map_while(|line| line.strip_prefix("//! | "));
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, method, variable, default, ""] = cells[..] else {
            panic!("not a row: {line}")
        };
        Row {
            method: method.trim_matches('`'),
            variable: (!variable.is_empty()).then(|| variable.trim_matches('`')),
            default,
        }
    });
    rows.collect()
}

/// The methods of the builder, each with its docs.
fn methods() -> Vec<(&'static str, String)> {
    let mut docs = String::new();
    let mut methods = Vec::new();
    for line in BUILDER.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push_str(doc);
        } else if let Some(signature) = line.strip_prefix("pub fn ") {
            let end = signature.find(['(', '<']).expect("a list of parameters");
            methods.push((&signature[..end], std::mem::take(&mut docs)));
        } else {
            docs.clear();
        }
    }
    methods
}

#[test]
fn each_method_has_a_row() {
    let mut methods: Vec<_> = methods().into_iter().map(|(name, _)| name).collect();
    methods.retain(|name| !OTHERS.contains(name));
    let mut listed: Vec<_> = rows().iter().map(|row| row.method).collect();
    methods.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, methods);
}

#[test]
fn each_variable_has_a_row_and_is_named_by_its_method() {
    let mut listed: Vec<_> = rows().iter().filter_map(|row| row.variable).collect();
    let mut all: Vec<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    listed.sort_unstable();
    all.sort_unstable();
    assert_eq!(listed, all);
    for row in rows() {
        let is_of_row = |(name, _): &(&str, String)| *name == row.method;
        let (_, docs) = methods().into_iter().find(is_of_row).expect("a method");
        let named = docs.split('`').find(|word| word.starts_with("SYNC_TWIN_"));
        assert_eq!(named, row.variable, "{}", row.method);
    }
}

#[test]
fn the_defaults_are_these() {
    let settings = Settings::default();
    let default = |method| {
        let rows = rows();
        let row = rows.iter().find(|row| row.method == method);
        row.expect("a row").default
    };
    let stacks = settings.stack_sizes;
    for &kind in ThreadKind::ALL {
        let expected = (kind == ThreadKind::Isolated).then_some(8 << 20);
        assert_eq!(stacks[kind as usize], expected, "{kind:?}");
    }
    assert_eq!(
        default("stack_size"),
        "isolated: 8 MiB; others: 2 MiB, or `RUST_MIN_STACK`"
    );
    let in_code = [
        ("thread_name", format!("`{}`", settings.thread_name)),
        (
            "max_blocking_threads",
            settings.max_blocking_threads.to_string(),
        ),
        (
            "blocking_keep_alive",
            format!(
                "{} s; in the crew {} s",
                settings.keep_alive(ThreadKind::Blocking).as_secs(),
                settings.keep_alive(ThreadKind::Crew).as_secs()
            ),
        ),
        (
            "isolation_keep_alive",
            format!("{} s", settings.isolation_keep_alive.as_secs()),
        ),
        (
            "grace",
            format!("{} s", settings.grace.expect("it is on").as_secs()),
        ),
        ("block_signals", format!("`{}`", settings.block_signals)),
        (
            "inherit_affinity",
            format!("`{}`", settings.inherit_affinity),
        ),
    ];
    for (method, text) in in_code {
        assert_eq!(default(method), text, "{method}");
    }
    assert_eq!(
        settings.flavor,
        Flavor::parse(default("flavor").trim_matches('`')).unwrap()
    );
    assert_eq!(settings.stall_after, StallAfter::Default);
    assert_eq!((settings.time_limit, default("time_limit")), (None, "none"));
    // `dispatch/in_async.rs` has the defaults.
    assert!(
        settings.on_driver.is_none() && settings.on_worker.is_none() && settings.observer.is_none()
    );
    assert!(settings.worker_threads.is_none() && settings.background_threads.is_none());
    assert!(settings.on_thread_start.is_none() && settings.on_thread_stop.is_none());
}
