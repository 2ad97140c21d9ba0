//! Builds that don't end well: given up, killed, refused, or in each other's way.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use tempfile::TempDir;

use super::folder_tests::{NEW, OLD, SWAPS, build, fresh, never, tree, try_build};
use super::manifest::MARK;
use super::place::swap;
use super::{Folder, OutputError, Sink, one_by_one};

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
    let folder = Folder::open(&output, never).unwrap();
    let put = folder.put(&long, b"");
    let error = put.and_then(|()| folder.finish(Vec::new(), &one_by_one)).unwrap_err().to_string();
    assert!(error.starts_with(&format!("can't write {}/{long}: ", output.display())), "{error}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_changed_is_deleted_with_the_rest() {
    use std::os::unix::fs::PermissionsExt;
    let site = TempDir::new().unwrap();
    let output = site.path().join("dist");
    build(&output, OLD);
    for folder in ["a/fr", "a"] {
        fs::set_permissions(output.join(folder), fs::Permissions::from_mode(0o555)).unwrap();
    }
    build(&output, NEW);
    assert_eq!(tree(site.path()), fresh(NEW));
}

#[test]
fn a_foreign_folder_is_left_alone_however_the_manifest_is_laid_out() {
    let laid_out: [fn(&str) -> String; 3] = [
        |text| text.replace('\n', ""),
        |text| format!("{:#}", serde_json::from_str::<serde_json::Value>(text).unwrap()),
        |text| text[..text.len() / 2].to_owned(),
    ];
    for lay_out in laid_out {
        let site = TempDir::new().unwrap();
        let output = site.path().join("dist");
        build(&output, OLD);
        fs::create_dir(output.join(".git")).unwrap();
        let manifest = output.join("manifest.json");
        fs::write(&manifest, lay_out(&fs::read_to_string(&manifest).unwrap())).unwrap();
        assert!(matches!(try_build(&output, NEW, swap), Err(OutputError::Foreign { .. })));
        assert!(output.join(".git").is_dir());
    }
}
