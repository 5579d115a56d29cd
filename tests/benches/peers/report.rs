//! What is printed to the terminal.

use crate::result::{Case, Goal, Row};

pub(crate) fn print(case: &Case) {
    let value = |value| case.unit.show(value);
    println!("\n{}: {}", case.id, case.title);
    println!(
        "  {:52} {:>10} {:>23}  {:>9} {:>15}",
        "", "median", "quartiles", "twin/this", "quartiles"
    );
    for row in &case.rows {
        let line = format!(
            "  {:52} {:>10} {:>23}  {}",
            row.name.replace('`', ""),
            value(row.value.median),
            row.value.quartiles(value),
            ratio(row),
        );
        println!("{}", line.trim_end());
    }
}

fn ratio(row: &Row) -> String {
    let Some(ratio) = row.ratio else {
        return String::new();
    };
    let median = ratio.median;
    let quartiles = ratio.quartiles(|value| format!("{value:.3}"));
    let goal = row.goal.map_or_else(String::new, |goal| {
        let met = if goal.is_met(median) {
            "reached"
        } else {
            "MISSED"
        };
        match goal {
            Goal::AtMost(most) => format!("at most {most}: {met}"),
            Goal::AtLeast(least) => format!("at least {least}: {met}"),
        }
    });
    format!("{median:>9.3} {quartiles:>15}  {goal}")
}

pub(crate) fn warn(message: &str) {
    eprintln!("\n**** {message}\n");
}
