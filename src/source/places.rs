//! Where on the disk a site's inputs stand: the folders that a preview watches.
//!
//! Not here: watching (`serve`), and which files in them count (`Snapshot`).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::{FOLDERS, is_dropping};

/// A folder with inputs in it, by its real path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder {
    /// Without symbolic links in it.
    pub path: PathBuf,
    /// The folders below it count too.
    pub is_deep: bool,
}

/// The folders that a site's snapshot is read from, by path: the root itself, its four folders, and what symbolic
/// links in them lead to as long as it is in the site. None stands in another deep one.
pub fn folders(root: &Path) -> io::Result<Vec<Folder>> {
    let root = root.canonicalize()?;
    let mut found = BTreeMap::from([(root.clone(), false)]);
    for folder in FOLDERS {
        let top = root.join(folder);
        let Ok(real) = top.canonicalize() else { continue };
        if !real.starts_with(&root) {
            continue;
        }
        if real.is_dir() {
            found.insert(real, true);
        }
        for target in links(&top).filter(|target| target.starts_with(&root)) {
            if target.is_dir() {
                found.insert(target, true);
            } else if let Some(parent) = target.parent() {
                found.entry(parent.to_owned()).or_insert(false);
            }
        }
    }
    // the site's root is never watched with all that stands below it
    found.insert(root, false);
    let deep: Vec<PathBuf> = found.iter().filter(|(_, is_deep)| **is_deep).map(|(path, _)| path.clone()).collect();
    let is_inside = |path: &Path| deep.iter().any(|above| above != path && path.starts_with(above));
    let outer = found.into_iter().filter(|(path, _)| !is_inside(path));
    Ok(outer.map(|(path, is_deep)| Folder { path, is_deep }).collect())
}

/// May a file or folder of this name be an input? Hidden ones and what editors leave behind are none.
pub fn may_be_input(name: &str) -> bool {
    !is_dropping(name)
}

/// Where the symbolic links in a folder lead to.
fn links(top: &Path) -> impl Iterator<Item = PathBuf> {
    let walk = WalkDir::new(top).sort_by_file_name().follow_links(false).into_iter();
    let entries = walk.filter_map(Result::ok).filter(|entry| entry.path_is_symlink());
    entries.filter_map(|entry| entry.path().canonicalize().ok())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_within_the_site() {
        let outside = tempfile::tempdir().unwrap();
        let temporary = tempfile::tempdir().unwrap();
        let root = temporary.path().canonicalize().unwrap();
        for folder in ["content/mfa", "assets", "shared/pictures", "texts", "dist"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("texts/note.md"), "").unwrap();
        symlink("../shared/pictures", root.join("assets/mfa")).unwrap();
        symlink("../../texts/note.md", root.join("content/mfa/01-a.fr.md")).unwrap();
        symlink("mfa", root.join("content/other")).unwrap();
        symlink("..", root.join("content/up")).unwrap();
        symlink(outside.path(), root.join("content/away")).unwrap();
        symlink("nowhere", root.join("content/broken")).unwrap();
        let expected: Vec<_> =
            [("", false), ("assets", true), ("content", true), ("shared/pictures", true), ("texts", false)]
                .into_iter()
                .map(|(path, is_deep)| Folder { path: root.join(path).components().collect(), is_deep })
                .collect();
        assert_eq!(folders(&root).unwrap(), expected);

        let link = outside.path().join("site");
        symlink(&root, &link).unwrap();
        assert_eq!(folders(&link).unwrap(), expected);
    }
}
