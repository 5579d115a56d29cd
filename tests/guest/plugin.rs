//! A library that is loaded, called, shut down and unloaded: `plugin/`.

use crate::child::alone;
use crate::tasks;
use std::env;
use std::ffi::{CStr, CString, c_void};
use std::fs;
use std::mem;
use std::thread;
use sync_twin_tests::harness::outside::successful_cargo;

const RELOADS: usize = 20;

/// Where the parent has it, for the child.
const PATH: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/outside/debug/libplugin.so");

struct Plugin(*mut c_void);

impl Plugin {
    fn load() -> Self {
        let path = CString::new(PATH).unwrap();
        // SAFETY: it is a library of ours, whose initializers do nothing.
        let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!library.is_null());
        Plugin(library)
    }

    fn call(&self, name: &CStr) -> bool {
        // SAFETY: the library is loaded.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!address.is_null());
        // SAFETY: both fns of the library have this type.
        let code = unsafe { mem::transmute::<*mut c_void, extern "C" fn() -> bool>(address) };
        code()
    }

    fn unload(self) {
        // SAFETY: nothing of it is used any more.
        assert_eq!(unsafe { libc::dlclose(self.0) }, 0);
    }
}

fn is_mapped() -> bool {
    fs::read_to_string("/proc/self/maps")
        .unwrap()
        .contains("libplugin.so")
}

/// A host that calls on a thread that ends, after which the code is really gone; and one that calls on a thread that stays,
/// whose thread-locals keep it.
#[test]
fn twenty_reloads_leave_nothing() {
    if env::var_os("SYNC_TWIN_SITUATION").is_none() {
        let _ = successful_cargo(
            "guest/plugin",
            env!("CARGO_TARGET_TMPDIR"),
            &["build", "--quiet"],
        );
    }
    alone("plugin::twenty_reloads_leave_nothing", || {
        let reload = || {
            let plugin = Plugin::load();
            let plugin = thread::spawn(move || {
                let plugin = plugin;
                assert!(plugin.call(c"plugin_call"));
                assert!(plugin.call(c"plugin_end"));
                plugin
            });
            plugin.join().unwrap().unload();
            assert!(!is_mapped());
        };
        reload();
        let before = (tasks::all().len(), tasks::descriptors());
        for _ in 0..RELOADS {
            reload();
            assert_eq!((tasks::all().len(), tasks::descriptors()), before);
        }
        for _ in 0..RELOADS {
            let plugin = Plugin::load();
            assert!(plugin.call(c"plugin_call"));
            assert!(plugin.call(c"plugin_end"));
            plugin.unload();
            assert_eq!((tasks::all().len(), tasks::descriptors()), before);
        }
    });
}

// SAFETY: a loaded library can be used on every thread.
unsafe impl Send for Plugin {}
