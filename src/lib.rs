//! Étape, as a library: what the command, the tests and the benchmarks share.
//!
//! It is not a public API: the promise to users is the command and the files it writes.
//! docs/architecture.md shows the way through the modules.

pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod external;
pub mod memo;
pub mod model;
pub mod output;
pub mod parse;
pub mod path;
pub mod pipeline;
#[cfg(feature = "publish")]
pub mod publish;
pub mod render;
pub mod resolve;
pub mod schema;
pub mod screen;
pub mod serve;
pub mod source;
pub mod stamp;
pub mod start;
pub mod text;
