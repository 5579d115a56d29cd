//! What is measured.

pub(crate) mod clients;
mod codec;
pub(crate) mod connections;
mod fibers;
mod http;
mod isolated;
mod kernel;
mod memory;
mod ready;
mod rows;
mod served;
mod server;
mod sql;
mod starts;
mod yields;

use crate::backend::Backend;
use crate::measure::Pace;
use crate::report;
use crate::result::Case;

/// What the cases are given, and what they have found out.
pub(crate) struct Setup {
    pub(crate) pace: Pace,
    /// Only to see that everything works.
    pub(crate) quick: bool,
    /// Parts of the ids of the cases that are asked for; all are if there is none.
    pub(crate) filters: Vec<String>,
    pub(crate) backend: Backend,
    pub(crate) cases: Vec<Case>,
    /// What could not be measured, and why.
    pub(crate) skipped: Vec<String>,
}

impl Setup {
    /// In the order of the table.
    pub(crate) fn measure(&mut self) {
        ready::measure(self);
        yields::measure(self);
        isolated::measure(self);
        fibers::measure(self);
        served::measure(self);
        rows::measure(self);
        http::measure(self);
        starts::measure(self);
        connections::measure(self);
        sql::measure(self);
        clients::measure(self);
        codec::measure(self);
        server::measure(self);
        memory::measure(self);
        kernel::measure(self);
    }

    fn wants(&self, id: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|part| id.contains(part.as_str()))
    }

    fn done(&mut self, case: Case) {
        report::print(&case);
        self.cases.push(case);
    }

    /// Loudly: who reads only the figures has to notice.
    fn skip(&mut self, what: &str, why: &str) {
        let message = format!("SKIPPED {what}: {why}");
        report::warn(&message);
        self.skipped.push(message);
    }
}
