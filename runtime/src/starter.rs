//! The thread that starts all other threads of sync-twin's own.
//!
//! A thread inherits much from the one that starts it ([`inheritance`](crate::inheritance)). If callers started our
//! threads, these would carry the traits of whoever happened to call first into the calls of everybody else. So one thread
//! starts them all, and all runtimes, whose workers are threads too. Whoever needs one asks it.
//!
//! tokio starts the threads of a blocking pool itself, on the thread that has something to run there. A hook
//! ([`Starter::adopt`]) makes such a thread like the others before it runs anything.

use crate::fork;
use crate::hooks::{self, Begun};
use crate::inheritance::{BlockedSignals, Model, SignalMask, block_signals};
use crate::oneshot;
use crate::settings::{Settings, ThreadKind, ThreadSettings};
use std::cell::{Cell, RefCell};
use std::io;
use std::mem;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often the end of a thread is looked for.
const LOOK: Duration = Duration::from_micros(200);

thread_local! {
    /// Whether this thread is one of ours.
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is one of sync-twin's own.
pub(crate) fn is_own_thread() -> bool {
    IS_OWN.try_with(Cell::get).unwrap_or_default()
}

pub(crate) struct Starter {
    settings: Arc<Settings>,
    running: Mutex<Option<Running>>,
}

struct Running {
    requests: mpsc::Sender<Request>,
    model: Arc<OnceLock<Model>>,
    /// That of all threads, if they may take signals.
    mask: Option<SignalMask>,
    thread: JoinHandle<()>,
}

enum Request {
    /// To run this. It may start threads.
    Run(Code),
    /// To wait for the threads until then, and to end.
    End {
        deadline: Instant,
        left: oneshot::Sender<usize>,
    },
}

/// Boxed, so that rustc makes all that starts a thread once, and not for each.
type Code = Box<dyn FnOnce() + Send>;

/// Which thread the starter takes after.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The main thread of the process, in all that it can.
    MainThread,
    /// The calling thread, but the main thread in CPU affinity.
    Caller,
}

impl Starter {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Starter {
            settings,
            running: Mutex::new(None),
        }
    }

    pub(crate) fn settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the starter, if it has not been started.
    pub(crate) fn begin(&self, origin: Origin) -> io::Result<()> {
        let mut running = self.lock();
        if running.is_none() {
            *running = Some(Running::start(&self.settings, origin)?);
        }
        Ok(())
    }

    /// Has the starter run `code`, and returns what that returns.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        code: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        if is_starter() {
            return code();
        }
        let (sender, outcome) = oneshot::channel();
        self.request(Box::new(move || sender.send(code())))?;
        outcome.recv().unwrap_or_else(|| Err(being_shut_down()))
    }

    /// Starts a thread that runs `code`.
    pub(crate) fn start(
        &self,
        settings: ThreadSettings,
        code: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        self.start_boxed(settings, Box::new(code))
    }

    fn start_boxed(&self, settings: ThreadSettings, code: Code) -> io::Result<()> {
        let all = Arc::clone(&self.settings);
        self.run(move || start_here(all, settings, code))
    }

    /// The same, but does not wait for it: if it fails, `on_failure` is run.
    pub(crate) fn start_soon(
        &self,
        settings: ThreadSettings,
        code: impl FnOnce() + Send + 'static,
        on_failure: impl FnOnce(io::Error) + Send + 'static,
    ) -> io::Result<()> {
        let (all, code) = (Arc::clone(&self.settings), Box::new(code));
        let start = move || {
            if let Err(error) = start_here(all, settings, code) {
                on_failure(error);
            }
        };
        if is_starter() {
            start();
            return Ok(());
        }
        self.request(Box::new(start))
    }

    fn request(&self, code: Code) -> io::Result<()> {
        fork::may_start_threads()?;
        let mut running = self.lock();
        let running = match &mut *running {
            Some(running) => running,
            none => none.insert(Running::start(&self.settings, Origin::MainThread)?),
        };
        let request = Request::Run(code);
        running
            .requests
            .send(request)
            .map_err(|_| being_shut_down())
    }

    /// What a thread that tokio has started runs first: from here on it is one of ours.
    pub(crate) fn adopt(&self, kind: ThreadKind) {
        let (model, mask) = match &*self.lock() {
            Some(running) => (running.model.get().copied(), running.mask),
            None => (None, None),
        };
        match mask {
            Some(mask) => mask.set(),
            None if self.settings.block_signals => _ = block_signals(),
            None => {}
        }
        if let Some(model) = model {
            model.take_after();
        }
        IS_OWN.set(true);
        hooks::started(&self.settings, kind);
    }

    /// Waits until all threads have ended, but not longer than until `deadline`, and ends the starter. Returns how many
    /// are left.
    pub(crate) fn end(&self, deadline: Instant) -> usize {
        let Some(running) = self.lock().take() else {
            return 0;
        };
        let (left, how_many) = oneshot::channel();
        let _ = running.requests.send(Request::End { deadline, left });
        let left = how_many.recv().unwrap_or_default();
        let _ = running.thread.join();
        left
    }
}

