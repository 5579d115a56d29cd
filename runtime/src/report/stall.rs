//! A report about something that may never end.

use super::paragraphs::add;
use std::time::Duration;

/// What a report says, in parts.
#[cfg_attr(
    not(feature = "tracing"),
    allow(dead_code, reason = "only events have all of the parts")
)]
pub(crate) struct Stall {
    pub(crate) headline: String,
    pub(crate) location: String,
    pub(crate) thread: String,
    pub(crate) context: String,
    pub(crate) waited: Duration,
    pub(crate) place: String,
    pub(crate) why: String,
    pub(crate) instead: Vec<String>,
    pub(crate) others_title: &'static str,
    pub(crate) others: Vec<String>,
}

impl Stall {
    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.headline);
        add(&mut text, "where:", [&self.place]);
        add(&mut text, "most likely:", [&self.why]);
        add(&mut text, "to do:", &self.instead);
        if !self.others.is_empty() {
            add(&mut text, &format!("{}:", self.others_title), &self.others);
        }
        text.truncate(text.trim_end().len());
        text
    }
}
