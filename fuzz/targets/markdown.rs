//! The text of a step, Markdown with placeholders, built as a part of a whole site.
//!
//! Not here: what must hold (tests/hostile/site.rs).

#![no_main]

use etape_fuzz::site;

libfuzzer_sys::fuzz_target!(|text: &str| {
    site::build("content/g/01-one.en.md", format!("---\ntitle: One\n---\n{text}").as_bytes());
});
