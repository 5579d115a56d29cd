//! What needs the real main thread of a process: its signals, and its end. The program runs itself once for each case.

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("**** SKIPPED: not Linux");
}

#[cfg(target_os = "linux")]
fn main() {
    cases::main();
}

#[cfg(target_os = "linux")]
mod cases {
    use std::env;
    use std::fs::File;
    use std::future::pending;
    use std::io::Read as _;
    use std::mem::MaybeUninit;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{self, Child, Command, ExitStatus, Stdio};
    use std::ptr;
    use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
    use std::thread;
    use std::time::{Duration, Instant};
    use sync_twin::{block_on, shutdown, spawn, sync_wrapper, to_thread};
    use sync_twin_tests::harness::acts::{all_kinds, isolated_sync, plain_sync};
    use sync_twin_tests::harness::places::Place;
    use tokio::task::yield_now;

    /// Set in a process that is one case.
    const CASE: &str = "SYNC_TWIN_GUEST";

    /// Far above what any case takes: it means "hangs".
    const DEADLINE: Duration = Duration::from_secs(60);

    type Case = (&'static str, fn());

    /// The last one says whether the process has ended as it should.
    type Ending = (&'static str, fn(), fn(ExitStatus) -> bool);

    const SIGNALS: [Case; 4] = [
        ("sigwait in main, which has called before", sigwait_in_main),
        (
            "a handler that main has blocked for a moment",
            blocked_for_a_moment,
        ),
        ("a handler runs on main", handler_on_main),
        ("at exit, when thread-locals are gone", at_exit),
    ];

    /// What goes on while the process ends.
    const SITUATIONS: [Case; 7] = [
        ("nothing", || {}),
        ("a blocked call", || in_background(|| forever_sync())),
        ("an isolated call", || {
            in_background(|| Place::Driver.run(forever_sync));
        }),
        ("a call in a task", || {
            in_background(|| Place::OneWorker.run(forever_sync));
        }),
        ("to_thread", || {
            drop(spawn(to_thread(|| {
                thread::sleep(Duration::from_secs(3600))
            })));
        }),
        ("a task that waits", || drop(spawn(pending::<()>()))),
        ("tasks that are busy", || {
            drop(spawn(busy()));
            block_on(async { drop(tokio::spawn(busy())) });
            Place::Root.run(|| block_on(async { drop(tokio::spawn(busy())) }));
        }),
    ];

    /// How it ends, and how that looks from outside.
    const ENDINGS: [Ending; 5] = [
        ("main returns", || {}, |status| status.success()),
        (
            "exit",
            || process::exit(3),
            |status| status.code() == Some(3),
        ),
        (
            "abort",
            || process::abort(),
            |status| status.signal() == Some(libc::SIGABRT),
        ),
        (
            "a panic",
            || panic!("as it was to be"),
            |status| status.code() == Some(101),
        ),
        (
            "SIGTERM",
            || {
                send(libc::SIGTERM);
                loop {
                    thread::park();
                }
            },
            |status| status.signal() == Some(libc::SIGTERM),
        ),
    ];

    pub(crate) fn main() {
        match env::var(CASE) {
            Ok(case) => run(&case),
            // `cargo test NAME` is for others.
            Err(_)
                if env::args()
                    .skip(1)
                    .any(|argument| !argument.starts_with('-')) => {}
            Err(_) => run_all(),
        }
    }

    fn run(case: &str) {
        if let Some((_, code)) = SIGNALS.into_iter().find(|(name, _)| *name == case) {
            return code();
        }
        let (situation, ending) = case.split_once(": ").expect("two names");
        let (_, begin) = find(&SITUATIONS, |(name, _)| *name == situation);
        let (_, end, _) = find(&ENDINGS, |(name, ..)| *name == ending);
        assert_eq!(plain_sync(1), 1);
        begin();
        // Until it is in full swing.
        thread::sleep(Duration::from_millis(30));
        end();
    }

    fn find<T>(all: &[T], is_it: impl Fn(&T) -> bool) -> &T {
        all.iter().find(|it| is_it(it)).expect("it is one of them")
    }

    fn run_all() {
        for (name, _) in SIGNALS {
            check(name, ExitStatus::success);
        }
        for (situation, _) in SITUATIONS {
            for (ending, _, is_right) in ENDINGS {
                check(&format!("{situation}: {ending}"), |status| {
                    is_right(*status)
                });
            }
        }
    }

    /// Fails if the case does not end, or not as it should.
    fn check(case: &str, is_right: impl Fn(&ExitStatus) -> bool) {
        let mut child = Command::new(env::current_exe().expect("it knows itself"))
            .env(CASE, case)
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process can be started");
        let begin = Instant::now();
        let status = loop {
            match child.try_wait().expect("it is a child of ours") {
                Some(status) => break status,
                None if begin.elapsed() > DEADLINE => {
                    let _ = child.kill();
                    panic!("HANG: {case}\n{}", said(&mut child));
                }
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        assert!(is_right(&status), "{case}: {status}\n{}", said(&mut child));
        println!("{case}: {status} after {:?}", begin.elapsed());
    }

    fn said(child: &mut Child) -> String {
        let mut said = String::new();
        for pipe in [
            child
                .stdout
                .take()
                .map(|pipe| File::from(std::os::fd::OwnedFd::from(pipe))),
            child
                .stderr
                .take()
                .map(|pipe| File::from(std::os::fd::OwnedFd::from(pipe))),
        ] {
            let _ = pipe.expect("it is piped").read_to_string(&mut said);
        }
        said
    }

    #[sync_wrapper]
    async fn forever() {
        pending().await
    }

    async fn busy() {
        loop {
            yield_now().await;
        }
    }

    fn in_background(code: impl FnOnce() + Send + 'static) {
        thread::spawn(code);
    }

    /// To the process, and not to a thread of it.
    fn send(signal: libc::c_int) {
        // SAFETY: it sends a signal to this process.
        assert_eq!(unsafe { libc::kill(libc::getpid(), signal) }, 0);
    }

    /// A set with this one signal.
    fn only(signal: libc::c_int) -> libc::sigset_t {
        let mut set = MaybeUninit::uninit();
        // SAFETY: the first call initializes the set, the second adds a signal to it.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            libc::sigaddset(set.as_mut_ptr(), signal);
            set.assume_init()
        }
    }

    fn mask(how: libc::c_int, signal: libc::c_int) {
        // SAFETY: it reads a set, and changes the mask of this thread.
        let outcome = unsafe { libc::pthread_sigmask(how, &only(signal), ptr::null_mut()) };
        assert_eq!(outcome, 0);
    }

    /// A thread of ours that takes it would end the process.
    fn sigwait_in_main() {
        all_kinds();
        mask(libc::SIG_BLOCK, libc::SIGUSR1);
        for _ in 0..100 {
            send(libc::SIGUSR1);
            assert_eq!(isolated_sync(1), 1);
            let mut received = 0;
            // SAFETY: it reads a set and writes an integer.
            let outcome = unsafe { libc::sigwait(&only(libc::SIGUSR1), &mut received) };
            assert_eq!((outcome, received), (0, libc::SIGUSR1));
        }
    }

    static RUNS: AtomicUsize = AtomicUsize::new(0);
    static RAN_ON: AtomicI64 = AtomicI64::new(0);

    extern "C" fn handler(_signal: libc::c_int) {
        RUNS.fetch_add(1, SeqCst);
        // SAFETY: it has no preconditions, and may be called in a signal handler.
        RAN_ON.store(unsafe { libc::syscall(libc::SYS_gettid) }, SeqCst);
    }

    fn handle(signal: libc::c_int) {
        let handler: extern "C" fn(libc::c_int) = handler;
        // SAFETY: the handler does only what may be done in one.
        let before = unsafe { libc::signal(signal, handler as libc::sighandler_t) };
        assert_ne!(before, libc::SIG_ERR);
    }

    fn blocked_for_a_moment() {
        all_kinds();
        handle(libc::SIGUSR2);
        for round in 1..=100 {
            mask(libc::SIG_BLOCK, libc::SIGUSR2);
            send(libc::SIGUSR2);
            // What starts now must not take it either.
            thread::spawn(|| {
                mask(libc::SIG_BLOCK, libc::SIGUSR2);
                assert_eq!(isolated_sync(1), 1);
            })
            .join()
            .expect("the call returns");
            if round == 1 {
                all_kinds();
            }
            assert_eq!(
                RUNS.load(SeqCst),
                round - 1,
                "it ran on {}",
                RAN_ON.load(SeqCst)
            );
            mask(libc::SIG_UNBLOCK, libc::SIGUSR2);
            assert_eq!(RUNS.load(SeqCst), round);
            assert_eq!(RAN_ON.load(SeqCst), i64::from(process::id()));
        }
    }

    /// Also while main is in a call.
    fn handler_on_main() {
        handle(libc::SIGUSR2);
        let sender = thread::spawn(|| {
            mask(libc::SIG_BLOCK, libc::SIGUSR2);
            for _ in 0..20 {
                thread::sleep(Duration::from_millis(2));
                send(libc::SIGUSR2);
            }
        });
        while !sender.is_finished() {
            assert_eq!(isolated_sync(1), 1);
            assert_eq!(plain_sync(2), 2);
            let on = RAN_ON.load(SeqCst);
            assert!(on == 0 || on == i64::from(process::id()), "it ran on {on}");
        }
        assert!(RUNS.load(SeqCst) > 0);
    }

    extern "C" fn clean_up() {
        // A panic would abort, and be seen as that.
        assert_eq!(plain_sync(1), 1);
        let leftovers = shutdown(Duration::from_secs(300));
        assert!(leftovers.is_empty(), "{leftovers}");
        assert_eq!(RUNS.load(SeqCst), 1, "the task has been waited for");
    }

    fn at_exit() {
        all_kinds();
        drop(spawn(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            RUNS.fetch_add(1, SeqCst);
        }));
        // SAFETY: it takes a fn that lives as long as the process.
        assert_eq!(unsafe { libc::atexit(clean_up) }, 0);
    }
}
