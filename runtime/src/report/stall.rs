//! A report about something that may never end.

use std::time::Duration;

/// How wide its lines are, at most, if no word is longer.
const WIDTH: usize = 110;

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

const INDENT: usize = 16;

/// Adds paragraphs under a title, as wide as [`WIDTH`].
fn add<'a>(text: &mut String, title: &str, paragraphs: impl IntoIterator<Item = &'a String>) {
    let mut title = title;
    let paragraphs: Vec<&String> = paragraphs.into_iter().collect();
    let is_list = paragraphs.len() > 1;
    for paragraph in paragraphs {
        let mut line = format!("  {title:width$}", width = INDENT - 2);
        title = "";
        if is_list {
            line += "- ";
        }
        let start = line.chars().count();
        for word in paragraph.split(' ') {
            let length = line.chars().count();
            if length > start && length + word.chars().count() >= WIDTH {
                text.push_str(line.trim_end());
                text.push('\n');
                line = " ".repeat(start);
            }
            line += word;
            line.push(' ');
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
