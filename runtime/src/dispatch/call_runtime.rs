//! The runtime that a call's future lives on, and how a thread waits for it.

use super::end_with_runtime::EndWithRuntime;
use super::watch::{Watch, Workers};
use crate::calls::Strategy;
use crate::context::{Driving, Place};
use crate::park::parker::Parker;
use crate::poll::is_budgeted;
use crate::process::Process;
use crate::runtime_choice::flavor::Flavor;
use crate::runtime_choice::{ChosenRuntime, Drive};
use crate::runtimes::block_in_place::try_block_in_place;
use crate::runtimes::crew::Crew;
use crate::runtimes::home::{Home, MayDrive};
use std::cell::Cell;
use std::io;
use std::panic::Location;
use std::pin::pin;
use tokio::runtime::Handle;
use tokio::runtime::RuntimeFlavor::CurrentThread;

/// The runtime that a call's future lives on.
#[derive(Clone, Copy)]
pub(super) enum CallRuntime<'a> {
    Home(&'a Home),
    Crew(&'a Crew),
    /// A runtime of the user's that the thread may drive.
    Drivable(&'a Handle, &'a dyn Drive),
    /// A runtime of the user's that others drive.
    Lent(&'a Handle),
    /// None: the future needs none, and waits for workers of ours.
    Background,
    /// None: the thread can no longer enter one.
    None,
}

impl<'a> CallRuntime<'a> {
    #[inline]
    pub(super) fn choose(
        process: &'a Process,
        place: Place,
        chosen: ChosenRuntime<'a>,
    ) -> io::Result<Self> {
        let flavor = match chosen {
            _ if place == Place::ThreadExit => return Ok(CallRuntime::None),
            ChosenRuntime::Ours(flavor) => flavor.or(process.settings.flavor),
            ChosenRuntime::Lent { handle, drive } => {
                return Ok(match drive {
                    Some(drive) => CallRuntime::Drivable(handle, drive),
                    None => CallRuntime::Lent(handle),
                });
            }
        };
        let may_be_home = match (flavor, place) {
            (Flavor::PerThread, _) => return CallRuntime::choose_per_thread(process, place),
            (_, Place::DriverOfHome) | (Flavor::MultiThread, _) => false,
            (Flavor::CurrentThread, _) | (_, Place::Plain | Place::Nested) => true,
            (Flavor::Auto, _) => false,
        };
        if may_be_home {
            let home = process.home()?;
            if !home.is_held() {
                return Ok(CallRuntime::Home(home));
            }
        }
        process.crew().map(CallRuntime::Crew)
    }

    // Not inlined, or it would make calls longer that have another flavor.
    #[inline(never)]
    fn choose_per_thread(process: &'a Process, place: Place) -> io::Result<Self> {
        if matches!(place, Place::Plain | Place::Nested) {
            let home = process.home_of_thread()?;
            // What has been left there may be another thread's, and is none of this one's business.
            if !home.is_held() && !home.is_held_up() {
                return Ok(CallRuntime::Home(home));
            }
        }
        process.crew().map(CallRuntime::Crew)
    }

    /// The one that a call has which an isolation thread runs for this one, which is `place`. It is that of a plain thread.
    pub(super) fn choose_isolated(
        process: &'a Process,
        place: Place,
        chosen: ChosenRuntime<'a>,
    ) -> io::Result<Self> {
        let chosen = match chosen {
            ChosenRuntime::Ours(flavor) => match flavor.or(process.settings.flavor) {
                Flavor::PerThread if !lends_its_home(place) => {
                    ChosenRuntime::Ours(Flavor::CurrentThread)
                }
                flavor => ChosenRuntime::Ours(flavor),
            },
            lent => lent,
        };
        CallRuntime::choose(process, Place::Plain, chosen)
    }

    #[inline]
    pub(super) fn handle(&self) -> Option<&'a Handle> {
        match *self {
            CallRuntime::Home(home) => Some(home.handle()),
            CallRuntime::Crew(crew) => Some(crew.handle()),
            CallRuntime::Drivable(handle, ..) | CallRuntime::Lent(handle) => Some(handle),
            CallRuntime::Background | CallRuntime::None => None,
        }
    }

    /// The user's runtime, if it is one.
    pub(super) fn lent(&self) -> Option<&'a Handle> {
        match *self {
            CallRuntime::Drivable(handle, ..) | CallRuntime::Lent(handle) => Some(handle),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn strategy(&self) -> Strategy {
        match self {
            CallRuntime::Home(home) => home.strategy(),
            CallRuntime::Crew(_) => Strategy::Crew,
            CallRuntime::Drivable(..) | CallRuntime::Lent(_) => Strategy::Lent,
            CallRuntime::Background => Strategy::Join,
            CallRuntime::None => Strategy::NoRuntime,
        }
    }

    pub(super) fn watch(&self, site: &'static Location<'static>, place: Place) -> Watch<'a> {
        let workers = match *self {
            CallRuntime::Crew(crew) => Some(Workers::Crew(crew)),
            CallRuntime::Background => Some(Workers::Background),
            _ => None,
        };
        Watch::new(site, place, workers, EndWithRuntime::of(place))
    }

    /// Returns when `parker` is woken, or for no reason; false when a worker should be [handed over
    /// again](Watch::park).
    pub(super) fn wait(&self, may: &Cell<MayDrive>, parker: &Parker, watch: &Watch<'_>) -> bool {
        // One that wakes itself, as by `yield_now`, gives the tasks a turn that this thread drives.
        if !self.drives_tasks() && watch.is_woken_before(parker) {
            return true;
        }
        watch.end_if_due();
        match self {
            CallRuntime::Home(home) => {
                watch.register_now(parker);
                home.wait(parker, may, watch.hand_off_again_at());
                let is_handed_over_again = watch.takes_hand_off();
                if is_handed_over_again {
                    // The wait may have ended because it was woken, and nobody polls before the next one.
                    parker.waker().wake_by_ref();
                }
                return !is_handed_over_again;
            }
            CallRuntime::Drivable(_, runtime) => {
                watch.register_now(parker);
                let mut drive = || {
                    let _driving = Driving::lent();
                    parker.drive(|woken| runtime.drive(pin!(woken)));
                };
                match may.get() {
                    MayDrive::Freely => drive(),
                    MayDrive::IfAllowed if try_block_in_place(&mut drive) => {}
                    MayDrive::IfAllowed => may.set(MayDrive::Never),
                    MayDrive::Never => return watch.park(parker),
                }
            }
            CallRuntime::Crew(crew) => {
                crew.check();
                return watch.park(parker);
            }
            _ => return watch.park(parker),
        }
        true
    }

    /// Whether a thread that drives this runtime while it waits runs tasks there.
    fn drives_tasks(&self) -> bool {
        let handle = match *self {
            CallRuntime::Home(home) => home.handle(),
            CallRuntime::Drivable(handle, _) => handle,
            _ => return false,
        };
        handle.metrics().num_alive_tasks() > 0
    }
}

/// Whether an isolated call made in `place` lives in the home of the thread that makes it, if it has the flavor `per_thread`. A
/// worker of a multi-thread runtime has none: its tasks move to other workers, and so do what they have connected.
pub(super) fn lends_its_home(place: Place) -> bool {
    matches!(
        place,
        Place::Plain | Place::Nested | Place::Driver | Place::NestedDriver
    )
}

/// Whether a call made in `place` may drive a runtime while it waits. A worker has handed its core off by then.
pub(super) fn may_drive(place: Place) -> MayDrive {
    match place {
        Place::Plain => MayDrive::Freely,
        Place::Beside if is_in_second_block_on() => MayDrive::Never,
        Place::Nested | Place::Beside | Place::Worker => MayDrive::IfAllowed,
        Place::Driver
        | Place::NestedDriver
        | Place::DriverOfHome
        | Place::Served
        | Place::ThreadExit => MayDrive::Never,
        #[cfg(feature = "fiber")]
        Place::Fiber => MayDrive::Never,
    }
}

/// Whether this thread, which is beside a runtime, is in a `block_on` of a current-thread runtime that another thread drives.
/// It cannot leave that: tokio panics.
pub(super) fn is_in_second_block_on() -> bool {
    let is_current_thread = |runtime: Handle| runtime.runtime_flavor() == CurrentThread;
    Handle::try_current().is_ok_and(is_current_thread) && is_budgeted()
}
