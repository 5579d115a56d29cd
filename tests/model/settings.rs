//! In place of `runtime/src/settings`.

use std::time::Duration;

pub(crate) enum ThreadKind {
    Isolated,
}

pub(crate) struct ThreadSettings;

pub(crate) struct Settings {
    /// Like every time here, it passes sooner or later.
    pub(crate) isolation_keep_alive: Duration,
}

impl Settings {
    #[expect(clippy::unused_self, reason = "as the real one")]
    pub(crate) fn thread(&self, kind: ThreadKind) -> ThreadSettings {
        match kind {
            ThreadKind::Isolated => ThreadSettings,
        }
    }
}

pub(crate) static SETTINGS: Settings = Settings {
    isolation_keep_alive: Duration::from_secs(10),
};
