//! Calls that wait for a long time in the child of a fork.

use crate::fork;
use crate::process::process;
use std::panic::Location;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How long a call may wait in a child before we report it.
const REPORT_AFTER: Duration = Duration::from_secs(5);

/// In a child, reports a call that waits for a long time, unless this is dropped first.
pub(crate) struct ReportInChild(Option<AbortHandle>);

impl ReportInChild {
    #[inline]
    pub(crate) fn begin(site: &'static Location<'static>) -> Self {
        ReportInChild(match fork::depth() {
            0 => None,
            _ => report_later(site),
        })
    }
}

/// The report comes from home, which is the child's own: what the call lives on may be inherited, and silent.
#[cold]
fn report_later(site: &'static Location<'static>) -> Option<AbortHandle> {
    let report = async move {
        tokio::time::sleep(REPORT_AFTER).await;
        let text = format!(
            "the blocking call at {site} has waited for {REPORT_AFTER:?} in a process that is the child of a fork; what it \
             has inherited from its parent, such as a pooled connection, a task or a runtime, does not work here: make a \
             new one"
        );
        process().reports.report_once(site, &text);
    };
    let process = process();
    let home = process.home().ok()?;
    Some(home.handle().spawn(report).abort_handle())
}

impl Drop for ReportInChild {
    fn drop(&mut self) {
        if let Some(report) = self.0.take() {
            report.abort();
        }
    }
}
