//! Screens from the author's file to every published one: pictures are made here, published, and decoded again.
//!
//! Redaction is looked at pixel by pixel, in every file that comes out. What an odd or damaged picture leads to is told
//! in whole messages.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

mod cache;
#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod common;
mod damaged;
mod kinds;
mod made;
mod marks;
mod redaction;
mod site;
mod svg;
mod widths;
