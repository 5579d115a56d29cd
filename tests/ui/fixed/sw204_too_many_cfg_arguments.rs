//! # SW204, fixed: the conditions are on the fields of a struct
//! Before: `../fail/sw204_too_many_cfg_arguments.rs`.

use sync_twin::sync_wrapper;

struct Options {
    #[cfg(unix)]
    path: &'static str,
    #[cfg(windows)]
    pipe: &'static str,
}

#[sync_wrapper]
async fn connect(options: Options) -> usize {
    #[cfg(unix)]
    return options.path.len();
    #[cfg(windows)]
    return options.pipe.len();
}

fn main() {
    let options = Options {
        #[cfg(unix)]
        path: "/run/db",
        #[cfg(windows)]
        pipe: "db.pipe",
    };
    assert!(connect_sync(options) > 0);
}
