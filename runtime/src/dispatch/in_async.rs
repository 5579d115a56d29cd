//! Blocking calls in async code: whether they may be made.
//!
//! Two places are async code for certain: the thread of a current-thread runtime ([`Place::Driver`],
//! [`Place::DriverOfHome`]) and a task of a multi-thread one ([`Place::Worker`]). At the root of a multi-thread runtime
//! nobody can tell async code from a `spawn_blocking`. A call inside another call is a part of that, which has been looked
//! at.
//!
//! A call that is ready at once counts too: whether a cache was warm must not decide whether a test fails.

#[cfg(feature = "fiber")]
use crate::context::host::Host;
use crate::context::{Context, Place};
use crate::process::Process;
use crate::report::paragraphs;
use crate::settings::{CallInAsync, Policy};
use std::cell::Cell;
use std::panic::Location;
use std::thread;

/// Who makes a call: a twin, or a fn of this crate.
#[derive(Clone, Copy)]
pub struct Origin {
    /// The async fn of the twin.
    async_fn: Option<&'static str>,
    /// Whether the crate of the twin is built with debug assertions.
    is_debug: bool,
    on_driver: Option<Policy>,
    on_worker: Option<Policy>,
    /// Whether the process's time limit is for it.
    is_limited: bool,
    /// Whether the calls are for the items of a stream.
    is_of_items: bool,
}

impl Origin {
    /// The fns of this crate that block. Of their callers' crates they know nothing; in a usual build all crates are of one
    /// profile.
    pub(crate) const OURS: &Origin = &Origin {
        is_limited: false,
        ..Origin::new("", cfg!(debug_assertions))
    };

    /// The twin of the fn of this name. What iterates over a stream need not be one.
    #[must_use]
    pub const fn new(async_fn: &'static str, is_debug: bool) -> Self {
        Origin {
            async_fn: if async_fn.is_empty() {
                None
            } else {
                Some(async_fn)
            },
            is_debug,
            on_driver: None,
            on_worker: None,
            is_limited: true,
            is_of_items: false,
        }
    }

    /// With the option `on_driver`.
    #[must_use]
    pub const fn on_driver(self, policy: Policy) -> Self {
        Origin {
            on_driver: Some(policy),
            ..self
        }
    }

    /// May take longer than the process says: it has a time limit of its own, or is none to have one.
    #[must_use]
    pub const fn unlimited(self) -> Self {
        Origin {
            is_limited: false,
            ..self
        }
    }

    /// The calls for the items of a stream, which may take longer, too.
    #[must_use]
    pub const fn of_items(self) -> Self {
        Origin {
            is_of_items: true,
            ..self.unlimited()
        }
    }

    /// What the call waits for, as far as it is known.
    pub(super) const fn async_fn(&self) -> Option<&'static str> {
        self.async_fn
    }

    /// Whether the process's time limit is for a call that is made in `place`. A panic at the end of a thread would end the
    /// process.
    pub(super) fn is_limited(&self, place: Place) -> bool {
        self.is_limited && place != Place::ThreadExit
    }

    /// With the option `on_worker`.
    #[must_use]
    pub const fn on_worker(self, policy: Policy) -> Self {
        Origin {
            on_worker: Some(policy),
            ..self
        }
    }
}

/// Looks at a call that is made in `place`, before it begins. `is_in_task` says of a worker that the call is not made inside
/// another one.
///
/// # Panics
///
/// If it may not be made.
#[track_caller]
#[inline]
pub(super) fn check(
    process: &Process,
    place: Place,
    is_in_task: bool,
    site: &'static Location<'static>,
    origin: &'static Origin,
) {
    if is_in_task || matches!(place, Place::Driver | Place::DriverOfHome) {
        look(process, place, site, origin);
    }
}

