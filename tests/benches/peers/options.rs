//! The command line.

pub(crate) const HELP: &str = "\
twins against other ways to block, side by side in one run

    cargo bench -p sync-twin-tests --bench peers                          everything; takes some minutes
    cargo bench -p sync-twin-tests --bench peers -- http pinned/own       the cases with one of these in their id
    cargo bench -p sync-twin-tests --bench peers -- --save                everything, into tests/benches/peers.tsv
    cargo bench -p sync-twin-tests --bench peers -- --documents           no measuring: that file, into README.md and BENCHMARKS.md

    --rounds N    how many rounds, instead of 25
    --save        writes the results file, and the parts of README.md and BENCHMARKS.md that are made from it
    --documents   writes those parts only
    --test        a moment of everything, to see that it works; also without `--bench`, which cargo bench adds

parts that this program plays for itself, to be run under strace or perf:

    peers backend                      an HTTP server; prints its address, ends with its standard input
    peers lone WAY URL CALLS           so many requests by one thread; prints how often that waited, and all others
    peers lone ready CALLS             so many calls that are ready
    peers rate WAY CALLERS COUNT CLIENTS PLACE MILLISECONDS
                                       calls a second, and seconds of processor time for a call; CALLERS is threads, tasks or
                                       drivers, CLIENTS is shared or own, PLACE is pinned or cores
    peers connections WAY COUNT PLACE CONFIG MILLISECONDS
                                       the same of PostgreSQL queries; WAY is twin, per-thread or by-hand
    peers crowd WAY THREADS ADDRESS    KiB and threads: after one request, and with so many blocked threads
    peers clients KIND SIDE COUNT URL  KiB of so many clients; KIND is http or sql, SIDE is twin or by-hand

    WAY is elsewhere twin, twin-multi-thread, twin-per-thread, reqwest-blocking, ureq, current-thread, two-workers,
    block-in-place, thread-beside or runtime-per-call";

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) help: bool,
    pub(crate) quick: bool,
    pub(crate) save: bool,
    pub(crate) documents: bool,
    pub(crate) rounds: Option<usize>,
    pub(crate) filters: Vec<String>,
}

impl Options {
    /// # Errors
    ///
    /// What is wrong with them.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Options {
            quick: true,
            ..Options::default()
        };
        let mut test = false;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--bench" => options.quick = false,
                "--test" => test = true,
                "--help" => options.help = true,
                "--save" => options.save = true,
                "--documents" => options.documents = true,
                "--rounds" => {
                    let rounds = rest.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
                    options.rounds = Some(rounds.ok_or("`--rounds` needs a number")?);
                }
                option if option.starts_with('-') => {
                    return Err(format!("there is no option `{option}`; see `--help`"));
                }
                filter => options.filters.push(filter.to_owned()),
            }
        }
        options.quick |= test;
        if options.save && (options.quick || !options.filters.is_empty()) {
            return Err("`--save` is for a whole run: one table, one machine, one hour".to_owned());
        }
        Ok(options)
    }
}
