//! Whole builds into a folder: what stands there afterwards, and what stands beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::mpsc;

use tempfile::TempDir;

use super::manifest::MARK;
use super::place::{Swap, swap};
use super::{Entry, Folder, OutputError, Sink, Summary, one_by_one};

type Files = [(&'static str, &'static str)];

const OLD: &Files = &[("a/fr/code.html", "code"), ("a/index.html", "one"), ("b/index.html", "two")];
const NEW: &Files = &[("a/fr/code.html", "code"), ("a/index.html", "1"), ("c.html", "three")];

/// Both ways to exchange two trees.
const SWAPS: [Swap; 2] = [swap, no_swap];

fn no_swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

fn never() {
    panic!("nobody else builds here");
}

fn try_build(output: &Path, files: &Files, swap: Swap) -> Result<Summary, OutputError> {
    let folder = Folder::open(output, never)?;
    for (path, text) in files {
        folder.put(path, text.as_bytes())?;
    }
    folder.finish_by(vec![Entry::of("site.toml", b"")], &one_by_one, swap)
}

fn build(output: &Path, files: &Files) -> Summary {
    try_build(output, files, swap).unwrap()
}

/// All that is in a folder: files with their bytes, links with their target, and folders with nothing.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, above: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for part in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{above}{}", part.file_name().to_str().unwrap());
            let kind = part.file_type().unwrap();
            if kind.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                walk(&part.path(), &format!("{name}/"), found);
            } else if kind.is_symlink() {
                let target = part.path().read_link().unwrap();
                found.insert(name, target.into_os_string().into_encoded_bytes());
            } else {
                found.insert(name, fs::read(part.path()).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

/// What a build into an empty place makes, `dist/` in front of every path.
fn fresh(files: &Files) -> BTreeMap<String, Vec<u8>> {
    let site = TempDir::new().unwrap();
    build(&site.path().join("dist"), files);
    tree(site.path())
}

#[test]
fn a_build_makes_exactly_its_files_and_the_manifest() {
    let site = TempDir::new().unwrap();
    let output = site.path().join("out/of/dist");
    assert_eq!(build(&output, OLD), Summary { files: 3, bytes: 10, kept: 0 });
    let names: Vec<_> = tree(site.path()).into_keys().collect();
    let wanted = [
        "out/",
        "out/of/",
        "out/of/dist/",
        "out/of/dist/a/",
        "out/of/dist/a/fr/",
        "out/of/dist/a/fr/code.html",
        "out/of/dist/a/index.html",
        "out/of/dist/b/",
        "out/of/dist/b/index.html",
        "out/of/dist/manifest.json",
    ];
    assert_eq!(names, wanted);

    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(output.join("manifest.json")).unwrap()).unwrap();
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let wanted = serde_json::json!({
        "generator": "etape",
        "version": env!("CARGO_PKG_VERSION"),
        "files": [
            { "path": "a/fr/code.html", "size": 4, "blake3": hash("code") },
            { "path": "a/index.html", "size": 3, "blake3": hash("one") },
            { "path": "b/index.html", "size": 3, "blake3": hash("two") },
        ],
        "inputs": [{ "path": "site.toml", "size": 0, "blake3": hash("") }],
    });
    assert_eq!(manifest, wanted);
}

#[test]
fn an_existing_output_ends_like_a_fresh_one() {
    for swap in SWAPS {
        for (before, after, kept) in [(OLD, NEW, 1), (NEW, OLD, 1), (OLD, OLD, 3), (OLD, &[], 0), (&[], OLD, 0)] {
            let site = TempDir::new().unwrap();
            let output = site.path().join("dist");
            build(&output, before);
            assert_eq!(try_build(&output, after, swap).unwrap().kept, kept);
            assert_eq!(tree(site.path()), fresh(after));
        }
    }
}

#[test]
fn whatever_was_changed_by_hand_is_mended() {
    type Change = fn(&Path);
    let changes: &[Change] = &[
        |dist| fs::write(dist.join("a/index.html"), "eno").unwrap(),
        |dist| fs::remove_file(dist.join("a/index.html")).unwrap(),
        |dist| fs::write(dist.join("a/more.html"), "").unwrap(),
        |dist| fs::create_dir_all(dist.join("a/empty/folder")).unwrap(),
        |dist| fs::remove_dir_all(dist.join("a")).unwrap(),
        |dist| {
            fs::remove_dir_all(dist.join("a/fr")).unwrap();
            fs::write(dist.join("a/fr"), "").unwrap();
        },
        |dist| fs::write(dist.join("manifest.json"), MARK).unwrap(),
        |dist| fs::rename(dist.join("a/index.html"), dist.join("a/INDEX.html")).unwrap(),
        #[cfg(unix)]
        |dist| {
            fs::rename(dist.join("a"), dist.join("b/a")).unwrap();
            std::os::unix::fs::symlink("b/a", dist.join("a")).unwrap();
        },
        #[cfg(unix)]
        |dist| {
            let pipe = dist.join("a/index.html");
            fs::remove_file(&pipe).unwrap();
            rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o644.into(), 0).unwrap();
        },
        #[cfg(unix)]
        |dist| {
            fs::rename(dist.join("a/index.html"), dist.join("a/x")).unwrap();
            std::os::unix::fs::symlink("x", dist.join("a/index.html")).unwrap();
        },
    ];
    for (index, change) in changes.iter().enumerate() {
        for after in [OLD, NEW] {
            let site = TempDir::new().unwrap();
            let output = site.path().join("dist");
            build(&output, OLD);
            change(&output);
            build(&output, after);
            assert_eq!(tree(site.path()), fresh(after), "change {index}");
        }
    }
}