impl Running {
    fn start(all: &Settings, origin: Origin) -> io::Result<Self> {
        fork::register_handler();
        let (requests, to_serve) = mpsc::channel();
        let model = Arc::new(OnceLock::new());
        let to_set = Arc::clone(&model);
        let settings = all.own_thread("starter");
        let mask = (!all.block_signals).then(SignalMask::of_this_thread);
        // Not a signal is to arrive there before it can block them itself.
        let _blocked = all.block_signals.then(BlockedSignals::begin);
        let takes_affinity = !all.inherit_affinity;
        let thread = settings.spawn(Box::new(move || {
            IS_OWN.set(true);
            let main_thread = Model::main_thread();
            match origin {
                Origin::MainThread => main_thread.take_after(),
                Origin::Caller if takes_affinity => main_thread.take_after_its_affinity(),
                Origin::Caller => {}
            }
            let _ = to_set.set(Model::this_thread());
            serve(&to_serve);
        }))?;
        Ok(Running {
            requests,
            model,
            mask,
            thread,
        })
    }
}

impl ThreadSettings {
    fn spawn(self, code: Code) -> io::Result<JoinHandle<()>> {
        let mut builder = thread::Builder::new().name(self.name);
        if let Some(size) = self.stack_size {
            builder = builder.stack_size(size);
        }
        builder.spawn(code)
    }
}

fn being_shut_down() -> io::Error {
    io::Error::other("sync-twin is being shut down")
}

thread_local! {
    /// On the starter, what it has started.
    static STARTED: RefCell<Option<Threads>> = const { RefCell::new(None) };
}

/// Whether the calling thread is a starter. A panic hook of the user's may run there, when tokio cannot start a worker, and
/// call us.
fn is_starter() -> bool {
    let is_starter = STARTED.try_with(|started| started.borrow().is_some());
    is_starter.unwrap_or_default()
}

/// Starts a thread, on the starter.
fn start_here(all: Arc<Settings>, settings: ThreadSettings, code: Code) -> io::Result<()> {
    let kind = settings.kind;
    let thread = settings.spawn(Box::new(move || {
        IS_OWN.set(true);
        let _begun = kind.map(|kind| Begun::new(all, kind));
        code();
    }))?;
    STARTED.with_borrow_mut(|started| started.get_or_insert_default().add(thread));
    Ok(())
}

/// Does what is asked for, until it is told to end.
fn serve(requests: &Receiver<Request>) {
    STARTED.set(Some(Threads::default()));
    for request in requests {
        match request {
            Request::Run(code) => code(),
            Request::End { deadline, left } => {
                let threads = STARTED.take().unwrap_or_default();
                left.send(threads.join_all(deadline));
                return;
            }
        }
    }
}

/// Those that have been started and may not have ended.
#[derive(Default)]
struct Threads {
    all: Vec<JoinHandle<()>>,
    /// With so many, it is time to look which have ended.
    many: usize,
}

impl Threads {
    fn add(&mut self, thread: JoinHandle<()>) {
        if self.all.len() >= self.many {
            self.join_ended();
            self.many = 2 * self.all.len() + 16;
        }
        self.all.push(thread);
    }

    fn join_ended(&mut self) {
        let all = mem::take(&mut self.all);
        let (ended, going_on): (Vec<_>, _) = all.into_iter().partition(JoinHandle::is_finished);
        self.all = going_on;
        for thread in ended {
            // Until it has really gone: when the code of this crate is unloaded, it must not be on its way out.
            let _ = thread.join();
        }
    }

    fn join_all(mut self, deadline: Instant) -> usize {
        loop {
            self.join_ended();
            if self.all.is_empty() || Instant::now() >= deadline {
                return self.all.len();
            }
            thread::sleep(LOOK);
        }
    }
}
