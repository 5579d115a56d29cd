//! Whether the driver of a runtime goes on, or is held up by a task that blocks its thread.
//!
//! A driver that has nothing to do sleeps, and each sleep is a beat. So one that is awake, and stays so without a beat, is inside
//! a task, or has very much to do.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;

/// How often a driver that is awake is looked at before it counts as held up.
const LOOKS: u32 = 5;

const PAUSE: Duration = Duration::from_millis(1);

pub(super) struct Pulse {
    /// Odd while the driver sleeps.
    beats: AtomicU32,
    /// How many beats there had been when it was last found to be held up. At first an odd number, which it never is.
    held_up: AtomicU32,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Pulse {
            beats: AtomicU32::new(0),
            held_up: AtomicU32::new(1),
        }
    }

    /// The calling thread drives, and is about to sleep or has slept.
    pub(super) fn beat(&self) {
        // Nobody else writes it.
        let beats = self.beats.load(Relaxed);
        self.beats.store(beats.wrapping_add(1), Relaxed);
    }

    pub(super) fn is_awake(&self) -> bool {
        self.beats.load(Relaxed) % 2 == 0
    }

    /// Whether the driver is awake, and stays so for some milliseconds or has done so since the last time. `is_driven` says
    /// whether there still is one.
    pub(super) fn is_held_up(&self, is_driven: impl Fn() -> bool) -> bool {
        let beats = self.beats.load(Relaxed);
        if beats % 2 == 1 || !is_driven() {
            return false;
        }
        if self.held_up.load(Relaxed) == beats {
            return true;
        }
        for _ in 0..LOOKS {
            thread::sleep(PAUSE);
            if self.beats.load(Relaxed) != beats || !is_driven() {
                return false;
            }
        }
        self.held_up.store(beats, Relaxed);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::Pulse;

    #[test]
    fn held_up_is_who_stays_awake() {
        let pulse = Pulse::new();
        assert!(!pulse.is_held_up(|| false));
        for _ in 0..2 {
            assert!(pulse.is_held_up(|| true));
        }
        pulse.beat();
        assert!(!pulse.is_awake());
        assert!(!pulse.is_held_up(|| true));
        pulse.beat();
        assert!(pulse.is_awake());
        assert!(pulse.is_held_up(|| true));
    }
}
