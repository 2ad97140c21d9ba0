//! What is kept between builds, seen from the command line.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::common;
use crate::made::{png, screen};
use crate::site::PAGE;

/// What happens to the bytes of an entry.
type Damage = fn(&mut Vec<u8>);

#[test]
fn a_cache_is_kept_used_mended_and_shared() {
    let site = site_on_disk();
    let cache = site.path().join(".etape/cache");
    let run = |arguments: &[&str]| {
        let run = common::etape(site.path(), arguments);
        let said = String::from_utf8(run.stderr).unwrap();
        assert!(run.status.success(), "{said}");
        said
    };
    run(&["check"]);
    assert!(!site.path().join(".etape").exists(), "a check writes nothing");
    assert!(run(&["build"]).contains("2 screens made"));
    let cold = common::read(&site.path().join("dist"));
    assert_eq!(fs::read_dir(&cache).unwrap().filter(|entry| is_entry(&entry.as_ref().unwrap().path())).count(), 2);
    assert!(!run(&["build"]).contains("made"));
    assert_eq!(common::read(&site.path().join("dist")), cold);

    // bits flipped at several places of every entry, and entries cut off
    let damages: [(&str, Damage); 8] = [
        ("mark", |bytes| bytes[0] ^= 8),
        ("hash", |bytes| bytes[20] ^= 8),
        ("size", |bytes| bytes[60] ^= 8),
        ("pixels", |bytes| bytes[400] ^= 8),
        ("later pixels", |bytes| bytes[2000] ^= 8),
        ("nothing", |bytes| bytes.truncate(0)),
        ("only its head", |bytes| bytes.truncate(46)),
        ("half", |bytes| bytes.truncate(900)),
    ];
    for (name, damage) in damages {
        for entry in fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()).filter(|path| is_entry(path)) {
            let mut bytes = fs::read(&entry).unwrap();
            damage(&mut bytes);
            fs::write(&entry, bytes).unwrap();
        }
        fs::remove_dir_all(site.path().join("dist")).unwrap();
        assert!(run(&["build", "--jobs", "1"]).contains("2 screens made"), "{name}");
        assert_eq!(common::read(&site.path().join("dist")), cold, "{name}");
    }

    // two at once, on an empty cache, into folders of their own
    fs::remove_dir_all(site.path().join(".etape")).unwrap();
    let spawn = |output: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_etape"));
        command.current_dir(site.path()).args(["build", "--output", output]).env("SOURCE_DATE_EPOCH", "1700000000");
        command.stderr(std::process::Stdio::piped()).spawn().unwrap()
    };
    fs::create_dir_all(site.path().join("a")).unwrap();
    fs::create_dir_all(site.path().join("b")).unwrap();
    for child in ["a/one", "b/two"].map(spawn) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(common::read(&site.path().join("a/one")), cold);
    assert_eq!(common::read(&site.path().join("b/two")), cold);
    let names: Vec<String> =
        fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.starts_with('.')), "nothing is left half written: {names:?}");

    // one that can't be written is none
    fs::remove_dir_all(site.path().join(".etape")).unwrap();
    fs::write(site.path().join(".etape"), "in the way").unwrap();
    fs::remove_dir_all(site.path().join("dist")).unwrap();
    assert!(run(&["build"]).contains("2 screens made"));
    assert_eq!(common::read(&site.path().join("dist")), cold);
}

#[test]
fn check_tells_which_edition_falls_back_to_what() {
    let site = site_on_disk();
    let run = common::etape(site.path(), &["check", "-v"]);
    let said = String::from_utf8(run.stderr).unwrap();
    let told: Vec<&str> = said.lines().filter(|line| line.contains("code") || line.contains("screen")).collect();
    assert_eq!(
        told,
        ["screen mfa/code.png", "  auvenir/en has code.en.png", "  auvenir/fr falls back to code.png"],
        "{said}"
    );
}

fn is_entry(path: &Path) -> bool {
    path.file_name().unwrap().len() == 64
}

/// A site in two languages with one screen, which has a variant.
fn site_on_disk() -> TempDir {
    let site = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = site.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("site.toml", b"locales = [\"fr\", \"en\"]\n[brands.auvenir]\n");
    write("themes/auvenir/theme.toml", b"name = \"Auvenir\"\n");
    write("content/mfa/index.fr.md", PAGE.as_bytes());
    write("content/mfa/index.en.md", PAGE.as_bytes());
    write("assets/mfa/code.png", &png(screen(700, 300)));
    write("assets/mfa/code.en.png", &png(screen(701, 300)));
    site
}
