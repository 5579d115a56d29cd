//! When a configuration can be installed, and what the environment says against it.

use crate::child::{Child, alone};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;
use sync_twin::{Builder, Flavor, InstallError, ThreadKind, block_on, shutdown, sync_wrapper};
use sync_twin_tests::harness::places::Place;
use tokio::runtime::{Handle, RuntimeFlavor};

#[sync_wrapper]
async fn flavor() -> RuntimeFlavor {
    Handle::current().runtime_flavor()
}

fn all_in_the_crew() -> Builder {
    let mut builder = Builder::new();
    builder.flavor(Flavor::MultiThread);
    builder
}

#[test]
fn before_the_first_use() {
    alone("install::before_the_first_use", || {
        all_in_the_crew().install().unwrap();
        assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
        assert_eq!(
            Builder::new().install(),
            Err(InstallError::AlreadyInstalled)
        );
        assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
    });
}

/// Whatever the use: it fixes the configuration.
#[test]
fn after_the_first_use() {
    for (name, first_use) in USES {
        Child::new("install::after_the_first_use")
            .with("SYNC_TWIN_TEST_USE", name)
            .run(|| {
                if std::env::var("SYNC_TWIN_TEST_USE").as_deref() != Ok(name) {
                    return;
                }
                first_use();
                let error = all_in_the_crew().install();
                assert_eq!(error, Err(InstallError::InUse), "{name}");
                assert_eq!(flavor_sync(), RuntimeFlavor::CurrentThread);
            });
    }
}

