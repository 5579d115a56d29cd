//! The runtime of a test, on which calls live in place of sync-twin's own.

use super::ChosenRuntime;
#[cfg(not(feature = "testing"))]
use crate::context::Place;
#[cfg(feature = "testing")]
pub(crate) use set::set_here;
#[cfg(not(feature = "testing"))]
use std::time::Instant;
#[cfg(not(feature = "testing"))]
use tokio::runtime::Id;

/// The runtime that holds on a thread, if a test has set one. Without the feature `testing` there is none, and nothing to ask.
#[derive(Clone, Default)]
pub(crate) struct Instead {
    #[cfg(feature = "testing")]
    runtime: Option<std::sync::Arc<tokio::runtime::Runtime>>,
}

#[cfg(not(feature = "testing"))]
impl Instead {
    #[inline]
    pub(crate) fn here() -> Self {
        Instead {}
    }

    /// The choice of a call that is made here, which is `place`.
    #[inline]
    #[expect(clippy::unused_self, reason = "with the feature `testing` it is used")]
    pub(crate) fn of<'a>(&'a self, _place: Place, chosen: ChosenRuntime<'a>) -> ChosenRuntime<'a> {
        chosen
    }

    /// Lets it hold where an isolated call runs.
    #[inline]
    pub(crate) fn set_here(&self) -> Self {
        self.clone()
    }

    /// What its clock says, or else that of the system.
    #[inline]
    #[expect(clippy::unused_self, reason = "with the feature `testing` it is used")]
    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }

    /// Whether it is the one with this id.
    #[inline]
    #[expect(clippy::unused_self, reason = "with the feature `testing` it is used")]
    pub(crate) fn is(&self, _runtime: Id) -> bool {
        false
    }
}

#[cfg(feature = "testing")]
mod set {
    use super::{ChosenRuntime, Instead};
    use crate::context::Place;
    use crate::runtime_choice::lend::is_blocked;
    use crate::runtime_choice::lent;
    use std::cell::RefCell;
    use std::sync::Arc;
    use std::time::Instant;
    use tokio::runtime::{Id, Runtime};

    thread_local! {
        static HERE: RefCell<Instead> = const { RefCell::new(Instead { runtime: None }) };
    }

    impl Instead {
        pub(crate) fn here() -> Self {
            HERE.try_with(|here| here.borrow().clone())
                .unwrap_or_default()
        }

        /// The choice of a call that is made here, which is `place`.
        ///
        /// Nobody but the waiting thread drives that runtime, and only on these places it may.
        pub(crate) fn of<'a>(
            &'a self,
            place: Place,
            chosen: ChosenRuntime<'a>,
        ) -> ChosenRuntime<'a> {
            match (place, chosen, &self.runtime) {
                (Place::Plain | Place::Nested, ChosenRuntime::Ours(_), Some(runtime))
                    if !is_blocked(runtime.handle()) =>
                {
                    lent(runtime)
                }
                _ => chosen,
            }
        }

        /// What its clock says, or else that of the system.
        pub(crate) fn now(&self) -> Instant {
            match &self.runtime {
                Some(runtime) => {
                    let _entered = runtime.enter();
                    tokio::time::Instant::now().into_std()
                }
                None => Instant::now(),
            }
        }

        /// Whether it is the one with this id.
        pub(crate) fn is(&self, runtime: Id) -> bool {
            let own = self.runtime.as_ref();
            own.is_some_and(|own| own.handle().id() == runtime)
        }

        /// Lets it hold where an isolated call runs.
        pub(crate) fn set_here(&self) -> Guard {
            let enclosing = HERE.try_with(|here| here.replace(self.clone()));
            Guard(enclosing.unwrap_or_default())
        }
    }

    /// Lets `runtime` hold on this thread until the guard is dropped.
    pub(crate) fn set_here(runtime: Arc<Runtime>) -> Guard {
        let instead = Instead {
            runtime: Some(runtime),
        };
        instead.set_here()
    }

    /// What held before.
    pub(crate) struct Guard(Instead);

    impl Drop for Guard {
        fn drop(&mut self) {
            let _ = HERE.try_with(|here| here.replace(std::mem::take(&mut self.0)));
        }
    }
}
