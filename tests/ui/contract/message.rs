//! One error or warning in a `.stderr` file.

/// What rustc prints from `error…` to the next of them.
pub(crate) struct Message<'a> {
    text: &'a str,
}

impl<'a> Message<'a> {
    pub(crate) fn all(stderr: &'a str) -> Vec<Message<'a>> {
        let mut starts: Vec<usize> = Vec::new();
        let mut offset = 0;
        for line in stderr.split_inclusive('\n') {
            if line.starts_with("error") || line.starts_with("warning") {
                starts.push(offset);
            }
            offset += line.len();
        }
        let ends = starts.iter().copied().skip(1).chain([stderr.len()]);
        starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| Message {
                text: &stderr[start..end],
            })
            .collect()
    }

    /// The first line.
    pub(crate) fn headline(&self) -> &'a str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The code it has: `SW101` if it is ours, `E0428` if it is one of rustc's that has one.
    pub(crate) fn code(&self) -> Option<&'a str> {
        let headline = self.headline();
        if let Some((code, _)) = headline
            .strip_prefix("error[")
            .and_then(|rest| rest.split_once(']'))
        {
            return Some(code);
        }
        let (code, _) = headline.strip_prefix("error: ")?.split_once(": ")?;
        code.starts_with("SW").then_some(code)
    }

    pub(crate) fn is_ours(&self) -> bool {
        self.code().is_some_and(|code| code.starts_with("SW"))
    }

    /// The lines that we wrote: what is wrong, and the help. rustc's own begin at the arrow.
    pub(crate) fn words(&self) -> Vec<&'a str> {
        self.text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.starts_with("-->"))
            .collect()
    }

    /// The first line after `error: SW101: `.
    pub(crate) fn what(&self) -> &'a str {
        self.headline().splitn(3, ": ").nth(2).unwrap_or_default()
    }
}
