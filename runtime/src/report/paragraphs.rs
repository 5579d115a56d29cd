//! Text in paragraphs, each under a title.

/// How wide lines are, at most, if no word is longer.
const WIDTH: usize = 110;

const INDENT: usize = 16;

/// Adds paragraphs under a title, as wide as [`WIDTH`].
pub(crate) fn add<'a>(
    text: &mut String,
    title: &str,
    paragraphs: impl IntoIterator<Item = &'a String>,
) {
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
