//! The results file: a row a line, after the conditions. Made to be read by programs, and to make a readable diff.

use crate::result::{Case, Goal, Results, Row, Spread, Unit};
use std::fmt::Write;

pub(crate) const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers.tsv");

const HEAD: &str = "case\ttitle\tunit\trow\tlow\tmedian\thigh\tratio low\tratio\tratio high\tgoal";

pub(crate) fn write(results: &Results) -> String {
    let mut file = String::new();
    for (name, value) in &results.conditions {
        _ = writeln!(file, "# {name}\t{value}");
    }
    _ = writeln!(file, "{HEAD}");
    for case in &results.cases {
        for row in &case.rows {
            let Spread { low, median, high } = row.value;
            let ratio = row.ratio.map_or_else(
                || "\t\t".to_owned(),
                |Spread { low, median, high }| format!("{low:.4}\t{median:.4}\t{high:.4}"),
            );
            let goal = match row.goal {
                None => String::new(),
                Some(Goal::AtMost(most)) => format!("<= {most}"),
                Some(Goal::AtLeast(least)) => format!(">= {least}"),
            };
            _ = writeln!(
                file,
                "{}\t{}\t{}\t{}\t{low:.4e}\t{median:.4e}\t{high:.4e}\t{ratio}\t{goal}",
                case.id,
                case.title,
                case.unit.name(),
                row.name,
            );
        }
    }
    file
}

/// # Errors
///
/// The line that is not one of such a file.
pub(crate) fn read(file: &str) -> Result<Results, String> {
    let mut results = Results::default();
    for line in file.lines() {
        if let Some(condition) = line.strip_prefix("# ") {
            let pair = condition.split_once('\t').ok_or(line)?;
            results
                .conditions
                .push((pair.0.to_owned(), pair.1.to_owned()));
        } else if line != HEAD {
            let (case, row) = read_row(line).ok_or(line)?;
            match results.cases.last_mut().filter(|last| last.id == case.id) {
                Some(last) => last.rows.push(row),
                None => results.cases.push(Case {
                    rows: vec![row],
                    ..case
                }),
            }
        }
    }
    Ok(results)
}

/// A row, and its case without any.
fn read_row(line: &str) -> Option<(Case, Row)> {
    let fields: Vec<_> = line.split('\t').collect();
    let [
        id,
        title,
        unit,
        name,
        low,
        median,
        high,
        ratio_low,
        ratio,
        ratio_high,
        goal,
    ] = fields[..]
    else {
        return None;
    };
    let spread = |low: &str, median: &str, high: &str| {
        Some(Spread {
            low: low.parse().ok()?,
            median: median.parse().ok()?,
            high: high.parse().ok()?,
        })
    };
    let case = Case {
        id: id.to_owned(),
        title: title.to_owned(),
        unit: Unit::ALL.into_iter().find(|known| known.name() == unit)?,
        rows: Vec::new(),
    };
    let row = Row {
        name: name.to_owned(),
        value: spread(low, median, high)?,
        ratio: match ratio {
            "" => None,
            _ => Some(spread(ratio_low, ratio, ratio_high)?),
        },
        goal: match goal.split_at_checked(3) {
            None => None,
            Some(("<= ", most)) => Some(Goal::AtMost(most.parse().ok()?)),
            Some((">= ", least)) => Some(Goal::AtLeast(least.parse().ok()?)),
            Some(_) => return None,
        },
    };
    Some((case, row))
}
