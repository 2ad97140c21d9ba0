//! Whole builds into a folder: what stands there afterwards, and what stands beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use tempfile::TempDir;

use super::manifest::MARK;
use super::place::{Swap, swap};
use super::{Entry, Folder, OutputError, Sink, Summary, one_by_one};

pub(super) type Files = [(&'static str, &'static str)];

pub(super) const OLD: &Files = &[("a/fr/code.html", "code"), ("a/index.html", "one"), ("b/index.html", "two")];
pub(super) const NEW: &Files = &[("a/fr/code.html", "code"), ("a/index.html", "1"), ("c.html", "three")];

/// Both ways to exchange two trees.
pub(super) const SWAPS: [Swap; 2] = [swap, no_swap];

fn no_swap(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

pub(super) fn never() {
    panic!("nobody else builds here");
}

pub(super) fn try_build(output: &Path, files: &Files, swap: Swap) -> Result<Summary, OutputError> {
    let folder = Folder::open(output, never)?;
    for (path, text) in files {
        folder.put(path, text.as_bytes())?;
    }
    folder.finish_by(vec![(Entry::of("site.toml", b""), None)], &one_by_one, swap)
}

pub(super) fn build(output: &Path, files: &Files) -> Summary {
    try_build(output, files, swap).unwrap()
}

/// All that is in a folder: files with their bytes, links with their target, and folders with nothing.
pub(super) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
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
pub(super) fn fresh(files: &Files) -> BTreeMap<String, Vec<u8>> {
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

/// Something done by hand to the output of `OLD`.
pub(super) type Change = fn(&Path);

pub(super) const CHANGES: &[Change] = &[
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
    #[cfg(target_os = "linux")]
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

#[test]
fn whatever_was_changed_by_hand_is_mended() {
    for (index, change) in CHANGES.iter().enumerate() {
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
    folder.finish(vec![(Entry::of("site.toml", b"# new"), None)], &one_by_one).unwrap();

    let mut after = tree(site.path());
    assert_eq!(output.metadata().unwrap().ino(), dist);
    let manifest = after.insert("dist/manifest.json".to_owned(), before["dist/manifest.json"].clone());
    assert!(String::from_utf8(manifest.unwrap()).unwrap().contains("\"path\":\"site.toml\",\"size\":5,"));
    assert_eq!(after, before);
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
fn files_of_any_size_come_whole_and_in_order() {
    // around what is written at once, and names that sort otherwise with a slash than without
    let sizes = [0, 1, 9_000, (32 << 10) - 1, 32 << 10, (32 << 10) + 1, 128 << 10, 300_000];
    let folders = ["a", "a-b", "a.b", "aa", "b"];
    let files: Vec<(String, Vec<u8>)> = (0..40)
        .flat_map(|number| folders.map(|folder| (format!("{folder}/{}/{number}.html", number % 3), number)))
        .chain([("a.html".to_owned(), 7), ("top".to_owned(), 8)])
        .map(|(path, number)| {
            let bytes = path.bytes().cycle().take(sizes[number % sizes.len()]).collect();
            (path, bytes)
        })
        .collect();
    let site = TempDir::new().unwrap();
    let output = site.path().join("dist");
    let folder = Folder::open(&output, never).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let (files, folder) = (&files, &folder);
            scope.spawn(move || {
                for (path, bytes) in files.iter().skip(thread).step_by(3) {
                    folder.put(path, bytes).unwrap();
                }
            });
        }
    });
    assert_eq!(folder.finish(Vec::new(), &one_by_one).unwrap().files, files.len());

    let mut expected: BTreeMap<&str, &[u8]> = files.iter().map(|(path, bytes)| (&**path, &**bytes)).collect();
    for (path, bytes) in &expected {
        assert!(fs::read(output.join(path)).unwrap() == *bytes, "{path}");
    }
    let manifest = fs::read_to_string(output.join("manifest.json")).unwrap();
    let listed = manifest.lines().filter_map(|line| line.strip_prefix("{\"path\":\"")?.split('"').next());
    for path in listed {
        assert_eq!(Some(path), expected.pop_first().map(|(path, _)| path));
    }
    assert!(expected.is_empty());
}
