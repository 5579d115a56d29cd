//! The parts of the benchmark that measure nothing, and that the documents show what its last results say.

#![expect(dead_code, reason = "the benchmark itself uses the rest")]

mod documents;
mod measure;
mod options;
mod result;
mod tsv;
mod turn;

use documents::{BEGIN, BENCHMARKS, END, README};
use measure::{Contestant, Pace, race};
use options::Options;
use result::{Case, Goal, Results, Row, Spread, Unit};
use std::cell::RefCell;
use std::fs;
use std::time::Duration;

const PACE: Pace = Pace {
    rounds: 4,
    turn: Duration::from_millis(1),
};

/// Says that its calls took these times, the first of which is that of the turn that is not counted.
fn scripted<'a>(name: &'a str, times: [f64; 5], turns: &'a RefCell<String>) -> Contestant<'a> {
    let mut times = times.into_iter();
    Contestant::of_turns(name, move |_| {
        turns.borrow_mut().push_str(name);
        times.next().expect("not more turns than rounds")
    })
}

fn results() -> Results {
    let row = |name: &str, value: f64, ratio: Option<f64>, goal| Row {
        name: name.to_owned(),
        value: Spread {
            low: value / 2.0,
            median: value,
            high: value * 2.0,
        },
        ratio: ratio.map(Spread::exactly),
        goal,
    };
    let case = |id: &str, unit, rows| Case {
        id: id.to_owned(),
        title: format!("the case {id}"),
        unit,
        rows,
    };
    Results {
        conditions: vec![("machine".to_owned(), "quick, 2 cores".to_owned())],
        cases: vec![
            case(
                "pinned/alone/1",
                Unit::Time,
                vec![
                    row("twin", 2e-6, None, None),
                    row("`slow`", 3e-6, Some(0.64), Some(Goal::AtMost(0.75))),
                    row("fast", 1e-9, Some(1000.0), None),
                    row("very slow", 1.0, Some(0.001), None),
                ],
            ),
            case(
                "pinned/shared/8",
                Unit::Rate,
                vec![
                    row("twin", 20e3, None, None),
                    row("slow", 10e3, Some(2.0), Some(Goal::AtLeast(1.0))),
                ],
            ),
        ],
    }
}

#[test]
fn contestants_take_turns_and_are_compared_round_by_round() {
    let turns = RefCell::default();
    let contestants = vec![
        scripted("a", [9.0, 1.0, 10.0, 3.0, 4.0], &turns),
        scripted("b", [9.0, 2.0, 20.0, 3.0, 4.0], &turns).with_goal(Goal::AtMost(0.5)),
        scripted("c", [9.0, 1.0, 1.0, 1.0, 1.0], &turns),
    ];
    let case = race("id", "title", Unit::Time, PACE, contestants);
    assert_eq!(*turns.borrow(), "abcabcbcacababc");
    let [a, b, c] = &case.rows[..] else {
        panic!("three rows: {case:?}")
    };
    assert_eq!((a.ratio, a.value.median), (None, 3.5));
    assert_eq!(b.ratio.unwrap().median, 0.75, "of 0.5, 0.5, 1 and 1");
    assert_eq!(b.goal, Some(Goal::AtMost(0.5)));
    assert_eq!(c.ratio.unwrap().median, 3.5, "of 1, 10, 3 and 4");
}

#[test]
fn rates_are_calls_a_second() {
    let turns = RefCell::default();
    let contestants = vec![
        scripted("a", [9.0, 0.25, 0.25, 0.25, 0.25], &turns),
        scripted("b", [9.0, 0.5, 0.5, 0.5, 0.5], &turns),
    ];
    let case = race("id", "title", Unit::Rate, PACE, contestants);
    assert_eq!(case.rows[0].value, Spread::exactly(4.0));
    assert_eq!(case.rows[1].ratio, Some(Spread::exactly(2.0)));
}

#[test]
fn quartiles_lie_between_values() {
    let Spread { low, median, high } = Spread::of(vec![4.0, 1.0, 3.0, 2.0]);
    assert_eq!((low, median, high), (1.75, 2.5, 3.25));
    assert_eq!(Spread::of(vec![7.0]), Spread::exactly(7.0));
}

