//! Étape, as a library: what the command, the tests and the benchmarks share.
//!
//! It is not a public API: the promise to users is the command and the files it writes.
//! docs/architecture.md shows the way through the modules.

pub mod path;
pub mod diagnostic;
