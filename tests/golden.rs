//! Golden tests: whole small sites, and every file that comes out of them.
//!
//! A case is a folder of tests/golden: `site/` goes in, laid over tests/golden/base (a theme of a few lines and the
//! strings that it needs, so that what comes out is small and stays as it is when the real theme changes); `dist/` is
//! expected to come out, no file less, more or different. Arguments of the build stand in the folder's name:
//! `dist+drafts` is what `--drafts` makes of the same site, `dist+brand=auvenir+locale=fr` what both flags make.
//! `messages.txt` is what is said about the site; without it, nothing is.
//!
//! With ETAPE_BLESS=1 what comes out is written down as expected: read the difference before you commit it.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use common::Tree;

/// Cases that are compared as a whole; what every site has alike (see `is_alike`) is left out of the others.
const WHOLE: [&str; 2] = ["theme-blocks", "whole"];

#[test]
fn sites_come_out_as_expected() {
    let mut cases: Vec<PathBuf> = fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("site").is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() > 10, "the cases are gone: {cases:?}");
    let failures: Vec<String> = cases.iter().flat_map(|case| try_case(case)).collect();
    assert!(failures.is_empty(), "\n{}\n\nETAPE_BLESS=1 writes down what comes out", failures.join("\n"));
}

/// Builds a site in every way that is expected of it; gives what is wrong.
fn try_case(case: &Path) -> Vec<String> {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path().join("site");
    fs::create_dir(&site).unwrap();
    common::copy(&golden().join("base"), &site);
    common::copy(&case.join("site"), &site);
    let mut wanted: Vec<String> = folders(case).into_iter().filter(|name| name.starts_with("dist")).collect();
    if wanted.is_empty() {
        wanted.push("dist".to_owned());
    }
    let mut failures = Vec::new();
    for wanted in wanted {
        let name = format!("{}/{wanted}", case.file_name().unwrap().to_str().unwrap());
        let output = scratch.path().join(&wanted);
        let flags: Vec<String> = wanted.split('+').skip(1).map(|flag| format!("--{flag}")).collect();
        let mut arguments = vec!["build", "--output", output.to_str().unwrap()];
        arguments.extend(flags.iter().map(String::as_str));
        let run = common::etape(&site, &arguments);
        let said = String::from_utf8(run.stderr).unwrap();
        if run.status.code() != Some(0) {
            failures.push(format!("{name}: not built, {}\n{said}", run.status));
            continue;
        }
        let mut tree = common::read(&output);
        failures.extend(check_manifest(&mut tree).into_iter().map(|what| format!("{name}: {what}")));
        if !WHOLE.contains(&&*case.file_name().unwrap().to_string_lossy()) {
            tree.retain(|path, _| !is_alike(path));
        }
        // the last line says how many pages there are and how long they took
        let said = said.trim_end().rsplit_once('\n').map_or("", |(messages, _)| messages);
        if common::blesses() {
            write(&case.join(&wanted), &tree);
            write_text(&case.join("messages.txt"), said);
        } else {
            failures.extend(
                compare(&common::read(&case.join(&wanted)), &tree).into_iter().map(|what| format!("{name}/{what}")),
            );
            let expected = fs::read_to_string(case.join("messages.txt")).unwrap_or_default();
            if expected != said {
                failures.push(format!("{name}: other messages, {}", common::difference(&expected, said)));
            }
        }
    }
    failures
}

/// What is the same in every brand of every case but for the theme: checked in the cases that are about it.
fn is_alike(path: &str) -> bool {
    let name = path.split_once('/').map_or("", |(_, name)| name);
    matches!(name, "_headers" | "robots.txt") || name.starts_with("assets/style.") || name.starts_with("assets/guide.")
}

/// Takes the manifest out of a tree; gives what it doesn't say as it is.
fn check_manifest(tree: &mut Tree) -> Option<String> {
    let Some(manifest) = tree.remove("manifest.json") else { return Some("manifest.json is missing".to_owned()) };
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let listed: BTreeSet<String> = manifest["files"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let there = tree.iter().map(|(path, bytes)| {
        let hash = blake3::hash(bytes).to_string();
        serde_json::json!({ "path": path, "size": bytes.len(), "blake3": hash }).to_string()
    });
    let there: BTreeSet<String> = there.collect();
    let wrong: Vec<&String> = listed.symmetric_difference(&there).collect();
    (!wrong.is_empty()).then(|| format!("manifest.json and the folder differ: {wrong:?}"))
}

/// What is missing, too much or different, file by file.
fn compare(expected: &Tree, got: &Tree) -> Vec<String> {
    let all: BTreeSet<&String> = expected.keys().chain(got.keys()).collect();
    let told = all.into_iter().filter_map(|path| match (expected.get(path), got.get(path)) {
        (Some(one), Some(other)) if one == other => None,
        (Some(_), None) => Some(format!("{path}: missing")),
        (None, _) => Some(format!("{path}: not expected")),
        (Some(one), Some(other)) => Some(match (std::str::from_utf8(one), std::str::from_utf8(other)) {
            (Ok(one), Ok(other)) => format!("{path}: {}", common::difference(one, other)),
            _ => format!("{path}: other bytes"),
        }),
    });
    told.collect()
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn folders(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn write(folder: &Path, tree: &Tree) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    for (path, bytes) in tree {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

/// Writes a text; an empty one needs no file.
fn write_text(file: &Path, text: &str) {
    if text.is_empty() {
        let _ = fs::remove_file(file);
    } else {
        fs::write(file, text).unwrap();
    }
}
