//! Trees that are made of the tree before the last: they are what they would be without it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::folder_tests::{SWAPS, never, tree};
use super::ledger_tests::Kept;
use super::place::Swap;
use super::{Entry, Folder, Sink, one_by_one};
use crate::memo::Key;

/// A site's folder with an output whose old trees are kept in another.
struct Site {
    folder: TempDir,
    store: Arc<Kept>,
}

type Tree = BTreeMap<String, String>;

impl Site {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join(".etape")).unwrap();
        Self { folder, store: Arc::default() }
    }

    fn dist(&self) -> PathBuf {
        self.folder.path().join("dist")
    }

    /// The tree before the last, if there is one.
    fn spare(&self) -> Option<PathBuf> {
        let mut kept = fs::read_dir(self.folder.path().join(".etape")).unwrap().map(|entry| entry.unwrap().path());
        let first = kept.next();
        assert_eq!(kept.next(), None);
        first
    }

    fn build(&self, files: &Tree, swap: Swap) {
        let mut folder = Folder::open(&self.dist(), never).unwrap();
        folder.keep_old(&self.folder.path().join(".etape"), 0);
        folder.remember(self.store.clone(), Key::of(b""), &one_by_one);
        files.iter().for_each(|(path, text)| folder.put(path, text.as_bytes()).unwrap());
        folder.finish_by(vec![(Entry::of("site.toml", b""), None)], &one_by_one, swap).unwrap();
        assert_eq!(tree(&self.dist()), fresh(files));
        // nothing is left beside
        let beside = tree(self.folder.path()).into_keys().filter(|path| path.starts_with(".dist"));
        assert_eq!(beside.collect::<Vec<_>>(), [""; 0]);
    }
}

fn fresh(files: &Tree) -> BTreeMap<String, Vec<u8>> {
    let site = TempDir::new().unwrap();
    let folder = Folder::open(&site.path().join("dist"), never).unwrap();
    files.iter().for_each(|(path, text)| folder.put(path, text.as_bytes()).unwrap());
    folder.finish(vec![(Entry::of("site.toml", b""), None)], &one_by_one).unwrap();
    tree(&site.path().join("dist"))
}

/// Nine files, and others over them.
fn files(others: &[(&str, &str)]) -> Tree {
    let all = (0..9).map(|n| (format!("{}/fr/{n}.html", ["a", "b", "c"][n % 3]), format!("page {n}")));
    all.chain(others.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))).collect()
}

#[cfg(unix)]
fn number(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().ino()
}

#[cfg(unix)]
#[test]
fn what_does_not_change_is_one_file_in_both_trees() {
    let site = Site::new();
    let mut last = files(&[("a/fr/0.html", "first")]);
    site.build(&last, SWAPS[0]);
    assert_eq!(site.spare(), None);
    for text in ["second", "third", "fourth"] {
        let before = number(&site.dist());
        let next = files(&[("a/fr/0.html", text)]);
        site.build(&next, SWAPS[0]);
        let spare = site.spare().unwrap();
        assert_eq!(number(&spare), before, "{text}");
        assert_eq!(tree(&spare), fresh(&last), "{text}");
        let is_one = |path: &&String| number(&spare.join(path)) == number(&site.dist().join(path));
        assert_eq!(next.keys().filter(is_one).count(), 8, "{text}");
        last = next;
    }
}

