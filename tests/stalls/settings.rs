//! `SYNC_TWIN_STALL`.

use crate::told::says;
use std::future::pending;
use std::time::Duration;
use sync_twin::block_on_timeout;

fn wait() {
    let late = block_on_timeout(Duration::from_millis(1500), pending::<()>());
    assert!(late.is_err());
}

#[test]
fn off_is_silent() {
    let said = says("settings::off_is_silent", "off", wait);
    assert!(!said.contains("sync-twin"), "{said}");
}

#[test]
fn a_call_that_is_not_due_is_not_told() {
    let said = says(
        "settings::a_call_that_is_not_due_is_not_told",
        "60000",
        wait,
    );
    assert!(!said.contains("sync-twin"), "{said}");
}

#[test]
fn a_call_that_is_due_is_told_once() {
    let said = says("settings::a_call_that_is_due_is_told_once", "200", wait);
    assert_eq!(said.matches("has waited for").count(), 1, "{said}");
}

#[test]
fn a_value_that_is_none_is_told() {
    let said = says("settings::a_value_that_is_none_is_told", "soon", wait);
    assert!(
        said.contains("SYNC_TWIN_STALL is `soon`, but it takes a number of milliseconds, or `off`"),
        "{said}"
    );
}
