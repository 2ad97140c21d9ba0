//! A site.toml, with the rest of a whole site around it.
//!
//! Not here: what must hold (tests/hostile/site.rs).

#![no_main]

use etape_fuzz::site;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    site::build("site.toml", bytes);
});
