//! Enum, files, index and messages say the same, so that none of the documentation can rot.
//!
//! Each rule is a fn from the [`Tree`] to a list of complaints, and a complaint says what to do about it.
//! That the rules can complain at all is shown in `broken`, which breaks the tree in every way.

mod broken;
mod message;
mod pages;
mod rules;
mod tree;

use rules::RULES;
use tree::Tree;

#[test]
fn enum_files_index_and_messages_agree() {
    let tree = Tree::read();
    let mut complaints = Vec::new();
    for (name, rule) in RULES {
        for complaint in rule(&tree) {
            complaints.push(format!("{name}\n    {complaint}"));
        }
    }
    assert!(
        complaints.is_empty(),
        "{} things to do in tests/ui:\n\n{}\n",
        complaints.len(),
        complaints.join("\n\n"),
    );
}
