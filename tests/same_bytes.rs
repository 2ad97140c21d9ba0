//! The same files go in, the same bytes come out, wherever, whenever and however the build runs (contract §4).

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Builds a site into a folder; `shell` is what a shell does before.
fn build(root: &Path, output: &Path, shell: &str, environment: &[(&str, &str)]) -> common::Tree {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{shell} exec \"$0\" build --output \"$1\" --single-file --zip"));
    command.arg(env!("CARGO_BIN_EXE_etape")).arg(output).current_dir(root);
    command.env("SOURCE_DATE_EPOCH", "1700000000").envs(environment.iter().copied());
    let run = command.output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    common::read(output)
}

#[test]
fn the_same_bytes_come_out() {
    let scratch = TempDir::new().unwrap();
    let here = scratch.path().join("here");
    let there = scratch.path().join("a/longer way, with « signs »/there");
    for root in [&here, &there] {
        fs::create_dir_all(root).unwrap();
        common::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/whole/site"), root);
    }
    let output = |name: &str| scratch.path().join(name);
    let first = build(&here, &output("first"), "", &[]);
    assert!(first.len() > 50, "{}", first.len());
    let is_the_same = |tree: &common::Tree, what: &str| {
        let differing: Vec<&String> =
            first.iter().filter(|(path, bytes)| tree.get(*path) != Some(bytes)).map(|(path, _)| path).collect();
        assert_eq!(differing, Vec::<&String>::new(), "{what}");
        assert_eq!(tree.len(), first.len(), "{what}");
    };
    is_the_same(&build(&here, &output("warm"), "", &[]), "with a warm cache");
    is_the_same(&build(&here, &output("first"), "", &[]), "over what is there");
    is_the_same(&build(&there, &output("there"), "", &[]), "in another folder, with a cold cache");
    for (name, shell, environment) in [
        ("zone", "", &[("TZ", "Pacific/Kiritimati")][..]),
        ("language", "", &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")]),
        ("umask", "umask 077;", &[]),
        ("one", "", &[("RAYON_NUM_THREADS", "1")]),
        ("eight", "", &[("RAYON_NUM_THREADS", "8")]),
        ("late", "find . -name .etape -prune -o -exec touch -d 2001-01-01 {} + ;", &[]),
    ] {
        is_the_same(&build(&here, &output(name), shell, environment), name);
    }
}

#[test]
fn an_edit_over_what_is_there_comes_out_as_from_nothing() {
    let scratch = TempDir::new().unwrap();
    let (root, output) = (scratch.path().join("site"), scratch.path().join("dist"));
    let etape = |arguments: &[&str]| {
        let run =
            Command::new(env!("CARGO_BIN_EXE_etape")).args(arguments).current_dir(scratch.path()).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    let build = |output: &Path| {
        etape(&["build", "--root", "site", "--output", output.to_str().unwrap()]);
        common::read(output)
    };
    etape(&["init", "site"]);
    etape(&["new", "brand", "second", "--root", "site"]);
    build(&output);
    let notes = fs::read_dir(root.join(".etape/cache")).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    // a brand's name that isn't the beginning of a path
    let is_noted = |bytes: Vec<u8>| bytes.windows(7).any(|part| part.starts_with(b"second") && part[6] != b'/');
    assert!(notes.into_iter().any(is_noted), "the next build takes something over");
    let mut edits = 0;
    for path in common::read(&root).keys().filter(|path| !path.starts_with(".etape/")) {
        let more = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            // one step stands for all of them
            "md" if path.contains("/01-") || path.contains("/index") => "\n\nMore.\n",
            "ftl" | "toml" => "\n# More.\n",
            "css" => "\np { margin: 0 }\n",
            "svg" => "\n",
            _ => continue,
        };
        let before = fs::read(root.join(path)).unwrap();
        fs::write(root.join(path), [&before[..], more.as_bytes()].concat()).unwrap();
        assert_eq!(build(&output), build(&scratch.path().join("fresh")), "{path}");
        fs::remove_dir_all(scratch.path().join("fresh")).unwrap();
        // a warning would keep the next build from taking anything over
        fs::write(root.join(path), before).unwrap();
        build(&output);
        edits += 1;
    }
    assert!(edits > 5, "{edits}");
}
