//! One file in, one parsed thing out: front matter, Markdown, Fluent, TOML and YAML, placeholders.
//!
//! Nothing here knows about editions: a file means the same whoever reads it. Bad content is a value: each parser
//! gives what it could make and what is wrong.

pub mod content;
pub mod data;
pub mod fluent;
pub mod listed;
pub mod mark;
pub mod markdown;
pub mod origin;
pub mod sidecar;
pub mod tags;
