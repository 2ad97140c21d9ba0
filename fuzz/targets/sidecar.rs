//! The sidecar of a screen, built as a part of a whole site with that screen in its pages.
//!
//! Not here: what must hold (tests/hostile/site.rs).

#![no_main]

use etape_fuzz::site;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    site::build("assets/g/photo.yaml", bytes);
});
