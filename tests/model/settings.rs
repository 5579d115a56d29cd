//! In place of `runtime/src/settings.rs`.

use std::time::Duration;

#[derive(Clone, Copy)]
pub(crate) struct ThreadSettings;

pub(crate) struct Settings {
    pub(crate) isolation: ThreadSettings,
    /// Like every time here, it passes sooner or later.
    pub(crate) isolation_keep_alive: Duration,
}

pub(crate) static SETTINGS: Settings = Settings {
    isolation: ThreadSettings,
    isolation_keep_alive: Duration::from_secs(10),
};
