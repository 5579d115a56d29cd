//! The report: two lines for each place, one for each twin.

use crate::Twin;
use std::time::Duration;
use sync_twin::Context;

/// What became of one call.
pub(crate) struct Row {
    pub(crate) twin: Twin,
    /// `None` if the call was not made or has not come back, as with `time`.
    pub(crate) context: Option<Context>,
    pub(crate) result: Result<String, String>,
    pub(crate) time: Option<Duration>,
}

impl Row {
    pub(crate) fn missing(twin: Twin, why: &str) -> Self {
        Row {
            twin,
            context: None,
            result: Err(why.to_owned()),
            time: None,
        }
    }
}

/// Prints each row as soon as it is known, and counts.
pub(crate) struct Table {
    calls: u32,
    failures: u32,
}

impl Table {
    pub(crate) fn open() -> Self {
        line(
            "called from",
            "twin",
            "what the twin does there",
            "result",
            "time",
        );
        rule();
        Table {
            calls: 0,
            failures: 0,
        }
    }

    /// The place's name stands on its first line, its [`Context`] on the second.
    pub(crate) fn print(&mut self, place: &str, row: Row) {
        self.calls += 1;
        let context = row.context.map(|context| format!("{context:?}"));
        let (left, twin) = match row.twin {
            Twin::Send => (place.to_owned(), "Send"),
            Twin::Rc => (format!("  {}", context.as_deref().unwrap_or("?")), "Rc"),
        };
        let strategy = row
            .context
            .map_or("?", |context| strategy(context, row.twin));
        let time = row.time.map_or("?".to_owned(), |time| {
            format!("{:.1} ms", time.as_secs_f64() * 1000.0)
        });
        match row.result {
            Ok(answer) => line(&left, twin, strategy, &format!("ok: {answer}"), &time),
            Err(error) => {
                self.failures += 1;
                line(&left, twin, strategy, "FAILED", &time);
                println!("     └─ {error}");
            }
        }
    }

    /// Whether all calls went well.
    pub(crate) fn close(self) -> bool {
        let Table { calls, failures } = self;
        rule();
        match failures {
            0 => println!(" all {calls} calls ok"),
            _ => println!(" {failures} of {calls} calls FAILED"),
        }
        failures == 0
    }
}

/// What the README calls the strategy, in the few words that fit.
fn strategy(context: Context, twin: Twin) -> &'static str {
    match (context, twin) {
        (Context::Outside, _) => "polls here; drives home",
        (Context::Beside, _) => "polls here; the crew drives",
        (Context::Worker, _) => "block_in_place, then polls here",
        (Context::Driver | Context::ThreadExit, Twin::Send) => "lends it to an isolation thread",
        (Context::Driver, Twin::Rc) => "polls here; the crew drives",
        (Context::Served, Twin::Send) => "the task polls",
        (Context::Served, Twin::Rc) => "polls here; the crew drives",
        (Context::ThreadExit, Twin::Rc) => "polls here; has no runtime",
        (Context::Fiber, _) => "polls here; suspends the task",
        // `Context` may learn further rows.
        _ => "?",
    }
}

fn line(place: &str, twin: &str, strategy: &str, result: &str, time: &str) {
    println!(" {place:<38}  {twin:<4}  {strategy:<32}  {result:<10}  {time:>7}");
}

fn rule() {
    println!("{}", "─".repeat(100));
}