#[test]
fn what_was_not_counted_has_no_ratio() {
    let [one, two, none] = [1.0, 2.0, 0.0].map(Spread::exactly);
    let rows = vec![("twin", one), ("peer", two), ("no", none)];
    let case = Case::counted("id", "title", Unit::Threads, rows);
    let ratios: Vec<_> = case.rows.iter().map(|row| row.ratio).collect();
    assert_eq!(ratios, [None, Some(Spread::exactly(0.5)), None]);
}

#[test]
fn figures_have_three_digits_that_count() {
    let time = [1.234e-9, 12.34e-9, 123.4e-9, 1.234e-6, 12.34e-3].map(|t| Unit::Time.show(t));
    assert_eq!(time, ["1.23 ns", "12.3 ns", "123 ns", "1.23 µs", "12.3 ms"]);
}

#[test]
fn results_survive_the_file() {
    assert_eq!(tsv::read(&tsv::write(&results())), Ok(results()));
}

#[test]
fn a_broken_results_file_is_refused() {
    let file = tsv::write(&results());
    assert!(tsv::read(&file.replace("s/call", "parsecs")).is_err());
    assert!(tsv::read(&file.replace("<= 0.75", "about 1")).is_err());
}

/// A document whose part says something else, and that says `part` there in its place.
fn document(part: &str) -> String {
    format!("above\n{BEGIN}{part}{END}below\n")
}

const CHART: &str = "
```text
the case pinned/alone/1
  twin                                    ████████                              1.00    2.00 µs
  slow                                    ████████████▌                         1.56    3.00 µs
  fast                                    ▏                                     0.00    1.00 ns
  very slow                               ███████████████████████████████████▶  1000    1000 ms
";

#[test]
fn the_readme_gets_a_chart() {
    let readme = README.replace(&document("old\n"), &results()).unwrap();
    assert_eq!(readme, document(&format!("{CHART}```\n\n")));
    assert!(README.replace("no place", &results()).is_err());
}

#[test]
fn the_benchmarks_get_charts_and_a_table() {
    let benchmarks = BENCHMARKS.replace(&document("old\n"), &results()).unwrap();
    let rest = "
the case pinned/shared/8
  twin                                    ████████                              1.00   20.0 k/s
  slow                                    ████████████████                      2.00   10.0 k/s
```

- machine: quick, 2 cores

# All cases

| case | | median | quartiles | twin ÷ this | quartiles |
|---|---|--:|--:|--:|--:|
| the case pinned/alone/1 | twin | 2.00 µs | 1.00 µs – 4.00 µs |  |  |
|  | `slow` | 3.00 µs | 1.50 µs – 6.00 µs | 0.64 |  |
|  | fast | 1.00 ns | 0.50 ns – 2.00 ns | 1000.00 |  |
|  | very slow | 1000 ms | 500 ms – 2000 ms | 0.00 |  |
| the case pinned/shared/8 | twin | 20.0 k/s | 10.0 k/s – 40.0 k/s |  |  |
|  | slow | 10.0 k/s | 5.00 k/s – 20.0 k/s | 2.00 |  |

";
    assert_eq!(benchmarks, document(&format!("{CHART}{rest}")));
}

#[test]
fn the_documents_show_the_last_results() {
    let results = tsv::read(&fs::read_to_string(tsv::PATH).unwrap()).unwrap();
    for document in [README, BENCHMARKS] {
        let text = fs::read_to_string(document.path).unwrap();
        assert!(
            document.replace(&text, &results).unwrap() == text,
            "run `cargo bench -p sync-twin-tests --bench peers -- --documents`"
        );
    }
}

#[test]
fn only_cargo_bench_measures_for_long() {
    let parse = |arguments: &[&str]| {
        let arguments: Vec<_> = arguments.iter().map(|&a| a.to_owned()).collect();
        Options::parse(&arguments)
    };
    assert!(parse(&[]).unwrap().quick);
    assert!(parse(&["--bench", "--test"]).unwrap().quick);
    let whole = parse(&["--bench", "--save", "--rounds", "3"]).unwrap();
    assert!(!whole.quick && whole.save && whole.rounds == Some(3));
    assert_eq!(parse(&["--bench", "sql"]).unwrap().filters, ["sql"]);
    // What is saved is one whole run.
    assert!(parse(&["--save"]).is_err());
    assert!(parse(&["--bench", "--save", "sql"]).is_err());
    assert!(parse(&["--bench", "--unknown"]).is_err());
}
