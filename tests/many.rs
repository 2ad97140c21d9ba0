//! Many messages cost what they are worth: twice as many take twice the time, not four times.
//!
//! The bounds are generous, so that a slow machine passes; what is quadratic takes minutes. Not here: what the messages
//! say (tests/messages.rs).

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn twenty_thousand_warnings_of_one_page() {
    let lines = (0..10_000).map(|at| format!("# Début {at}\n\n### Bas\n\n# Fin\n\n#### Plus bas\n"));
    for format in ["text", "sarif"] {
        tell(format, "20002 warnings", |site| page(site, lines.clone()));
    }
}

#[test]
fn ten_thousand_errors_of_one_page() {
    tell("text", "10000 errors and 1 warning", |site| {
        page(site, (0..10_000).map(|at| format!("[a](absent-{at}.md)\n")))
    });
    tell("text", "10000 errors and 1 warning", |site| {
        page(site, (0..10_000).map(|at| format!("Voir {{{{ brand.facts.absent_{at} }}}}.\n")));
    });
    tell("text", "10000 errors and 1 warning", |site| page(site, (0..10_000).map(|_| "Un <b>mot.\n".to_owned())));
}

#[test]
fn ten_thousand_files_with_a_warning_each() {
    tell("text", "10000 warnings", |site| {
        for at in 0..10_000 {
            fs::write(site.join(format!("assets/mfa/leaflet-{at}.pdf")), "%PDF").unwrap();
        }
    });
}

#[test]
fn ten_thousand_messages_that_nothing_uses() {
    tell("text", "10000 warnings", |site| {
        let entries = (0..10_000).fold(String::new(), |mut all, at| {
            let _ = writeln!(all, "unused-{at} = Rien");
            all
        });
        fs::write(site.join("locales/fr/unused.ftl"), entries).unwrap();
    });
}

/// A page more, in the source language.
fn page(site: &Path, lines: impl Iterator<Item = String>) {
    let text: String = lines.map(|line| line + "\n").collect();
    fs::write(site.join("content/mfa/05-many.fr.md"), format!("---\ntitle: Beaucoup\n---\n{text}")).unwrap();
}

/// Checks the healthy site with a change; the last line that is said ends in `verdict`.
fn tell(format: &str, verdict: &str, change: impl FnOnce(&Path)) {
    let scratch = TempDir::new().unwrap();
    common::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/site"), scratch.path());
    change(scratch.path());
    let start = Instant::now();
    let run = common::etape(scratch.path(), &["check", "--format", format]);
    let took = start.elapsed();
    let said = String::from_utf8(run.stderr).unwrap();
    let last = said.lines().last().unwrap_or_default();
    assert!(last.ends_with(verdict), "{format}: {last}");
    assert!(took < PATIENCE, "{format}, {verdict}: {took:?}");
}
