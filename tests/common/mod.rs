//! What the tests of whole sites share: calling the program, copying folders, showing a difference.
//!
//! Not here: what is expected of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use walkdir::WalkDir;

/// The files of a folder by their paths with `/`.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Is what comes out to be written down as expected (`ETAPE_BLESS=1`), not compared?
pub fn blesses() -> bool {
    std::env::var_os("ETAPE_BLESS").is_some_and(|value| value == "1")
}

/// Runs the program in a folder. The day, the colours and the threads are the same everywhere.
pub fn etape(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
    command.current_dir(folder).args(arguments);
    command.env("SOURCE_DATE_EPOCH", "1700000000").env("NO_COLOR", "1");
    command.output().unwrap()
}

/// Copies a folder into another one, over what is there.
pub fn copy(from: &Path, to: &Path) {
    for entry in WalkDir::new(from).min_depth(1) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Reads a folder; one that isn't there has no files.
pub fn read(folder: &Path) -> Tree {
    if !folder.exists() {
        return Tree::new();
    }
    let files = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let named = files.map(|entry| {
        let path = entry.path().strip_prefix(folder).unwrap();
        let parts: Vec<&str> = path.iter().map(|part| part.to_str().unwrap()).collect();
        (parts.join("/"), fs::read(entry.path()).unwrap())
    });
    named.collect()
}

/// The first line in which two texts differ, as both have it.
pub fn difference(expected: &str, got: &str) -> String {
    let mut expected = expected.split_inclusive('\n');
    let mut got = got.split_inclusive('\n');
    for number in 1.. {
        match (expected.next(), got.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                let line = |line: Option<&str>| line.map_or_else(|| "(the end)".to_owned(), visible);
                return format!("line {number}\n  expected: {}\n  got:      {}", line(one), line(other));
            }
        }
    }
    "no difference".to_owned()
}

/// A line with its white space to be seen.
fn visible(line: &str) -> String {
    let mut out = String::new();
    for character in line.trim_end_matches('\n').chars() {
        if character != ' ' && (character.is_whitespace() || character.is_control() || character == '\u{feff}') {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    if line.ends_with('\n') { out } else { out + " (no end of line)" }
}