/// Not inlined: most calls are made elsewhere.
#[track_caller]
#[inline(never)]
fn look(process: &Process, place: Place, site: &'static Location<'static>, origin: &Origin) {
    #[cfg(feature = "fiber")]
    if Host::here() == Host::Fiber {
        // The code of a fiber is sync, and a call of it blocks only where it must, as in a destructor.
        return;
    }
    let settings = &*process.settings;
    let (context, policy, warns) = match place {
        Place::Worker => {
            let policy = origin.on_worker.or(settings.on_worker);
            (Context::Worker, policy, false)
        }
        _ => {
            let policy = origin.on_driver.or(settings.on_driver);
            (Context::Driver, policy, origin.is_debug)
        }
    };
    let is_allowed = match policy {
        Some(policy) => policy == Policy::Allow,
        None => !warns && settings.observer.is_none(),
    };
    if !is_allowed {
        let call = CallInAsync {
            location: site,
            context,
            async_fn: origin.async_fn,
            is_of_items: origin.is_of_items,
        };
        object(process, call, policy == Some(Policy::Deny));
    }
}

#[cold]
#[track_caller]
fn object(process: &Process, call: CallInAsync, denies: bool) {
    // What is called here may make calls itself.
    let Some(silence) = Silence::begin() else {
        return;
    };
    let may_panic = denies && !thread::panicking();
    match &process.settings.observer {
        Some(observer) => observer.tell(&call),
        None if !may_panic => warn(process, &call),
        None => {}
    }
    drop(silence);
    if may_panic {
        let CallInAsync {
            location, context, ..
        } = call;
        panic!(
            "blocking call in async code at {location}, {context}: {}; such calls are denied by `{}`",
            call.instead(),
            call.setting()
        );
    }
}

/// No call of the calling thread is objected to until this is dropped.
pub(crate) struct Silence(());

thread_local! {
    static IS_SILENT: Cell<bool> = const { Cell::new(false) };
}

impl Silence {
    /// `None` if it has begun before.
    pub(crate) fn begin() -> Option<Self> {
        let was_silent = IS_SILENT.try_with(|is_silent| is_silent.replace(true));
        // Not `then_some`, which would drop the one that is not wanted.
        (was_silent == Ok(false)).then(|| Silence(()))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = IS_SILENT.try_with(|is_silent| is_silent.set(false));
    }
}

/// The calls of others are objected to while a fiber is suspended in which none are, until this is dropped.
#[cfg(feature = "fiber")]
pub(super) struct SilenceAside {
    was_silent: bool,
}

#[cfg(feature = "fiber")]
impl SilenceAside {
    #[inline]
    pub(super) fn begin() -> Self {
        SilenceAside {
            was_silent: IS_SILENT.replace(false),
        }
    }
}

#[cfg(feature = "fiber")]
impl Drop for SilenceAside {
    #[inline]
    fn drop(&mut self) {
        IS_SILENT.set(self.was_silent);
    }
}

/// Tells reports of this kind from others about the same call.
const KIND: usize = usize::MAX - 1;

fn warn(process: &Process, call: &CallInAsync) {
    if !process.reports.is_new(call.location, KIND) {
        return;
    }
    let setting = call.setting();
    let place = format!(
        "thread {}, {}; {}",
        CallInAsync::thread(),
        call.context,
        call.harm()
    );
    let allow = match call.async_fn {
        Some(name) => format!("`{setting} = \"allow\"` on `{name}`"),
        None => format!("`Builder::{setting}`"),
    };
    let instead = [
        call.instead(),
        "if the code around it cannot be async, call that by `sync_twin::to_thread(|| …).await`"
            .to_owned(),
        format!(
            "if it is meant, as in a `Drop`: write {allow}, or set `SYNC_TWIN_{}=allow`",
            setting.to_uppercase()
        ),
    ];
    let mut text = format!("async code makes a blocking call at {}\n", call.location);
    paragraphs::add(&mut text, "where:", [&place]);
    paragraphs::add(&mut text, "to do:", &instead);
    process.reports.report(text.trim_end());
}
