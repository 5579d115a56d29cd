//! The parts of documents that are made from the results: a chart in the README, and in BENCHMARKS.md a chart of the main cases
//! and a table of all.

use crate::result::{Case, Results, Row, Unit, digits};
use std::fmt::Write;

/// A document with a place for such a part.
pub(crate) struct Document {
    pub(crate) path: &'static str,
    render: fn(&Results) -> String,
}

pub(crate) const README: Document = Document {
    path: concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"),
    render: |results| charts(&["pinned/alone/1"], results),
};

pub(crate) const BENCHMARKS: Document = Document {
    path: concat!(env!("CARGO_MANIFEST_DIR"), "/../BENCHMARKS.md"),
    render: whole,
};

pub(crate) const BEGIN: &str = "<!-- peers:begin -->\n";
pub(crate) const END: &str = "<!-- peers:end -->\n";

/// The cases of the chart.
const MAIN: [&str; 12] = [
    "pinned/alone/1",
    "pinned/shared/8",
    "pinned/shared/128",
    "pinned/own/8",
    "pinned/tasks/8",
    "pinned/sql/8",
    "cores/shared/8",
    "sql",
    "server/8",
    "isolated",
    "ready/plain",
    "ready/worker",
];

/// The twin's bar, in cells.
const ONE: f64 = 8.0;
/// The longest bar. What would be longer ends in an arrow.
const MOST: usize = 36;

impl Document {
    /// Its text with that part made anew.
    ///
    /// # Errors
    ///
    /// That it has no place for it.
    pub(crate) fn replace(&self, text: &str, results: &Results) -> Result<String, String> {
        let missing = || format!("no `{}` with `{}` after it", BEGIN.trim(), END.trim());
        let (before, rest) = text.split_once(BEGIN).ok_or_else(missing)?;
        let (_, after) = rest.split_once(END).ok_or_else(missing)?;
        let part = (self.render)(results);
        Ok(format!("{before}{BEGIN}\n{part}\n{END}{after}"))
    }
}

fn charts(ids: &[&str], results: &Results) -> String {
    let cases = ids.iter().filter_map(|id| {
        let case = results.cases.iter().find(|case| case.id == *id)?;
        Some(chart(case))
    });
    let charts = cases.collect::<Vec<_>>().join("\n");
    format!("```text\n{charts}```\n")
}

fn whole(results: &Results) -> String {
    let charts = charts(&MAIN, results);
    let table: String = results.cases.iter().map(table).collect();
    let conditions = results.conditions.iter();
    let conditions: String = conditions
        .map(|(name, value)| format!("- {name}: {value}\n"))
        .collect();
    format!(
        "{charts}
{conditions}
# All cases

| case | | median | quartiles | twin ÷ this | quartiles |
|---|---|--:|--:|--:|--:|
{table}"
    )
}

/// A line for each row: how long it takes, if the twin takes 1.
fn chart(case: &Case) -> String {
    let mut text = format!("{}\n", case.title);
    for row in &case.rows {
        let time = row.ratio.map_or(1.0, |ratio| match case.unit {
            Unit::Rate => ratio.median,
            _ => 1.0 / ratio.median,
        });
        let name = row.name.replace('`', "");
        let figure = case.unit.show(row.value.median);
        _ = writeln!(
            text,
            "  {name:39} {:MOST$} {:>5}  {figure:>9}",
            bar(time),
            digits(time)
        );
    }
    text
}

/// A bar to an eighth of a cell, which is never empty.
fn bar(time: f64) -> String {
    let eighths = ((time * ONE * 8.0).round() as usize).max(1);
    if eighths > MOST * 8 {
        return format!("{}▶", "█".repeat(MOST - 1));
    }
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{part}", "█".repeat(eighths / 8))
}

fn table(case: &Case) -> String {
    let row = |(n, row): (usize, &Row)| {
        let title = if n == 0 { &case.title } else { "" };
        let median = case.unit.show(row.value.median);
        let quartiles = row.value.quartiles(|value| case.unit.show(value));
        let (ratio, ratios) = row.ratio.map_or_else(Default::default, |ratio| {
            let show = |value| format!("{value:.2}");
            (show(ratio.median), ratio.quartiles(show))
        });
        let name = &row.name;
        format!("| {title} | {name} | {median} | {quartiles} | {ratio} | {ratios} |\n")
    };
    case.rows.iter().enumerate().map(row).collect()
}
