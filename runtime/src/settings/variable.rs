//! The variables of the environment, which operators set. This is the one place that reads them.

use super::{Flavor, Policy, Settings, StallAfter};
use std::env;
use std::ffi::OsString;
use std::time::Duration;

/// One variable.
pub(super) struct Variable {
    pub(super) name: &'static str,
    /// What it takes, for people.
    takes: &'static str,
    /// Sets what it says. `None` if that cannot be understood.
    set: fn(&str, &mut Settings) -> Option<()>,
}

pub(super) const VARIABLES: &[Variable] = &[
    Variable {
        name: "SYNC_TWIN_FLAVOR",
        takes: "`auto`, `current_thread`, `multi_thread` or `per_thread`",
        set: |value, settings| {
            settings.flavor = Flavor::parse(value)?;
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_STALL",
        takes: "a number of milliseconds, or `off`",
        set: |value, settings| {
            let after = milliseconds(value)?;
            settings.stall_after = after.map_or(StallAfter::Off, StallAfter::All);
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_GRACE",
        takes: "a number of milliseconds, or `off`",
        set: |value, settings| {
            settings.grace = milliseconds(value)?;
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_TIME_LIMIT",
        takes: "a number of milliseconds, or `off`",
        set: |value, settings| {
            settings.time_limit = milliseconds(value)?;
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_ON_DRIVER",
        takes: POLICIES,
        set: |value, settings| {
            settings.on_driver = Some(Policy::parse(value)?);
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_ON_WORKER",
        takes: POLICIES,
        set: |value, settings| {
            settings.on_worker = Some(Policy::parse(value)?);
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_WORKER_THREADS",
        takes: WORKERS,
        set: |value, settings| {
            settings.worker_threads = Some(number(value, MAX_WORKERS)?);
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_BACKGROUND_THREADS",
        takes: WORKERS,
        set: |value, settings| {
            settings.background_threads = Some(number(value, MAX_WORKERS)?);
            Some(())
        },
    },
    Variable {
        name: "SYNC_TWIN_MAX_BLOCKING_THREADS",
        takes: "a number from 1 to 1,000,000",
        set: |value, settings| {
            settings.max_blocking_threads = number(value, MAX_BLOCKING)?;
            Some(())
        },
    },
];

const POLICIES: &str = "`allow`, `warn` or `deny`";

/// No system has more cores. tokio counts workers in 16 bits.
pub(crate) const MAX_WORKERS: usize = 32_767;

const WORKERS: &str = "a number from 1 to 32,767";

/// No system starts more threads.
pub(crate) const MAX_BLOCKING: usize = 1_000_000;

/// `Some(None)` for `off`.
fn milliseconds(value: &str) -> Option<Option<Duration>> {
    match value {
        "off" => Some(None),
        number => Some(Some(Duration::from_millis(number.parse().ok()?))),
    }
}

fn number(value: &str, max: usize) -> Option<usize> {
    let number = value.parse().ok()?;
    (1..=max).contains(&number).then_some(number)
}

/// The values of all variables that are there and not empty.
pub(super) struct Environment(Vec<(&'static Variable, OsString)>);

impl Environment {
    pub(super) fn read() -> Self {
        let values = VARIABLES
            .iter()
            .filter_map(|variable| Some((variable, env::var_os(variable.name)?)));
        Environment(values.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Sets what can be understood, and says what cannot.
    pub(super) fn apply_to(&self, settings: &mut Settings) -> Vec<String> {
        let mut problems = Vec::new();
        for (variable, value) in &self.0 {
            let is_set = value
                .to_str()
                .and_then(|value| (variable.set)(value, settings));
            if is_set.is_none() {
                let Variable { name, takes, .. } = variable;
                problems.push(format!(
                    "{name} is `{}`, but it takes {takes}; it is ignored",
                    value.to_string_lossy()
                ));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(values: &[(&str, &str)]) -> (Settings, Vec<String>) {
        let of = |name: &str| VARIABLES.iter().find(|variable| variable.name == name);
        let values = values
            .iter()
            .map(|(name, value)| (of(name).expect("there is one"), value.into()))
            .collect();
        let mut settings = Settings::default();
        let problems = Environment(values).apply_to(&mut settings);
        (settings, problems)
    }

    #[test]
    fn good_values_are_set() {
        let (settings, problems) = apply(&[
            ("SYNC_TWIN_FLAVOR", "multi_thread"),
            ("SYNC_TWIN_STALL", "off"),
            ("SYNC_TWIN_GRACE", "250"),
            ("SYNC_TWIN_TIME_LIMIT", "2000"),
            ("SYNC_TWIN_ON_DRIVER", "allow"),
            ("SYNC_TWIN_ON_WORKER", "deny"),
            ("SYNC_TWIN_WORKER_THREADS", "3"),
            ("SYNC_TWIN_BACKGROUND_THREADS", "4"),
            ("SYNC_TWIN_MAX_BLOCKING_THREADS", "5"),
        ]);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(settings.flavor, Flavor::MultiThread);
        assert_eq!(settings.stall_after, StallAfter::Off);
        assert_eq!(settings.grace, Some(Duration::from_millis(250)));
        assert_eq!(settings.time_limit, Some(Duration::from_secs(2)));
        assert_eq!(settings.on_driver, Some(Policy::Allow));
        assert_eq!(settings.on_worker, Some(Policy::Deny));
        assert_eq!(settings.worker_threads, Some(3));
        assert_eq!(settings.background_threads, Some(4));
        assert_eq!(settings.max_blocking_threads, 5);
    }

    #[test]
    fn each_bad_value_is_told_and_ignored() {
        let default = Settings::default();
        for variable in VARIABLES {
            for value in ["soon", "-1", " 1", "1e3", "18446744073709551616", "OFF"] {
                let (settings, problems) = apply(&[(variable.name, value)]);
                let Variable { name, takes, .. } = variable;
                assert_eq!(
                    problems,
                    [format!(
                        "{name} is `{value}`, but it takes {takes}; it is ignored"
                    )]
                );
                assert_eq!(settings.flavor, default.flavor);
                assert_eq!(settings.stall_after, default.stall_after);
                assert_eq!(settings.grace, default.grace);
                assert_eq!(settings.time_limit, default.time_limit);
                assert_eq!(settings.on_driver, default.on_driver);
                assert_eq!(settings.on_worker, default.on_worker);
                assert_eq!(settings.worker_threads, default.worker_threads);
                assert_eq!(settings.max_blocking_threads, default.max_blocking_threads);
            }
        }
    }

    #[test]
    fn no_threads_at_all_are_too_few() {
        for name in [
            "SYNC_TWIN_WORKER_THREADS",
            "SYNC_TWIN_BACKGROUND_THREADS",
            "SYNC_TWIN_MAX_BLOCKING_THREADS",
        ] {
            for value in ["0", "1000001"] {
                assert_eq!(apply(&[(name, value)]).1.len(), 1, "{name}={value}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_value_need_not_be_text() {
        use std::os::unix::ffi::OsStringExt;
        let value = OsString::from_vec(b"o\xffff".to_vec());
        let mut settings = Settings::default();
        let problems = Environment(vec![(&VARIABLES[1], value)]).apply_to(&mut settings);
        assert!(
            problems[0].contains("SYNC_TWIN_STALL is `o\u{fffd}ff`"),
            "{problems:?}"
        );
        assert_eq!(settings.stall_after, StallAfter::Default);
    }
}
