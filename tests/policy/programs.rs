//! Whole programs, as users write them. They are in `programs/`.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn run(program: &str, variables: &[(&str, &str)]) -> (Output, String, String) {
    let output = Command::new(program)
        .env_remove("SYNC_TWIN_ON_DRIVER")
        .env_remove("RUST_BACKTRACE")
        .envs(variables.iter().copied())
        .output()
        .expect("cargo has built it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said, errors)
}

/// A CI run in which a twin on a worker fails the build.
#[test]
fn a_handler_in_ci() {
    let handler = env!("CARGO_BIN_EXE_policy_handler");
    let (output, said, errors) = run(handler, &[]);
    assert!(output.status.success(), "{errors}");
    assert_eq!((said.as_str(), errors.as_str()), ("hello, user 7\n", ""));

    let (output, said, errors) = run(handler, &[("SYNC_TWIN_ON_WORKER", "deny")]);
    assert!(!output.status.success(), "{said}");
    assert_eq!(said, "");
    for words in [
        "handler.rs:16:26",
        "call the async `load`, with `.await`, instead of its twin",
        "denied by `on_worker`",
    ] {
        assert!(errors.contains(words), "{words}: {errors}");
    }
}

/// A service whose every call has a limit of two seconds, but for the one that needs longer.
#[test]
fn a_service_with_limits() {
    let begin = Instant::now();
    let (output, said, errors) = run(env!("CARGO_BIN_EXE_policy_service"), &[]);
    assert!(output.status.success(), "{errors}");
    let lines: Vec<_> = said.lines().collect();
    let [ping, silent, report] = lines[..] else {
        panic!("{said}")
    };
    assert_eq!(ping, "ping: Ok(7)");
    assert!(
        silent.starts_with("silent: the blocking call at "),
        "{silent}"
    );
    assert!(silent.ends_with("did not complete within 2s"), "{silent}");
    assert_eq!(report, "report: \"a report\"");
    // Two seconds and two and a half: the limits are no shorter.
    assert!(begin.elapsed() >= Duration::from_millis(4500));
}

/// The program's configuration, and that of its operator, which wins.
#[test]
fn a_configured_program() {
    let program = env!("CARGO_BIN_EXE_policy_configured");
    let (output, said, errors) = run(program, &[]);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(
        lines[0],
        "MultiThread runtime, 3 workers, thread billing-crew"
    );
    assert_eq!(lines[1], "hooks have run: true");
    assert_eq!(lines[2], "calls in async code: 1");
    assert!(
        lines[3].starts_with("once more: a configuration of sync-twin has been installed already"),
        "{said}"
    );

    let variables = [
        ("SYNC_TWIN_WORKER_THREADS", "2"),
        ("SYNC_TWIN_ON_DRIVER", "allow"),
        ("SYNC_TWIN_GRACE", "never"),
    ];
    let (output, said, errors) = run(program, &variables);
    assert!(output.status.success(), "{errors}");
    assert!(said.starts_with("MultiThread runtime, 2 workers"), "{said}");
    assert!(said.contains("calls in async code: 0"), "{said}");
    assert!(
        errors.contains("sync-twin: SYNC_TWIN_GRACE is `never`"),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
}
