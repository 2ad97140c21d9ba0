//! Message tests: what is said about a site with mistakes, word for word.
//!
//! A case is a file of tests/messages. Its first lines say what it shows. Then come sections, each under a line that
//! begins with `===`: the files of the case, laid over the healthy site in tests/messages/site; the call; and what is
//! expected of it.
//!
//! ```text
//! === content/mfa/02-code.fr.md
//! the file's text
//! === content/mfa/02-code.en.md is gone
//! === themes/auvenir/theme.toml escaped
//! text with \r, \t, \\, \xFF and \u{feff}, and without an end of line where the line ends in \
//! === assets/mfa/code.svg -> ../../../secret.svg
//! === $ etape check --format json
//! === stdout
//! === stderr
//! === status 1
//! ```
//!
//! In what comes out, the site's folder is `[site]`, and the seconds that a build took are `[time]`. With
//! ETAPE_BLESS=1 it is written down as expected: read it as a writer would before you commit it.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use etape::diagnostic::Code;
use tempfile::TempDir;

#[test]
fn mistakes_are_told_word_for_word() {
    let cases = cases();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(failure) = try_case(path) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(failures.is_empty(), "\n{}\n\nETAPE_BLESS=1 writes down what comes out", failures.join("\n\n"));
}

#[test]
fn every_code_has_a_case() {
    let all: String = cases().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !all.contains(&format!("[{}]: ", code.name()))).collect();
    assert!(missing.is_empty(), "no case in tests/messages shows {missing:?}");
}

#[test]
fn mistakes_leave_the_old_site() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    common::copy(&folder().join("site"), site);
    let build = |arguments: &[&str]| {
        let run = common::etape(site, &[&["build", "--output", "out"], arguments].concat());
        (
            run.status.code().unwrap(),
            String::from_utf8(run.stderr).unwrap().lines().last().unwrap_or_default().to_owned(),
        )
    };
    let page = site.join("content/mfa/support.fr.md");
    assert_eq!(build(&[]).0, 0);
    let old = common::read(&site.join("out"));
    assert!(old.contains_key("auvenir/fr/mfa/support.html"));
    for (text, arguments, last) in [
        ("[a](1.md)", &[][..], "1 error: out stays as it was"),
        ("### Bas", &["--strict"], "1 warning: out stays as it was"),
        ("[a](1.md)\n\n### Bas", &["--format", "json"], "1 error and 1 warning: out stays as it was"),
        ("", &["--brand", "wolf"], "error: no brand \"wolf\" in site.toml: it lists auvenir, streamworks"),
    ] {
        fs::write(&page, format!("---\ntitle: Aide\n---\n{text}\n")).unwrap();
        let (status, said) = build(arguments);
        assert_eq!((status, said.as_str()), (if text.is_empty() { 2 } else { 1 }, last), "{text:?} {arguments:?}");
        assert!(common::read(&site.join("out")) == old, "{text:?} {arguments:?} changed the old site");
    }
    let names = fs::read_dir(site).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.contains("out") && name != "out").collect();
    assert_eq!(left, [""; 0], "nothing is left beside the output");
}

#[test]
fn a_full_standard_error_stops_nothing() {
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for (arguments, status) in [(&["check"][..], 0), (&["check", "--root", "nowhere"], 2)] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_etape"));
        let run = command.current_dir(folder().join("site")).args(arguments).stderr(full()).output().unwrap();
        assert_eq!(run.status.code(), Some(status), "{arguments:?}");
    }
}

/// A case as its file says it.
struct Case<'t> {
    /// Everything up to the call, and the call.
    given: &'t str,
    files: Vec<(&'t str, Change<'t>)>,
    call: &'t str,
    expected: &'t str,
}