#[cfg(unix)]
#[test]
fn unchanged_files_stay_the_same_files() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let site = TempDir::new().unwrap();
    let output = site.path().join("dist");
    let inode = |path: &str| output.join(path).metadata().unwrap().ino();

    build(&output, OLD);
    let (dist, code, index) = (inode(""), inode("a/fr/code.html"), inode("a/index.html"));
    build(&output, OLD);
    assert_eq!((inode(""), inode("a/fr/code.html"), inode("a/index.html")), (dist, code, index));

    build(&output, NEW);
    assert_eq!(inode("a/fr/code.html"), code);
    assert_ne!(inode(""), dist);
    assert_ne!(inode("a/index.html"), index);
    assert_eq!(output.join("a/fr/code.html").metadata().unwrap().nlink(), 1);

    // Other permissions than a new file would get: it is written anew.
    fs::set_permissions(output.join("a/fr/code.html"), fs::Permissions::from_mode(0o600)).unwrap();
    build(&output, NEW);
    let mode = |path: &str| output.join(path).metadata().unwrap().permissions();
    assert_eq!(mode("a/fr/code.html"), mode("c.html"));
}

#[cfg(unix)]
#[test]
fn new_inputs_with_the_same_result_replace_the_manifest_alone() {
    use std::os::unix::fs::MetadataExt;
    let site = TempDir::new().unwrap();
    let output = site.path().join("dist");
    build(&output, OLD);
    let (before, dist) = (tree(site.path()), output.metadata().unwrap().ino());

    let folder = Folder::open(&output, never).unwrap();
    for (path, text) in OLD {
        folder.put(path, text.as_bytes()).unwrap();
    }
    folder.finish(vec![Entry::of("site.toml", b"# new")], &one_by_one).unwrap();

    let mut after = tree(site.path());
    assert_eq!(output.metadata().unwrap().ino(), dist);
    let manifest = after.insert("dist/manifest.json".to_owned(), before["dist/manifest.json"].clone());
    assert!(String::from_utf8(manifest.unwrap()).unwrap().contains("\"path\":\"site.toml\",\"size\":5,"));
    assert_eq!(after, before);
}

#[test]
fn a_build_that_is_given_up_leaves_no_trace() {
    for before in [None, Some(OLD)] {
        let site = TempDir::new().unwrap();
        let output = site.path().join("out/of/dist");
        if let Some(files) = before {
            build(&output, files);
        }
        let found = tree(site.path());
        let folder = Folder::open(&output, never).unwrap();
        folder.put("x/y.html", b"x").unwrap();
        folder.put("a/index.html", b"1").unwrap();
        drop(folder);
        assert_eq!(tree(site.path()), found);
    }
}

