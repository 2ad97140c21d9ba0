//! What a build takes over from the one before, and when it doesn't.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use super::folder_tests::{CHANGES, Files, NEW, OLD, fresh, never, tree};
use super::{Entry, Folder, Made, Sink, Store, one_by_one};
use crate::memo::Key;

/// A store that forgets nothing.
#[derive(Default)]
pub(super) struct Kept(Mutex<BTreeMap<[u8; 32], Vec<u8>>>);

impl Store for Kept {
    fn get(&self, key: &blake3::Hash) -> Option<Vec<u8>> {
        self.0.lock().unwrap().get(key.as_bytes()).cloned()
    }

    fn put_parts(&self, key: &blake3::Hash, parts: &[&[u8]]) -> bool {
        self.0.lock().unwrap().insert(*key.as_bytes(), parts.concat());
        true
    }
}

/// Longer than a kernel's tick.
const A_WHILE: Duration = Duration::from_millis(60);

/// Builds `files`, whose folders `a` and `b` are parts made from `key`; says which of them were taken over.
fn build(output: &Path, files: &Files, store: &Arc<Kept>, (maker, key): (&str, &str)) -> Vec<&'static str> {
    let mut folder = Folder::open(output, never).unwrap();
    folder.remember(store.clone(), Key::of(maker.as_bytes()), &one_by_one);
    let mut kept = Vec::new();
    for part in ["a", "b"] {
        let of_part =
            files.iter().filter(|(path, _)| path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/')));
        let is_same = folder.noted(part).is_some_and(|note| note == key.as_bytes());
        if is_same && folder.keep(part) {
            kept.push(part);
        } else {
            of_part.for_each(|(path, text)| folder.put(path, text.as_bytes()).unwrap());
        }
        folder.done(part, key.as_bytes().to_vec());
    }
    let others = files.iter().filter(|(path, _)| !path.contains('/'));
    others.for_each(|(path, text)| folder.put(path, text.as_bytes()).unwrap());
    folder.finish(vec![(Entry::of("site.toml", b""), None)], &one_by_one).unwrap();
    sleep(A_WHILE);
    kept
}

#[test]
fn what_is_made_from_the_same_is_taken_over() {
    let (site, store) = (TempDir::new().unwrap(), Arc::<Kept>::default());
    let output = site.path().join("dist");
    assert_eq!(build(&output, OLD, &store, ("1", "old")), [""; 0]);
    let made = tree(site.path());
    for _ in 0..3 {
        assert_eq!(build(&output, OLD, &store, ("1", "old")), ["a", "b"]);
        assert_eq!(tree(site.path()), made);
    }
    // from something else, or by another program
    assert_eq!(build(&output, OLD, &store, ("1", "older")), [""; 0]);
    assert_eq!(build(&output, OLD, &store, ("2", "older")), [""; 0]);
    assert_eq!(build(&output, OLD, &store, ("2", "older")), ["a", "b"]);
    // what became links is what it was
    assert_eq!(build(&output, NEW, &store, ("2", "new")), [""; 0]);
    assert_eq!(tree(site.path()), fresh(NEW));
    assert_eq!(build(&output, NEW, &store, ("2", "new")), ["a", "b"]);
    assert_eq!(tree(site.path()), fresh(NEW));
    // another output has notes of its own
    let other = TempDir::new().unwrap();
    assert_eq!(build(&other.path().join("dist"), OLD, &store, ("2", "new")), [""; 0]);
    assert_eq!(tree(other.path()), fresh(OLD));
}