#[test]
fn a_spare_tree_that_was_tampered_with_does_no_harm() {
    let changes: [fn(&Path); 11] = [
        |spare| fs::write(spare.join("a/fr/3.html"), "PAGE 3").unwrap(),
        |spare| fs::remove_file(spare.join("a/fr/3.html")).unwrap(),
        |spare| fs::write(spare.join("a/fr/stranger.html"), "").unwrap(),
        |spare| fs::create_dir_all(spare.join("a/empty/folders")).unwrap(),
        |spare| fs::rename(spare.join("b/fr"), spare.join("b/en")).unwrap(),
        |spare| fs::rename(spare.join("b/fr/1.html"), spare.join("b/fr/4.html")).unwrap(),
        |spare| {
            fs::remove_file(spare.join("c/fr/2.html")).unwrap();
            fs::create_dir_all(spare.join("c/fr/2.html/x")).unwrap();
        },
        |spare| {
            fs::remove_dir_all(spare.join("c")).unwrap();
            fs::write(spare.join("c"), "").unwrap();
        },
        |spare| fs::write(spare.join("manifest.json.new"), "").unwrap(),
        |spare| fs::write(spare.join("manifest.json"), "{\n  \"generator\": \"etape\",\n  \"files\": []\n}").unwrap(),
        |spare| fs::remove_dir_all(spare).unwrap(),
    ];
    for swap in SWAPS {
        for change in &changes {
            let site = Site::new();
            site.build(&files(&[("a/fr/0.html", "first")]), SWAPS[0]);
            site.build(&files(&[("a/fr/0.html", "second")]), SWAPS[0]);
            change(&site.spare().unwrap());
            site.build(&files(&[("a/fr/0.html", "third")]), swap);
            site.build(&files(&[("a/fr/6.html", "last")]), swap);
        }
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_spare_tree_lead_nowhere() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let elsewhere = TempDir::new().unwrap();
    fs::write(elsewhere.path().join("1.html"), "mine").unwrap();
    let site = Site::new();
    site.build(&files(&[]), SWAPS[0]);
    site.build(&files(&[("a/fr/0.html", "second")]), SWAPS[0]);
    let spare = site.spare().unwrap();
    fs::remove_dir_all(spare.join("b/fr")).unwrap();
    symlink(elsewhere.path(), spare.join("b/fr")).unwrap();
    symlink(elsewhere.path(), spare.join("c/fr/link")).unwrap();
    fs::set_permissions(spare.join("a"), fs::Permissions::from_mode(0o700)).unwrap();
    site.build(&files(&[("a/fr/0.html", "third")]), SWAPS[0]);
    let mode = |path: &str| fs::metadata(site.dist().join(path)).unwrap().permissions();
    assert_eq!(mode("a"), mode("b"));
    // the folder itself, and one that isn't ours
    fs::remove_dir_all(&spare).unwrap();
    symlink(site.dist(), &spare).unwrap();
    site.build(&files(&[("a/fr/0.html", "fourth")]), SWAPS[0]);
    fs::remove_file(&spare).unwrap();
    fs::create_dir(&spare).unwrap();
    fs::write(spare.join("mine"), "").unwrap();
    site.build(&files(&[("a/fr/0.html", "fifth")]), SWAPS[0]);
    assert_eq!(tree(&spare).into_keys().collect::<Vec<_>>(), ["mine"]);
    assert_eq!(fs::read(elsewhere.path().join("1.html")).unwrap(), b"mine");
}

#[test]
fn an_exchange_that_fails_leaves_the_old_tree() {
    let site = Site::new();
    site.build(&files(&[]), SWAPS[0]);
    site.build(&files(&[("a/fr/0.html", "second")]), SWAPS[0]);
    let before = tree(&site.dist());
    let mut folder = Folder::open(&site.dist(), never).unwrap();
    folder.keep_old(&site.folder.path().join(".etape"), 0);
    folder.remember(site.store.clone(), Key::of(b""), &one_by_one);
    let next = files(&[("a/fr/0.html", "third")]);
    next.iter().for_each(|(path, text)| folder.put(path, text.as_bytes()).unwrap());
    let broken: Swap = |_, _| Err(std::io::Error::other("no"));
    assert!(folder.finish_by(Vec::new(), &one_by_one, broken).is_err());
    assert_eq!(tree(&site.dist()), before);
    site.build(&next, SWAPS[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever comes after whatever.
    #[test]
    fn any_tree_after_any_other(
        trees in prop::collection::vec(
            prop::collection::btree_map("[ab]/[ab](/[ab])?\\.html|[ab]\\.html/[ab]\\.html", "[xyz]", 0..9),
            2..7,
        ),
        swaps in prop::collection::vec(0..2_usize, 7),
    ) {
        let site = Site::new();
        for (files, swap) in trees.iter().zip(swaps) {
            let mut known = BTreeMap::new();
            // a file can't be a folder too
            for (path, text) in files {
                if !files.keys().any(|other| other.starts_with(&format!("{path}/"))) {
                    known.insert(format!("top/{path}"), text.clone());
                }
            }
            site.build(&known, SWAPS[swap]);
        }
    }
}
