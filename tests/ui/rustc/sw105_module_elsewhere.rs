//! # SW105: the items of the module are in another file (E0658)
//! Why: an attribute sees only the file that it is in. rustc rejects such a module, too.
//! Fix: put the attribute on the items in the other file (here, the fixed one itself); see
//! `../fixed/sw105_module_elsewhere.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
#[path = "../fixed/sw105_module_elsewhere.rs"]
mod api;

fn main() {}
