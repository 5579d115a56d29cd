//! A tour of the places from which a blocking twin can be called: `cargo run --example tour`.
//!
//! It starts an HTTP server on the loopback interface and calls the same two twins over real sockets from a
//! plain thread, from inside runtimes of both kinds, from `Drop`, from another twin … Every call is checked,
//! and the tour fails if one of them fails, panics or hangs.

mod client;
mod places;
mod server;
mod table;

use client::Ledger;
use places::{PLACES, Place};
use server::WORK;
use std::any::Any;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::Context;
use table::{Row, Table};

/// A call takes milliseconds. One that has not come back by then never will.
const HANGS: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let server = match server::start() {
        Ok(server) => server,
        Err(error) => {
            eprintln!("error: no HTTP server on the loopback interface: {error}");
            return ExitCode::FAILURE;
        }
    };

    println!("An HTTP server at {server} takes {WORK:?} to answer. The same two twins call it:");
    println!("  Send  get_sync(server, path)");
    println!("  Rc    get_noted_sync(server, path, Rc<Ledger>), bound to the caller's thread");
    println!();

    let mut table = Table::open();
    for place in PLACES {
        for twin in Twin::BOTH {
            table.print(place.name, visit(place, twin, server));
        }
    }
    if table.close() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Goes to `place` in a thread of its own, so that a hang there ends neither the tour nor its report.
fn visit(place: &'static Place, twin: Twin, server: SocketAddr) -> Row {
    let (report, row) = channel();
    let errand = Errand {
        twin,
        server,
        report,
    };
    thread::spawn(move || (place.go)(errand));
    row.recv_timeout(HANGS).unwrap_or_else(|error| {
        Row::missing(
            twin,
            match error {
                Timeout => "the call hangs",
                Disconnected => "the place could not be reached",
            },
        )
    })
}

/// Which of the two twins a row is about.
#[derive(Clone, Copy)]
enum Twin {
    Send,
    Rc,
}

impl Twin {
    const BOTH: [Self; 2] = [Twin::Send, Twin::Rc];
}

/// What is to be done in each place: call a twin, and report.
struct Errand {
    twin: Twin,
    server: SocketAddr,
    report: Sender<Row>,
}

impl Errand {
    fn run(&self) {
        let context = Context::current();
        let start = Instant::now();
        // In `Drop` during unwinding, a panic that got out would abort the tour.
        let result = catch_unwind(AssertUnwindSafe(|| self.call()))
            .unwrap_or_else(|panic| Err(format!("panicked: {}", message(&*panic))));
        let row = Row {
            twin: self.twin,
            context: Some(context),
            time: Some(start.elapsed()),
            result,
        };
        // Nobody listens any more when the tour has given this place up.
        let _ = self.report.send(row);
    }

    fn call(&self) -> Result<String, String> {
        match self.twin {
            Twin::Send => {
                let answer = client::get_sync(self.server, "/capital/norway");
                expect(answer, "Oslo")
            }
            Twin::Rc => {
                let ledger = Rc::new(Ledger::default());
                let noted = Rc::clone(&ledger);
                let answer = client::get_noted_sync(self.server, "/capital/portugal", noted);
                let answer = expect(answer, "Lisbon")?;
                match ledger.answers() {
                    1 => Ok(answer),
                    noted => Err(format!("the ledger has {noted} answers instead of 1")),
                }
            }
        }
    }
}

fn expect(answer: Result<String, client::Error>, expected: &str) -> Result<String, String> {
    match answer {
        Ok(answer) if answer == expected => Ok(answer),
        Ok(answer) => Err(format!("answered `{answer}` instead of `{expected}`")),
        Err(error) => Err(error.to_string()),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)")
}