#[test]
fn a_part_that_was_changed_by_hand_is_made_anew() {
    let same_size: fn(&Path) = |dist| {
        let (path, before) = (dist.join("a/index.html"), fs::metadata(dist.join("a/index.html")).unwrap());
        fs::write(&path, "eno").unwrap();
        fs::File::options().append(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
    };
    let exchanged: fn(&Path) = |dist| {
        let [one, two, three] = ["a/index.html", "b/index.html", "x"].map(|name| dist.join(name));
        fs::rename(&one, &three).unwrap();
        fs::rename(&two, &one).unwrap();
        fs::rename(&three, &two).unwrap();
    };
    for (index, change) in CHANGES.iter().chain(&[same_size, exchanged]).enumerate() {
        let (site, store) = (TempDir::new().unwrap(), Arc::<Kept>::default());
        let output = site.path().join("dist");
        for _ in 0..2 {
            build(&output, OLD, &store, ("1", "old"));
        }
        change(&output);
        build(&output, OLD, &store, ("1", "old"));
        assert_eq!(tree(site.path()), fresh(OLD), "change {index}");
    }
}

#[test]
fn some_files_are_taken_over_together_or_not_at_all() {
    let (site, store) = (TempDir::new().unwrap(), Arc::<Kept>::default());
    let output = site.path().join("dist");
    build(&output, OLD, &store, ("1", "old"));
    let mut folder = Folder::open(&output, never).unwrap();
    folder.remember(store.clone(), Key::of(b"1"), &one_by_one);
    let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    assert!(folder.stands("a/index.html") && !folder.stands("a/none.html"));
    assert!(!folder.keep_files(&paths(&["a/index.html", "a/none.html"])));
    fs::write(output.join("b/index.html"), "by hand").unwrap();
    assert!(!folder.stands("b/index.html"));
    assert!(!folder.keep_files(&paths(&["a/index.html", "b/index.html"])));
    assert!(folder.keep_files(&paths(&["a/index.html"])));
    folder.put("b/index.html", b"new").unwrap();
    folder.finish(vec![(Entry::of("site.toml", b""), None)], &one_by_one).unwrap();
    assert_eq!(tree(site.path()), fresh(&[("a/index.html", "one"), ("b/index.html", "new")]));
}

#[test]
fn what_was_written_a_moment_ago_is_looked_at() {
    let (site, store) = (TempDir::new().unwrap(), Arc::<Kept>::default());
    let output = site.path().join("dist");
    for round in 0..50 {
        build_at_once(&output, &store);
        fs::write(output.join("a/index.html"), if round % 2 == 0 { "two" } else { "six" }).unwrap();
        build_at_once(&output, &store);
        assert_eq!(fs::read(output.join("a/index.html")).unwrap(), b"one");
    }
}

fn build_at_once(output: &Path, store: &Arc<Kept>) {
    let mut folder = Folder::open(output, never).unwrap();
    folder.remember(store.clone(), Key::of(b""), &one_by_one);
    if folder.noted("a").is_none() || !folder.keep("a") {
        folder.put("a/index.html", b"one").unwrap();
    }
    folder.done("a", Vec::new());
    folder.finish(Vec::new(), &one_by_one).unwrap();
}

#[test]
fn a_damaged_ledger_is_none() {
    let (site, store) = (TempDir::new().unwrap(), Arc::<Kept>::default());
    let output = site.path().join("dist");
    build(&output, OLD, &store, ("1", "old"));
    let (key, whole) = store.0.lock().unwrap().iter().map(|(key, bytes)| (*key, bytes.clone())).next().unwrap();
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        store.0.lock().unwrap().insert(key, whole[..cut].to_vec());
        assert_eq!(build(&output, OLD, &store, ("1", "old")), [""; 0], "{cut}");
        assert_eq!(tree(site.path()), fresh(OLD));
    }
}

#[test]
fn an_output_that_stands_needs_nothing() {
    let (site, store) = (TempDir::new().unwrap(), Arc::<Kept>::default());
    let output = site.path().join("dist");
    let made = |key: &[u8]| Made { key: Key::of(key), pages: 2, editions: 1 };
    let open = |maker: &[u8]| {
        let mut folder = Folder::open(&output, never).unwrap();
        folder.remember(store.clone(), Key::of(maker), &one_by_one);
        folder
    };
    let build = |folder: &mut Folder| OLD.iter().for_each(|(path, text)| folder.put(path, text.as_bytes()).unwrap());
    for round in 0..4 {
        let mut folder = open(b"");
        let standing =
            folder.standing(Key::of(b"same"), |_| true, &one_by_one).map(|(made, summary)| (made, summary.files));
        assert_eq!(standing, (round > 0).then(|| (made(b"same"), OLD.len())), "{round}");
        if standing.is_none() {
            build(&mut folder);
            folder.note_made(made(b"same"), Vec::new());
            folder.finish(Vec::new(), &one_by_one).unwrap();
        }
        // at once the first time, while everything has just been written
        sleep(if round == 0 { Duration::ZERO } else { A_WHILE });
    }
    assert_eq!(open(b"").standing(Key::of(b"other"), |_| true, &one_by_one), None);
    assert_eq!(open(b"another program").standing(Key::of(b"same"), |_| true, &one_by_one), None);
    let manifest: fn(&Path) = |dist| {
        let text = fs::read_to_string(dist.join("manifest.json")).unwrap();
        fs::write(dist.join("manifest.json"), text + "\n").unwrap();
    };
    for (index, change) in CHANGES.iter().chain(&[manifest]).enumerate() {
        change(&output);
        let mut folder = open(b"");
        assert_eq!(folder.standing(Key::of(b"same"), |_| true, &one_by_one), None, "change {index}");
        build(&mut folder);
        folder.note_made(made(b"same"), Vec::new());
        folder.finish(Vec::new(), &one_by_one).unwrap();
        assert!(open(b"").standing(Key::of(b"same"), |_| true, &one_by_one).is_some(), "change {index}");
    }
}
