//! A loop of events, as that of a window: it is not async, must not be held up, and gets results as events.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use sync_twin::{Cancel, batch, spawn, sync_wrapper};
use sync_twin_tests_programs::deadline::{test_name, watch};

enum Event {
    Clicked(u32),
    Progress(usize),
    Loaded(u32),
    Closed,
}

#[sync_wrapper]
async fn load(item: u32) -> u32 {
    tokio::time::sleep(Duration::from_millis(5)).await;
    item * 10
}

/// Not a measure of speed: longer, it is held up.
const LONG: Duration = Duration::from_secs(20);

#[sync_wrapper(cancel = cancel)]
async fn look_on(cancel: &Cancel) {
    let _ = cancel;
    std::future::pending().await
}

#[test]
fn the_loop_goes_on_and_its_handlers_may_call() {
    let _watch = watch(&test_name());
    let (events, next) = channel();
    let window: Sender<Event> = events.clone();
    let cancel = Cancel::new();
    let watching = {
        let (cancel, window) = (cancel.clone(), events.clone());
        std::thread::spawn(move || {
            assert!(look_on_sync(&cancel).is_err());
            window.send(Event::Closed).unwrap();
        })
    };
    events.send(Event::Clicked(3)).unwrap();
    let (start, mut loaded) = (Instant::now(), Vec::new());
    loop {
        match next.recv_timeout(LONG).expect("the loop is held up") {
            Event::Clicked(item) => {
                // In the background: what comes of it is an event.
                let window = window.clone();
                spawn(async move {
                    let item = load(item).await;
                    window.send(Event::Loaded(item)).unwrap();
                });
            }
            Event::Loaded(item) => {
                loaded.push(item);
                // A short one at once, and many with progress.
                loaded.push(load_sync(item));
                let progress = window.clone();
                let items = batch((0..4).map(load))
                    .on_progress(move |done, _| progress.send(Event::Progress(done)).unwrap())
                    .run();
                loaded.extend(items);
            }
            Event::Progress(done) => {
                if done == 4 {
                    cancel.cancel();
                }
            }
            Event::Closed => break,
        }
        assert!(start.elapsed() < LONG);
    }
    watching.join().unwrap();
    assert_eq!(loaded, [30, 300, 0, 10, 20, 30]);
}
