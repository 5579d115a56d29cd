//! Calls that wait for a long time in the child of a fork.

use crate::fork;
use crate::process::process;
use std::panic::Location;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

/// How long a call may wait in a child before we report it.
const REPORT_AFTER: Duration = Duration::from_secs(5);

/// In a child, reports a call that waits for a long time, unless this is dropped first.
pub(crate) struct ReportInChild(Option<AbortHandle>);

impl ReportInChild {
    #[inline]
    pub(crate) fn begin(runtime: Option<&Handle>, site: &'static Location<'static>) -> Self {
        ReportInChild(match runtime {
            Some(runtime) if fork::depth() > 0 => Some(report_later(runtime, site)),
            _ => None,
        })
    }
}

#[cold]
fn report_later(runtime: &Handle, site: &'static Location<'static>) -> AbortHandle {
    let report = async move {
        tokio::time::sleep(REPORT_AFTER).await;
        let text = format!(
            "the blocking call at {site} has waited for {REPORT_AFTER:?} in a process that is the child of a fork; what it \
             has inherited from its parent, such as a pooled connection or a task, does not work here: make a new one"
        );
        process().reports.report_once(site, &text);
    };
    runtime.spawn(report).abort_handle()
}

impl Drop for ReportInChild {
    fn drop(&mut self) {
        if let Some(report) = self.0.take() {
            report.abort();
        }
    }
}
