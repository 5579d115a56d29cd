//! # SW204: too many arguments depend on a `cfg`
//! Why: arguments of a call cannot have a `#[cfg]`, so the twin would need a call for every
//! combination of the five.
//! Fix: put the arguments into a struct, whose fields can have a `#[cfg]`; see
//! `../fixed/sw204_too_many_cfg_arguments.rs`.

use sync_twin::sync_wrapper;

trait Connect {
    #[sync_wrapper]
    async fn connect(
        #[cfg(unix)] path: &str,
        #[cfg(windows)] pipe: &str,
        #[cfg(target_os = "linux")] namespace: u32,
        #[cfg(target_pointer_width = "64")] window: u64,
        #[cfg(debug_assertions)] trace: bool,
    );
}

fn main() {}
