//! Writes the site that the benchmarks build into a folder, in both forms, to be looked at or built by hand.
//!
//! `scripts/bench corpus --brands 500 --out DIR` leaves DIR/shared and DIR/variants.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends where it can't go on, and prints")]

mod site;

use std::path::PathBuf;

use site::Form;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag).unwrap();
        &arguments[at + 1]
    };
    let (brands, out) = (after("--brands").parse().unwrap(), PathBuf::from(after("--out")));
    for (name, form) in [("shared", Form::Shared), ("variants", Form::Variants)] {
        let root = out.join(name);
        assert!(!root.exists(), "{} is there already", root.display());
        site::write(&root, brands, form);
        println!("{}", root.display());
    }
}
