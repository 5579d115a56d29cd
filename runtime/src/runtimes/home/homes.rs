//! Homes that take over from one another.

use super::{Home, Keeping};
use crate::runtimes::{Remains, end, into_only};
use crate::start_once::StartOnce;
use crate::starter::Starter;
use std::sync::Arc;
use std::time::Instant;
use std::{io, iter, mem};
use tokio::runtime::Id;

/// A home, and those that it has replaced. The first one that has not been replaced is *the* home.
pub(crate) struct Homes(StartOnce<Arc<Home>>);

impl Homes {
    pub(crate) const fn new() -> Self {
        Homes(StartOnce::new())
    }

    /// Home, which this starts if need be.
    #[inline]
    pub(crate) fn get_or_start(&self, starter: &Arc<Starter>) -> io::Result<&Home> {
        match self.present() {
            Some(home) => Ok(home),
            None => self.go_on(&Keeping::ByItsThread, starter),
        }
    }

    #[inline]
    pub(super) fn get_or_start_kept(
        &self,
        keeping: &Keeping,
        starter: &Arc<Starter>,
    ) -> io::Result<&Home> {
        match self.present() {
            Some(home) => Ok(home),
            None => self.go_on(keeping, starter),
        }
    }

    /// The first one, if it has been started and not been replaced.
    #[inline]
    fn present(&self) -> Option<&Home> {
        let home = self.0.get()?;
        (!home.is_replaced()).then_some(&**home)
    }

    /// The one after those that have been replaced.
    #[cold]
    fn go_on(&self, keeping: &Keeping, starter: &Arc<Starter>) -> io::Result<&Home> {
        let mut home = of(&self.0, 0, keeping, starter)?;
        while home.is_replaced() {
            home = of(&home.next, home.generation + 1, keeping, starter)?;
        }
        Ok(home)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Home> {
        let first = self.0.get().map(Arc::as_ref);
        iter::successors(first, |home| home.next.get().map(Arc::as_ref))
    }

    /// How many tasks they have that have not ended.
    pub(crate) fn alive_tasks(&self) -> usize {
        self.all()
            .map(|home| home.handle().metrics().num_alive_tasks())
            .sum()
    }

    /// Ends them. No call may use them any more.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        let mut remains = Remains::default();
        let mut next = self.0.into_inner();
        while let Some(home) = next {
            home.seat.close();
            // Its thread has the other reference, and leaves the seat at once, unless a task holds it up.
            match into_only(home, deadline) {
                Ok(home) => {
                    remains.add(end(home.runtime, &home.headcount, deadline));
                    next = home.next.into_inner();
                }
                Err(home) => {
                    // The thread would drop the runtime inside of it.
                    mem::forget(home);
                    remains.threads += 1;
                    remains.held += 1;
                    break;
                }
            }
        }
        remains
    }

    /// The home whose runtime has this id.
    pub(crate) fn find(&self, id: Id) -> Option<&Home> {
        self.all().find(|home| home.handle().id() == id)
    }

    /// How many homes have been replaced.
    pub(crate) fn retired(&self) -> usize {
        self.all().filter(|home| home.is_replaced()).count()
    }
}

fn of<'a>(
    home: &'a StartOnce<Arc<Home>>,
    generation: usize,
    keeping: &Keeping,
    starter: &Arc<Starter>,
) -> io::Result<&'a Home> {
    match home.get() {
        Some(home) => Ok(home),
        None => {
            let (keeping, to_hand_on) = (keeping.clone(), Arc::clone(starter));
            home.get_or_start(starter, move || {
                Home::start(generation, &keeping, &to_hand_on)
            })
            .map(Arc::as_ref)
        }
    }
}
