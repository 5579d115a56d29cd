//! What twins cost the compiler: a program of many beside the same written by hand, and a clean build of a program that
//! uses sync-twin beside one that uses only tokio.
//!
//! ```text
//! cargo bench -p sync-twin-tests --bench compile                    both
//! cargo bench -p sync-twin-tests --bench compile -- check/block     what has this in its id
//! ```
//!
//! The compilers take turns, and each ratio is of two that ran one after the other. Times are of a debug build, and of the
//! whole command.

mod forms;
mod packages;

use forms::FORMS;
use packages::Packages;
use std::error::Error;
use std::time::Duration;
use std::{env, thread};

const TWINS: usize = 1000;
const CHECKS: usize = 9;
const BUILDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    // `cargo test --benches` only sees to it that what is compiled here can be.
    let is_quick = !arguments.iter().any(|argument| argument == "--bench");
    let filters: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let wants = |id: &str| filters.is_empty() || filters.iter().any(|part| id.contains(&**part));
    let (twins, checks) = if is_quick { (10, 1) } else { (TWINS, CHECKS) };

    let packages = Packages::new()?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("{cores} cores; medians, and the quartiles of the ratios");
    for form in FORMS {
        let id = format!("check/{}", form.name);
        if wants(&id) {
            let twin = packages.program(form.name, &form.with_twins(twins))?;
            let hand = packages.program(&format!("{}-by-hand", form.name), &form.by_hand(twins))?;
            compare(
                &format!("{id}: {twins} {}", form.what),
                checks,
                || packages.check(&twin),
                || packages.check(&hand),
            )?;
        }
    }
    if wants("build/clean") && !is_quick {
        let twin = packages.program("with-sync-twin", forms::ONE_TWIN)?;
        let tokio = packages.program_without_sync_twin("with-tokio", forms::NO_TWIN)?;
        compare(
            "build/clean: a program with one twin, and one that needs only tokio",
            BUILDS,
            || packages.build_clean(&twin),
            || packages.build_clean(&tokio),
        )?;
    }
    Ok(())
}

/// Prints how long both take, and the ratio.
fn compare(
    title: &str,
    rounds: usize,
    ours: impl Fn() -> Result<Duration, Box<dyn Error>>,
    theirs: impl Fn() -> Result<Duration, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::new();
    for round in 0..rounds {
        let pair = if round % 2 == 0 {
            let ours = ours()?;
            (ours, theirs()?)
        } else {
            let theirs = theirs()?;
            (ours()?, theirs)
        };
        times.push(pair);
    }
    let sorted = |mut figures: Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        figures
    };
    let ours = sorted(times.iter().map(|(ours, _)| ours.as_secs_f64()).collect());
    let theirs = sorted(
        times
            .iter()
            .map(|(_, theirs)| theirs.as_secs_f64())
            .collect(),
    );
    let ratios = sorted(times.iter().map(|(a, b)| a.div_duration_f64(*b)).collect());
    let at = |figures: &[f64], quarters: usize| figures[(figures.len() - 1) * quarters / 4];
    println!("{title}");
    println!(
        "  {:.2} s, by hand {:.2} s, ratio {:.3} ({:.3} – {:.3})",
        at(&ours, 2),
        at(&theirs, 2),
        at(&ratios, 2),
        at(&ratios, 1),
        at(&ratios, 3)
    );
    Ok(())
}
