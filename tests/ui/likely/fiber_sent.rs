//! # Likely: a fiber that is dropped on another thread
//! Why: its code has begun on the stack of a thread, and would unwind on another one.
//! Fix: keep it on its thread; `to_fiber` has a future that may go anywhere, also to be dropped.

fn main() {
    let code = sync_twin::fiber(|| 42);
    std::thread::spawn(move || drop(code));
}
