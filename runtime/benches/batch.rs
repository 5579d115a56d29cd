//! What a batch costs: `cargo bench -p sync-twin --bench batch`.
//!
//! Time is compared within one run, the two sides alternating, and printed as the ratio of the medians. Memory is the
//! peak of the resident set, on Linux.

use futures_util::stream::{self, StreamExt};
use std::cmp::Ordering;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};
use sync_twin::batch;
use tokio::runtime::Builder;
use tokio::task::yield_now;

const FUTURES: u64 = 100_000;
const ROUNDS: usize = 101;

fn main() {
    // First, as long as the heap is small.
    for inputs in [10_000, 100_000, 1_000_000] {
        memory(inputs);
    }

    let mut cases = Vec::new();
    for runtime in ["current-thread", "multi-thread"] {
        for limit in [100, FUTURES as usize] {
            cases.push(Case::new("ready", ready_futures, limit, runtime));
        }
        cases.push(Case::new("yielding once", yielding_futures, 100, runtime));
    }
    println!("{FUTURES} futures, medians of {ROUNDS} rounds");
    for _ in 0..ROUNDS {
        cases.iter_mut().for_each(Case::measure);
    }
    cases.into_iter().for_each(Case::report);
}

/// A batch, and what one writes for it without sync-twin.
struct Case {
    name: String,
    batch: Box<dyn Fn()>,
    buffered: Box<dyn Fn()>,
    times: Vec<(Duration, Duration)>,
}

impl Case {
    fn new<I>(futures: &str, inputs: fn() -> I, limit: usize, flavor: &str) -> Self
    where
        I: Iterator<Item: Future<Output = u64>> + 'static,
    {
        let runtime = match flavor {
            "current-thread" => Builder::new_current_thread().build(),
            _ => Builder::new_multi_thread().build(),
        };
        let runtime = runtime.expect("it starts");
        Case {
            name: format!("{futures}, limit {limit}, {flavor}"),
            batch: Box::new(move || assert_sum(batch(inputs()).limit(limit).run())),
            buffered: Box::new(move || {
                // Its outputs come in any order.
                let outputs = stream::iter(inputs()).buffer_unordered(limit);
                assert_sum(runtime.block_on(outputs.collect()));
            }),
            times: Vec::new(),
        }
    }

    fn measure(&mut self) {
        self.times.push((time(&self.batch), time(&self.buffered)));
    }

    fn report(self) {
        let ratio = |(ours, theirs): &(Duration, Duration)| ours.div_duration_f64(*theirs);
        let ratios = self.times.iter().map(ratio).collect();
        let (ours, theirs) = self.times.into_iter().unzip();
        let (ours, theirs) = (median(ours, Ord::cmp), median(theirs, Ord::cmp));
        println!(
            "{:42} batch {ours:9.2?}   buffer_unordered {theirs:9.2?}   ratio {:.3} (of neighbours: {:.3})",
            self.name,
            ours.div_duration_f64(theirs),
            median(ratios, f64::total_cmp),
        );
    }
}

fn ready_futures() -> impl Iterator<Item = impl Future<Output = u64>> {
    (0..FUTURES).map(|n| async move { black_box(n) })
}

fn yielding_futures() -> impl Iterator<Item = impl Future<Output = u64>> {
    (0..FUTURES).map(|n| async move {
        yield_now().await;
        n
    })
}

fn assert_sum(outputs: Vec<u64>) {
    assert_eq!(
        outputs.into_iter().sum::<u64>(),
        FUTURES * (FUTURES - 1) / 2
    );
}

fn time(f: impl Fn()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}

fn median<T: Copy>(mut values: Vec<T>, order: fn(&T, &T) -> Ordering) -> T {
    values.sort_unstable_by(order);
    values[values.len() / 2]
}

/// Inputs with a kilobyte each, a hundred at a time.
fn memory(inputs: usize) {
    // Resets the peak.
    if fs::write("/proc/self/clear_refs", "5").is_err() {
        println!("no figures for memory: this is not Linux");
        return;
    }
    let before = peak_kib();
    let futures = (0..inputs).map(|n| {
        let buffer = vec![n as u8; 1024];
        async move {
            yield_now().await;
            buffer.len()
        }
    });
    let total: usize = batch(futures).limit(100).as_completed().sum();
    assert_eq!(total, inputs * 1024);
    println!(
        "{inputs:9} inputs of 1 KiB at limit 100: the peak of the resident set grows by {} KiB",
        peak_kib() - before
    );
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.trim().parse().ok())
        .expect("a figure")
}
