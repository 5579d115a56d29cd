//! Misuse of the attribute as documentation: `README.md` in this folder is the index.
//!
//! `cases` compiles what is in the folders, `contract` holds folders, index and codes together.

mod cases;
mod contract;
mod no_features;
mod toolchain;
