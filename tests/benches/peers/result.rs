//! What a run of the benchmark finds out: cases, each a list of rows, each measured against the first.

/// Where several rounds lie: the quartiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "nothing was measured");
        values.sort_unstable_by(f64::total_cmp);
        // Between two values where none lies there.
        let at = |share: f64| {
            let place = share * (values.len() - 1) as f64;
            let (low, high) = (values[place as usize], values[place.ceil() as usize]);
            low + (high - low) * place.fract()
        };
        Spread {
            low: at(0.25),
            median: at(0.5),
            high: at(0.75),
        }
    }

    /// The quartiles for people, if there are any to speak of.
    pub(crate) fn quartiles(self, show: impl Fn(f64) -> String) -> String {
        let (low, high) = (show(self.low), show(self.high));
        if low == high {
            return String::new();
        }
        format!("{low} – {high}")
    }

    /// What is the same every time.
    pub(crate) fn exactly(value: f64) -> Self {
        Spread {
            low: value,
            median: value,
            high: value,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Seconds a call takes.
    Time,
    /// Calls a second, of all threads together.
    Rate,
    /// KiB.
    Memory,
    Threads,
    /// Times that a thread gave up the processor, a call.
    Switches,
    /// System calls a call.
    SystemCalls,
}

impl Unit {
    pub(crate) const ALL: [Unit; 6] = [
        Unit::Time,
        Unit::Rate,
        Unit::Memory,
        Unit::Threads,
        Unit::Switches,
        Unit::SystemCalls,
    ];

    /// How the results file calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Unit::Time => "s/call",
            Unit::Rate => "calls/s",
            Unit::Memory => "KiB",
            Unit::Threads => "threads",
            Unit::Switches => "switches/call",
            Unit::SystemCalls => "system calls/call",
        }
    }

    /// A figure for people.
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Unit::Time if value < 1e-6 => format!("{} ns", digits(value * 1e9)),
            Unit::Time if value < 1e-3 => format!("{} µs", digits(value * 1e6)),
            Unit::Time => format!("{} ms", digits(value * 1e3)),
            Unit::Rate => format!("{} k/s", digits(value / 1e3)),
            Unit::Memory => format!("{} MiB", digits(value / 1024.0)),
            Unit::Threads => format!("{value:.0}"),
            Unit::Switches | Unit::SystemCalls => format!("{value:.2}"),
        }
    }
}

/// With three digits that count.
pub(crate) fn digits(value: f64) -> String {
    let places = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.places$}")
}

/// What the ratio of the twin to a peer should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    pub(crate) fn is_met(self, ratio: f64) -> bool {
        match self {
            Goal::AtMost(most) => ratio <= most,
            Goal::AtLeast(least) => ratio >= least,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) value: Spread,
    /// The twin's value by this one's, of turns in the same round.
    pub(crate) ratio: Option<Spread>,
    pub(crate) goal: Option<Goal>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Case {
    /// What a filter on the command line is matched with.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) unit: Unit,
    /// The twin's is the first.
    pub(crate) rows: Vec<Row>,
}

impl Case {
    /// Of what was counted, one after the other. What was not counted at all has no ratio.
    pub(crate) fn counted(id: &str, title: &str, unit: Unit, rows: Vec<(&str, Spread)>) -> Self {
        let twin = rows[0].1.median;
        let row = |(n, (name, value)): (usize, (&str, Spread))| Row {
            name: name.to_owned(),
            value,
            ratio: (n > 0 && value.median > 0.0).then(|| Spread::exactly(twin / value.median)),
            goal: None,
        };
        Case {
            id: id.to_owned(),
            title: title.to_owned(),
            unit,
            rows: rows.into_iter().enumerate().map(row).collect(),
        }
    }
}

/// A whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Results {
    /// The machine and the versions, as pairs of name and value.
    pub(crate) conditions: Vec<(String, String)>,
    pub(crate) cases: Vec<Case>,
}