type Use = (&'static str, fn());

const USES: [Use; 5] = [
    ("a call", || _ = flavor_sync()),
    ("start", || sync_twin::start().unwrap()),
    ("spawn", || sync_twin::spawn(async {}).join()),
    ("metrics", || drop(sync_twin::metrics())),
    ("a call on a driver", || {
        Place::Driver.run(flavor_sync);
    }),
];

/// What only looks does not count as a use.
#[test]
fn a_look_is_no_use() {
    alone("install::a_look_is_no_use", || {
        assert!(sync_twin::blocked_calls().is_empty());
        assert_eq!(sync_twin::Context::current(), sync_twin::Context::Outside);
        assert!(shutdown(Duration::from_secs(5)).is_empty());
        all_in_the_crew().install().unwrap();
        assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
    });
}

/// What a message begins with, and what sets such a value.
type Bad = (&'static str, fn(&mut Builder));

/// Values that cannot be are told, with the method, and nothing is installed.
#[test]
fn bad_values() {
    alone("install::bad_values", || {
        let bad: [Bad; 10] = [
            ("`thread_name`", |builder| _ = builder.thread_name("")),
            ("`thread_name`", |builder| _ = builder.thread_name("a\0b")),
            ("`worker_threads`", |builder| _ = builder.worker_threads(0)),
            ("`worker_threads`", |builder| {
                builder.worker_threads(usize::MAX);
            }),
            ("`background_threads`", |builder| {
                builder.background_threads(0);
            }),
            ("`max_blocking_threads`", |builder| {
                builder.max_blocking_threads(0);
            }),
            ("`max_blocking_threads`", |builder| {
                builder.max_blocking_threads(usize::MAX);
            }),
            ("`stack_size`", |builder| {
                builder.stack_size(ThreadKind::Crew, 0);
            }),
            ("`stack_size`", |builder| {
                builder.stack_size(ThreadKind::Crew, 1 << 16);
            }),
            ("`stack_size`", |builder| {
                builder.stack_size(ThreadKind::Crew, usize::MAX);
            }),
        ];
        for (method, set) in bad {
            let mut builder = Builder::new();
            set(&mut builder);
            // A good value of another kind does not hide it.
            let error = builder.thread_name("fine").install().unwrap_err();
            let said = error.to_string();
            assert!(said.starts_with(method), "{said}");
        }
        all_in_the_crew().install().unwrap();
    });
}

#[test]
fn of_many_threads_one_installs() {
    alone("install::of_many_threads_one_installs", || {
        const THREADS: usize = 8;
        let barrier = Barrier::new(THREADS);
        let outcomes: Vec<_> = thread::scope(|scope| {
            let install = |n: usize| {
                barrier.wait();
                Builder::new().thread_name(format!("winner{n}")).install()
            };
            let threads: Vec<_> = (0..THREADS)
                .map(|n| scope.spawn(move || install(n)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let winner = outcomes.iter().position(Result::is_ok).unwrap();
        for (n, outcome) in outcomes.into_iter().enumerate() {
            if n != winner {
                assert_eq!(outcome, Err(InstallError::AlreadyInstalled));
            }
        }
        sync_twin::start().unwrap();
        assert!(has_thread(&format!("winner{winner}-starter")));
    });
}

/// It wins, or uses the defaults; but either is whole.
#[test]
fn installing_races_with_the_first_call() {
    for _ in 0..20 {
        let mut is_here = false;
        alone("install::installing_races_with_the_first_call", || {
            is_here = true;
            let barrier = Barrier::new(2);
            thread::scope(|scope| {
                let call = scope.spawn(|| {
                    barrier.wait();
                    flavor_sync()
                });
                barrier.wait();
                let installed = all_in_the_crew().install();
                let expected = match installed {
                    Ok(()) => RuntimeFlavor::MultiThread,
                    Err(error) => {
                        assert_eq!(error, InstallError::InUse);
                        RuntimeFlavor::CurrentThread
                    }
                };
                assert_eq!(call.join().unwrap(), expected);
                assert_eq!(flavor_sync(), expected);
            });
        });
        if is_here {
            return;
        }
    }
}

#[test]
fn it_outlives_a_shutdown() {
    alone("install::it_outlives_a_shutdown", || {
        all_in_the_crew().install().unwrap();
        for _ in 0..2 {
            assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
            assert!(shutdown(Duration::from_secs(10)).is_empty());
            assert_eq!(
                Builder::new().install(),
                Err(InstallError::AlreadyInstalled)
            );
        }
    });
}

/// A child has its parent's configuration; if there is none, it may install one, and that is not its parent's.
#[test]
fn in_a_child_of_a_fork() {
    alone("install::in_a_child_of_a_fork", || {
        in_fork(|| {
            all_in_the_crew().install().unwrap();
            assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
        });
        Builder::new()
            .thread_name("parent")
            .flavor(Flavor::MultiThread)
            .install()
            .unwrap();
        in_fork(|| {
            assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
            assert!(has_thread("parent-starter"));
            assert_eq!(
                Builder::new().install(),
                Err(InstallError::AlreadyInstalled)
            );
        });
        assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
    });
}

fn has_thread(name: &str) -> bool {
    crate::tasks::all().iter().any(|task| task.name == name)
}

/// Runs `code` in a child of a fork, and fails if that fails.
fn in_fork(code: impl FnOnce()) {
    // SAFETY: no other thread of this process has a lock that the child needs: what it uses is sync-twin's, which is being
    // tested, and the allocator's.
    match unsafe { libc::fork() } {
        -1 => panic!("the process cannot be forked"),
        0 => {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(code));
            // SAFETY: it does not come back.
            unsafe { libc::_exit(i32::from(outcome.is_err())) }
        }
        child => {
            let mut status = 0;
            // SAFETY: it writes the status of a child of ours.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert_eq!(status, 0, "the child has failed");
        }
    }
}

/// Operators have the last word, except against a twin's own option.
#[test]
fn the_environment_wins_over_code() {
    Child::new("install::the_environment_wins_over_code")
        .with("SYNC_TWIN_FLAVOR", "current_thread")
        .with("SYNC_TWIN_WORKER_THREADS", "3")
        .run(|| {
            all_in_the_crew()
                .worker_threads(5)
                .background_threads(4)
                .install()
                .unwrap();
            assert_eq!(flavor_sync(), RuntimeFlavor::CurrentThread);
            let workers = sync_twin::block_on(sync_twin::to_thread(workers_of_crew));
            assert_eq!(workers, 3);
            let background = sync_twin::spawn(async { Handle::current().metrics().num_workers() });
            assert_eq!(background.join(), 4);
        });
}

#[sync_wrapper(flavor = "multi_thread")]
async fn workers() -> usize {
    Handle::current().metrics().num_workers()
}

fn workers_of_crew() -> usize {
    workers_sync()
}

/// One report for each bad value, however often the process is begun; the code's value counts.
#[test]
fn bad_values_of_the_environment_are_told_once() {
    let said = Child::new("install::bad_values_of_the_environment_are_told_once")
        .with("SYNC_TWIN_FLAVOR", "multi-thread")
        .with("SYNC_TWIN_STALL", "soon")
        .with("SYNC_TWIN_GRACE", "-1")
        .with("SYNC_TWIN_WORKER_THREADS", "0")
        .with("SYNC_TWIN_BACKGROUND_THREADS", "")
        .run_and_listen(|| {
            all_in_the_crew().install().unwrap();
            for _ in 0..3 {
                assert_eq!(flavor_sync(), RuntimeFlavor::MultiThread);
                // What is to be written is written before all threads have ended.
                assert!(shutdown(Duration::from_secs(10)).is_empty());
            }
            in_fork(|| _ = flavor_sync());
        });
    let Some(said) = said else { return };
    for variable in ["FLAVOR", "STALL", "GRACE", "WORKER_THREADS"] {
        let words = format!("sync-twin: SYNC_TWIN_{variable} is `");
        assert_eq!(said.matches(&words).count(), 1, "{variable}: {said}");
    }
    assert_eq!(said.matches("SYNC_TWIN_").count(), 4, "{said}");
}

/// What is not text is a bad value, too. (`Child::with` takes text, so this process is run by hand.)
#[test]
fn a_variable_that_is_not_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::process::Command;
    const NAME: &str = "install::a_variable_that_is_not_text";
    if std::env::var_os("SYNC_TWIN_TEST_BYTES").is_some() {
        block_on(async {});
        assert!(shutdown(Duration::from_secs(10)).is_empty());
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env("SYNC_TWIN_TEST_BYTES", "1")
        .env("SYNC_TWIN_GRACE", OsStr::from_bytes(b"1\xff"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("SYNC_TWIN_GRACE is `1\u{fffd}`"), "{said}");
}
