//! The forms in which twins are written, and what a careful author writes by hand instead.

use std::fmt::Write;

pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    twins: Source,
    hand: Source,
}

/// A file: the same before, for each, and after. `{n}` is the number of each.
struct Source {
    before: &'static str,
    each: &'static [&'static str],
    after: &'static str,
    /// What follows for each once more, and the end.
    again: &'static str,
    end: &'static str,
}

const NONE: Source = Source {
    before: "",
    each: &[],
    after: "",
    again: "",
    end: "",
};

pub(crate) const ONE_TWIN: &str = "
#[sync_twin::sync_wrapper]
async fn answer() -> u32 {
    42
}

fn main() {
    println!(\"{}\", answer_sync());
}
";

pub(crate) const NO_TWIN: &str = "
async fn answer() -> u32 {
    42
}

#[tokio::main]
async fn main() {
    println!(\"{}\", answer().await);
}
";

/// How a fn blocks by hand: on a runtime that the program has for that.
const RUNTIME: &str = "
#![allow(dead_code)]
use std::sync::LazyLock;
use tokio::runtime::Runtime;
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
fn main() {}
";

const MACRO: &str = "
#![allow(dead_code)]
use sync_twin::sync_wrapper;
fn main() {}
";

/// The async type of another crate, for which a module stands.
macro_rules! body {
    () => {
        "{
    tokio::task::yield_now().await;
    Ok(format!(\"{name}{count}\"))
}
"
    };
}

pub(crate) const FORMS: [Form; 4] = [
    Form {
        name: "lone",
        what: "async fns",
        twins: Source {
            each: &[
                "#[sync_wrapper]
async fn find{n}(name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
            ],
            ..NONE
        },
        hand: Source {
            each: &[
                "async fn find{n}(name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
                "fn find{n}_sync(name: &str, count: u32) -> Result<String, std::io::Error> {
    RUNTIME.block_on(find{n}(name, count))
}
",
            ],
            ..NONE
        },
    },
    Form {
        name: "block",
        what: "methods of one impl block",
        twins: Source {
            before: "struct Client;
#[sync_wrapper]
impl Client {
",
            each: &[
                "async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
            ],
            after: "}\n",
            ..NONE
        },
        hand: Source {
            before: "struct Client;
impl Client {
",
            each: &[
                "async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
                "fn find{n}_sync(&self, name: &str, count: u32) -> Result<String, std::io::Error> {
    RUNTIME.block_on(self.find{n}(name, count))
}
",
            ],
            after: "}\n",
            ..NONE
        },
    },
    Form {
        name: "blocking-type",
        what: "methods of a type that has a blocking one",
        twins: Source {
            before: "pub struct Client;
#[sync_wrapper(type = BlockingClient)]
impl Client {
",
            each: &[
                "pub async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
            ],
            after: "}\n",
            ..NONE
        },
        hand: Source {
            before: "pub struct Client;
pub struct BlockingClient(Client);
impl Client {
",
            each: &[
                "pub async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
            ],
            after: "}
impl BlockingClient {
",
            again: "pub fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> {
    RUNTIME.block_on(self.0.find{n}(name, count))
}
",
            end: "}\n",
        },
    },
    Form {
        name: "foreign",
        what: "signatures of another crate's type",
        twins: Source {
            before: "pub struct Client;
impl Client {
",
            each: &[
                "pub async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
            ],
            after: "}
#[sync_wrapper(type = BlockingClient, foreign)]
impl Client {
",
            again: "pub async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error>;
",
            end: "}\n",
        },
        hand: Source {
            before: "pub struct Client;
pub struct BlockingClient(Client);
impl Client {
",
            each: &[
                "pub async fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> ",
                body!(),
            ],
            after: "}
impl BlockingClient {
",
            again: "pub fn find{n}(&self, name: &str, count: u32) -> Result<String, std::io::Error> {
    RUNTIME.block_on(self.0.find{n}(name, count))
}
",
            end: "}\n",
        },
    },
];

impl Form {
    pub(crate) fn with_twins(&self, count: usize) -> String {
        self.twins.write(MACRO, count)
    }

    pub(crate) fn by_hand(&self, count: usize) -> String {
        self.hand.write(RUNTIME, count)
    }
}

impl Source {
    fn write(&self, head: &str, count: usize) -> String {
        let mut text = format!("{head}{}", self.before);
        for n in 0..count {
            for part in self.each {
                text.push_str(&part.replace("{n}", &n.to_string()));
            }
        }
        text.push_str(self.after);
        if !self.again.is_empty() {
            for n in 0..count {
                text.push_str(&self.again.replace("{n}", &n.to_string()));
            }
        }
        _ = write!(text, "{}", self.end);
        text
    }
}
