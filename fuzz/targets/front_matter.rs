//! The front matter of a step, built as a part of a whole site.
//!
//! Not here: what must hold (tests/hostile/site.rs).

#![no_main]

use etape_fuzz::site;

libfuzzer_sys::fuzz_target!(|front: &str| {
    let text = format!("---\n{front}\n---\n\n## Part\n\n{{{{ page.title }}}} [up](index.md)\n");
    site::build("content/g/01-one.en.md", text.as_bytes());
});
