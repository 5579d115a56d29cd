//! Callers that come, go, compute, panic, give up and sleep at random, and what they leave behind: a seat that is
//! free, a runtime that somebody drives, and no more threads than there were callers.
//!
//! A failure names its seed. `SYNC_TWIN_SEED=… cargo test -p sync-twin --test home_stress` makes the same calls again.

mod acts;
mod deadline;
#[cfg(target_os = "linux")]
mod home_thread;
mod http;

use acts::{REPERTOIRE, Random, Scene, act, join, leave_a_task_behind, request};
use deadline::{HANG, test_name, within_deadline};
use http::{Client, Server};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::block_on;
use tokio::runtime::Builder;
use tokio::task::yield_now;

const CALLERS: usize = 24;
const ACTS: usize = 800;

#[track_caller]
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + HANG;
    while !condition() {
        assert!(Instant::now() < deadline, "it hangs: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn callers_at_random() {
    let seed = std::env::var("SYNC_TWIN_SEED").map_or_else(
        |_| RandomState::new().build_hasher().finish(),
        |seed| seed.parse().expect("SYNC_TWIN_SEED is a number"),
    );
    // Shown when the test fails.
    println!("SYNC_TWIN_SEED={seed}");
    let server = Server::start();
    let scene = Arc::new(Scene {
        client: Client::new(&server),
        workers: Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime can be started"),
        left: AtomicUsize::new(0),
        ended: AtomicUsize::new(0),
    });
    play(&scene, &mut Random(seed));
    within_deadline(&test_name(), move || aftermath(&scene, &server));
}

/// Nobody calls any more.
fn aftermath(scene: &Arc<Scene>, server: &Server) {
    let all_have_ended = || scene.ended.load(SeqCst) == scene.left.load(SeqCst);
    wait_until("the tasks left behind", all_have_ended);
    leave_a_task_behind(scene, &mut Random(0));
    wait_until("the task of a later call", all_have_ended);
    request(scene, &mut Random(0));
    // Alone, a caller has the seat in all that it does.
    for round in 0..5 {
        for (_, act) in REPERTOIRE {
            (0..20).for_each(|_| block_on(yield_now()));
            act(scene, &mut Random(round));
        }
    }
    let accepted = server.accepted();
    assert!(accepted <= 2 * CALLERS, "{accepted} connections");
    #[cfg(target_os = "linux")]
    what_linux_sees(scene);
}

fn play(scene: &Arc<Scene>, random: &mut Random) {
    let doing = Arc::new(Mutex::new(["nothing yet"; CALLERS]));
    let (sender, receiver) = mpsc::channel();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (scene, doing, sender) = (scene.clone(), doing.clone(), sender.clone());
            let mut random = Random(random.next());
            thread::spawn(move || {
                for _ in 0..ACTS {
                    act(&scene, &mut random, |name| {
                        doing.lock().unwrap_or_else(PoisonError::into_inner)[caller] = name;
                    });
                }
                sender.send(()).expect("the test listens");
            })
        })
        .collect();
    drop(sender);
    for _ in 0..CALLERS {
        if receiver.recv_timeout(HANG) == Err(mpsc::RecvTimeoutError::Timeout) {
            let doing = doing.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("it hangs: {doing:?}");
        }
    }
    callers.into_iter().for_each(join);
}

/// Had the seat's count of waiting callers gone wrong, no caller would be a lone one any more.
#[cfg(target_os = "linux")]
fn what_linux_sees(scene: &Arc<Scene>) {
    let count = |beginning: &str| {
        let threads = home_thread::threads();
        let names = threads.iter().map(|(name, _)| name);
        names.filter(|name| name.starts_with(beginning)).count()
    };
    assert_eq!(count("sync-twin-home"), 1);
    // One call at a time of each caller, or of whom it has sent.
    let isolated = count("sync-twin-isola");
    assert!(isolated <= CALLERS, "{isolated} isolation threads");
    home_thread::assert_that_it_sleeps_during(5_000, |_| block_on(yield_now()));
    home_thread::assert_that_it_sleeps_during(5_000, |n| {
        let path = format!("/{n}");
        let body = scene.client.get_sync(&path);
        assert_eq!(body.expect("the server answers"), path);
    });
}