#[test]
fn what_etape_did_not_make_is_refused_and_left_alone() {
    type Make = fn(&Path);
    let not_ours = "was not made by etape";
    let cases: &[(Make, &str, &str)] = &[
        (|site| fs::write(site.join("dist"), "file").unwrap(), "dist", "is a file, not a folder"),
        (
            |site| {
                fs::create_dir(site.join("dist")).unwrap();
                fs::write(site.join("dist/index.html"), "mine").unwrap();
            },
            "dist",
            not_ours,
        ),
        (
            |site| {
                fs::create_dir(site.join("dist")).unwrap();
                fs::write(site.join("dist/manifest.json"), "{\"name\":\"app\"}").unwrap();
            },
            "dist",
            not_ours,
        ),
        (
            |site| {
                fs::create_dir(site.join("dist")).unwrap();
                fs::write(site.join("dist/manifest.json"), "").unwrap();
            },
            "dist",
            not_ours,
        ),
        #[cfg(unix)]
        (
            |site| std::os::unix::fs::symlink("nowhere", site.join("dist")).unwrap(),
            "dist",
            "is a symbolic link, not a folder",
        ),
        #[cfg(unix)]
        (
            |site| {
                build(&site.join("real"), OLD);
                std::os::unix::fs::symlink("real", site.join("dist")).unwrap();
            },
            "dist",
            "is a symbolic link, not a folder",
        ),
        (
            |site| {
                build(&site.join("dist"), OLD);
                fs::create_dir(site.join(".dist.etape-new")).unwrap();
                fs::write(site.join(".dist.etape-new/mine"), "").unwrap();
            },
            ".dist.etape-new",
            not_ours,
        ),
        (
            |site| {
                build(&site.join("dist"), OLD);
                fs::create_dir(site.join(".dist.etape-old")).unwrap();
                fs::write(site.join(".dist.etape-old/manifest.json"), "mine").unwrap();
            },
            ".dist.etape-old",
            not_ours,
        ),
    ];
    for (make, name, what) in cases {
        let site = TempDir::new().unwrap();
        make(site.path());
        let before = tree(site.path());
        let error = try_build(&site.path().join("dist"), NEW, swap).unwrap_err();
        let path = site.path().join(name);
        assert_eq!(error.to_string(), format!("{} {what}: choose another --output or move it away", path.display()));
        assert!(matches!(error, OutputError::Foreign { .. }));
        assert_eq!(tree(site.path()), before);
    }
}

#[test]
fn an_output_needs_a_name() {
    for output in ["/", ".", "..", "dist/..", ""] {
        let error = Folder::open(Path::new(output), never).unwrap_err().to_string();
        let told = "can't be replaced as a whole: choose a folder of its own as --output, such as dist";
        assert_eq!(error, format!("{output} {told}"));
    }
}

#[test]
fn an_empty_folder_is_taken() {
    for swap in SWAPS {
        let site = TempDir::new().unwrap();
        fs::create_dir(site.path().join("dist")).unwrap();
        try_build(&site.path().join("dist"), OLD, swap).unwrap();
        assert_eq!(tree(site.path()), fresh(OLD));
    }
}

#[test]
fn leftovers_of_killed_builds_are_cleaned_up() {
    let begun = |site: &Path, content: &str| {
        fs::create_dir(site.join(".dist.etape-new")).unwrap();
        fs::write(site.join(".dist.etape-new/manifest.json"), content).unwrap();
    };
    type Leave<'a> = &'a dyn Fn(&Path);
    let leftovers: &[Leave] = &[
        &|site| fs::create_dir(site.join(".dist.etape-new")).unwrap(),
        &|site| begun(site, ""),
        &|site| begun(site, "{\"gene"),
        &|site| begun(site, MARK),
        &|site| {
            begun(site, MARK);
            fs::create_dir_all(site.join(".dist.etape-new/a/b")).unwrap();
            fs::write(site.join(".dist.etape-new/a/b/c.html"), "half").unwrap();
        },
        // Killed after the exchange.
        &|site| _ = build(&site.join(".dist.etape-new"), NEW),
        // Killed after two renames.
        &|site| _ = build(&site.join(".dist.etape-old"), NEW),
        // Killed between two renames.
        &|site| {
            build(&site.join(".dist.etape-new"), NEW);
            fs::rename(site.join("dist"), site.join(".dist.etape-old")).unwrap();
        },
    ];
    for (index, leave) in leftovers.iter().enumerate() {
        for given_up in [false, true] {
            let site = TempDir::new().unwrap();
            let output = site.path().join("dist");
            build(&output, OLD);
            leave(site.path());
            if given_up {
                drop(Folder::open(&output, never).unwrap());
                assert_eq!(tree(site.path()), fresh(OLD), "leftover {index}");
            } else {
                assert_eq!(build(&output, OLD).kept, 3);
                assert_eq!(tree(site.path()), fresh(OLD), "leftover {index}");
            }
        }
    }
}

