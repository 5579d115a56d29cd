//! A library whose blocking API is an additive feature: see `additive/`.

use sync_twin_tests::harness::outside::{successful_cargo, target};

const TMP: &str = env!("CARGO_TARGET_TMPDIR");

#[track_caller]
fn cargo(arguments: &[&str]) -> String {
    successful_cargo("items/additive", TMP, arguments)
}

/// Without the feature sync-twin is not even a dependency, and with it the example that blocks runs.
#[test]
fn it_builds_both_ways() {
    cargo(&["check"]);
    let dependencies = cargo(&["tree", "--edges", "normal"]);
    assert!(!dependencies.contains("sync-twin"), "{dependencies}");
    cargo(&["check", "--features", "blocking", "--all-targets"]);
    cargo(&[
        "run",
        "--quiet",
        "--features",
        "blocking",
        "--example",
        "blocking",
    ]);
}

/// What the twins and the blocking type say of themselves, as their readers see it.
#[test]
fn it_is_documented() {
    cargo(&["doc", "--quiet", "--features", "blocking", "--no-deps"]);
    for (page, texts) in [
        ("fn.wait_sync.html", &["Waits a moment."][..]),
        ("more/fn.one_sync.html", &["One more."]),
        (
            "struct.BlockingCounter.html",
            &["At zero.", "Counts one up."],
        ),
    ] {
        let path = target(TMP).join("doc/additive").join(page);
        let html = std::fs::read_to_string(&path).expect(page);
        for text in texts {
            assert!(html.contains(text), "{text} is not in {page}");
        }
    }
}