/// What becomes of a file of the healthy site.
enum Change<'t> {
    Text(&'t str),
    Escaped(&'t str),
    Link(&'t str),
    Gone,
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    cases.sort();
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages")
}

/// Gives what differs from what is expected.
fn try_case(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let case = read_case(name, &text);
    let scratch = TempDir::new().unwrap();
    let site = scratch.path().join("site");
    fs::create_dir(&site).unwrap();
    common::copy(&folder().join("site"), &site);
    for (file, change) in &case.files {
        apply(&site.join(file), change);
    }
    let mut words = case.call.split_whitespace();
    assert_eq!(words.next(), Some("etape"), "{name}: a call begins with etape");
    let run = common::etape(&site, &words.collect::<Vec<_>>());
    let mut got = String::new();
    for (title, bytes) in [("stdout", run.stdout), ("stderr", run.stderr)] {
        let said = without_chance(&String::from_utf8(bytes).unwrap(), &site);
        if !said.is_empty() {
            got.push_str(&format!("=== {title}\n{said}"));
            assert!(said.ends_with('\n'), "{name}: {title} ends within a line");
        }
    }
    got.push_str(&format!("=== status {}\n", run.status.code().unwrap()));
    if got == case.expected {
        None
    } else if common::blesses() {
        fs::write(path, format!("{}{got}", case.given)).unwrap();
        None
    } else {
        Some(format!("{name}: {}\n{got}", common::difference(case.expected, &got)))
    }
}

fn read_case<'t>(name: &str, text: &'t str) -> Case<'t> {
    let mut case = Case { given: text, files: Vec::new(), call: "", expected: "" };
    let mut rest = text;
    while let Some(at) = if rest.starts_with("=== ") { Some(0) } else { rest.find("\n=== ").map(|at| at + 1) } {
        rest = &rest[at + "=== ".len()..];
        let (title, body) = rest.split_once('\n').unwrap_or((rest, ""));
        let end = if body.starts_with("=== ") { 0 } else { body.find("\n=== ").map_or(body.len(), |at| at + 1) };
        rest = body;
        if let Some(call) = title.strip_prefix("$ ") {
            case.call = call;
            case.given = &text[..text.len() - body.len()];
            case.expected = body;
            return case;
        }
        case.files.push(if let Some(file) = title.strip_suffix(" is gone") {
            (file, Change::Gone)
        } else if let Some(file) = title.strip_suffix(" escaped") {
            (file, Change::Escaped(&body[..end]))
        } else if let Some((file, target)) = title.split_once(" -> ") {
            (file, Change::Link(target))
        } else {
            (title, Change::Text(&body[..end]))
        });
    }
    panic!("{name}: no line begins with `=== $ etape`");
}

fn apply(file: &Path, change: &Change<'_>) {
    if !matches!(change, Change::Gone) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
    }
    match change {
        Change::Text(text) => fs::write(file, text).unwrap(),
        Change::Escaped(text) => fs::write(file, unescape(text)).unwrap(),
        Change::Link(target) => {
            let _ = fs::remove_file(file);
            std::os::unix::fs::symlink(target, file).unwrap();
        }
        Change::Gone if file.is_dir() => fs::remove_dir_all(file).unwrap(),
        Change::Gone => fs::remove_file(file).unwrap(),
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.extend(plain.as_bytes());
        let length = match escape.as_bytes()[0] {
            b'r' => {
                out.push(b'\r');
                1
            }
            b't' => {
                out.push(b'\t');
                1
            }
            b'x' => {
                out.push(u8::from_str_radix(&escape[1..3], 16).unwrap());
                3
            }
            b'u' => {
                let end = escape.find('}').unwrap();
                let code = u32::from_str_radix(&escape[2..end], 16).unwrap();
                out.extend(char::from_u32(code).unwrap().to_string().bytes());
                end + 1
            }
            b'\n' => 1,
            other => {
                out.push(other);
                1
            }
        };
        rest = &escape[length..];
    }
    out.extend(rest.as_bytes());
    out
}

/// What is said, without what is another at each run: where the site is, and how long it took.
fn without_chance(said: &str, site: &Path) -> String {
    let said = said.replace(site.to_str().unwrap(), "[site]");
    let lines = said.split_inclusive('\n').map(|line| match line.rsplit_once(" (") {
        Some((before, time)) if time.ends_with(" s)\n") => format!("{before} ([time] s)\n"),
        _ => line.to_owned(),
    });
    lines.collect()
}