#[test]
fn what_appears_during_the_build_is_left_alone() {
    for swap in SWAPS {
        for file in [false, true] {
            let site = TempDir::new().unwrap();
            let output = site.path().join("dist");
            build(&output, OLD);
            let folder = Folder::open(&output, never).unwrap();
            folder.put("x.html", b"x").unwrap();
            fs::remove_dir_all(&output).unwrap();
            if file {
                fs::write(&output, "mine").unwrap();
            } else {
                fs::create_dir(&output).unwrap();
                fs::write(output.join("mine"), "mine").unwrap();
            }
            let error = folder.finish_by(Vec::new(), &one_by_one, swap).unwrap_err();
            assert!(matches!(error, OutputError::Foreign { path, .. } if path == output));
            let names: Vec<_> = tree(site.path()).into_keys().collect();
            assert_eq!(names, if file { vec!["dist"] } else { vec!["dist/", "dist/mine"] });
        }
    }
}

#[test]
fn a_path_is_put_once() {
    for before in [None, Some(OLD)] {
        let site = TempDir::new().unwrap();
        let output = site.path().join("dist");
        if let Some(files) = before {
            build(&output, files);
        }
        let found = tree(site.path());
        let error = try_build(&output, &[("a/index.html", "one"), ("a/index.html", "one")], swap).unwrap_err();
        let told = "a/index.html was written twice in one build; this is a mistake in etape, please report it";
        assert_eq!(error.to_string(), told);
        assert_eq!(tree(site.path()), found);
        assert!(try_build(&output, &[("a/index.html", "one"), ("a", "file")], swap).is_err());
        assert!(try_build(&output, &[("a", "file"), ("a/index.html", "one")], swap).is_err());
        assert_eq!(tree(site.path()), found);
    }
}

#[test]
fn a_second_build_says_so_and_waits() {
    let site = TempDir::new().unwrap();
    let output = site.path().join("dist");
    let first = Folder::open(&output, never).unwrap();
    first.put("first.html", b"").unwrap();
    let (waiting, waits) = mpsc::channel();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let folder = Folder::open(&output, || waiting.send(()).unwrap()).unwrap();
            let before = tree(&output);
            folder.put("second.html", b"").unwrap();
            folder.finish(Vec::new(), &one_by_one).unwrap();
            before
        });
        waits.recv().unwrap();
        assert!(!second.is_finished());
        first.finish(Vec::new(), &one_by_one).unwrap();
        let before: Vec<_> = second.join().unwrap().into_keys().collect();
        assert_eq!(before, ["first.html", "manifest.json"]);
    });
    let after: Vec<_> = tree(site.path()).into_keys().collect();
    assert_eq!(after, ["dist/", "dist/manifest.json", "dist/second.html"]);
}

#[test]
fn a_waiting_build_survives_the_end_of_its_folder() {
    let site = TempDir::new().unwrap();
    let output = site.path().join("made/for/it/dist");
    let first = Folder::open(&output, never).unwrap();
    let (waiting, waits) = mpsc::channel();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let folder = Folder::open(&output, || waiting.send(()).unwrap()).unwrap();
            folder.put("index.html", b"").unwrap();
            folder.finish(Vec::new(), &one_by_one).unwrap()
        });
        waits.recv().unwrap();
        // Given up, it takes the folders with it that it had made.
        drop(first);
        second.join().unwrap();
    });
    assert!(output.join("index.html").exists());
}

#[test]
fn errors_of_the_system_name_the_file() {
    let site = TempDir::new().unwrap();
    fs::write(site.path().join("file"), "").unwrap();
    let error = Folder::open(&site.path().join("file/dist"), never).unwrap_err();
    assert!(matches!(error, OutputError::Io { doing: "create", .. }), "{error}");

    let output = site.path().join("dist");
    let long = "x".repeat(300);
    let error = Folder::open(&output, never).unwrap().put(&long, b"").unwrap_err().to_string();
    assert!(error.starts_with(&format!("can't write {}/{long}: ", output.display())), "{error}");
}
