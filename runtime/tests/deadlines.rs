//! No test of this package may hang: each has a deadline.

use std::fs;
use std::path::Path;

/// How a test gets one.
const WAYS: [&str; 3] = ["watch(&test_name())", "within_deadline(", "alone("];

#[test]
fn every_test_has_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut tests = 0;
    for file in fs::read_dir(folder).expect("these tests are in it") {
        let path = file.expect("it can be listed").path();
        if path.is_dir() || path.ends_with("deadlines.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("it is text");
        for test in text.split("#[test]\n").skip(1) {
            let (body, _) = test.split_once("\n}\n").expect("it ends");
            let name = body.lines().next().unwrap_or_default();
            let has_one = WAYS.iter().any(|way| body.contains(way));
            assert!(has_one, "{}: {name} has no deadline", path.display());
            tests += 1;
        }
    }
    assert!(tests > 0);
}
