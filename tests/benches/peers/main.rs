//! Twins against other ways to block, side by side in one run. What it can do is in [`options::HELP`].

mod backend;
mod callers;
mod cases;
mod client;
mod conditions;
mod documents;
mod measure;
mod options;
mod postgres_server;
mod process;
mod report;
mod result;
mod role;
mod system_calls;
mod tsv;
mod turn;

use backend::Backend;
use cases::Setup;
use documents::{BENCHMARKS, README};
use measure::Pace;
use options::{HELP, Options};
use result::Results;
use std::error::Error;
use std::time::Duration;
use std::{env, fs};

const ROUNDS: usize = 25;
const TURN: Duration = Duration::from_millis(20);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some(end) = role::play(&arguments) {
        return Ok(end?);
    }
    let options = Options::parse(&arguments)?;
    if options.help {
        println!("{HELP}");
        return Ok(());
    }
    if !options.documents {
        let results = run(&options)?;
        if options.save {
            fs::write(tsv::PATH, tsv::write(&results))?;
        }
    }
    if options.documents || options.save {
        let results = tsv::read(&fs::read_to_string(tsv::PATH)?)?;
        for document in [README, BENCHMARKS] {
            let before = fs::read_to_string(document.path)?;
            fs::write(document.path, document.replace(&before, &results)?)?;
        }
    }
    Ok(())
}

fn run(options: &Options) -> Result<Results, Box<dyn Error>> {
    let pace = if options.quick {
        Pace {
            rounds: 2,
            turn: Duration::from_millis(1),
        }
    } else {
        Pace {
            rounds: options.rounds.unwrap_or(ROUNDS),
            turn: TURN,
        }
    };
    let conditions = conditions::find(pace);
    for (name, value) in &conditions {
        println!("{name}: {value}");
    }
    let mut setup = Setup {
        pace,
        quick: options.quick,
        filters: options.filters.clone(),
        backend: Backend::start()?,
        cases: Vec::new(),
        skipped: Vec::new(),
    };
    setup.measure();
    for skipped in &setup.skipped {
        report::warn(skipped);
    }
    if setup.cases.is_empty() && setup.skipped.is_empty() {
        return Err("no case has such an id".into());
    }
    Ok(Results {
        conditions,
        cases: setup.cases,
    })
}
