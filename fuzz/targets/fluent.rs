//! A Fluent file, built as a part of a whole site that uses its messages.
//!
//! Not here: what must hold (tests/hostile/site.rs).

#![no_main]

use etape_fuzz::site;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    site::build("locales/en/own.ftl", bytes);
});
