//! Files added to an author's folder: all of them or none, and never one over another.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::OutputError;

/// Writes new files below a folder, which is made if need be. If one of them is there already, none is written; if the
/// disk refuses one, those before it go again.
pub fn add<'f>(folder: &Path, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<(), OutputError> {
    let files: Vec<(PathBuf, &[u8])> = files.into_iter().map(|(path, bytes)| (folder.join(path), bytes)).collect();
    for (path, _) in &files {
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Ok(_) => return Err(OutputError::Exists { path: path.clone() }),
            Err(error) => return Err(OutputError::io("look at", path, error)),
        }
    }
    let mut made = Vec::new();
    for (path, bytes) in &files {
        if let Err(error) = write(path, bytes, &mut made) {
            for path in made.iter().rev() {
                // files, and folders that are empty again; what can't be removed is ours and does no harm
                let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
            }
            return Err(OutputError::io("write", path, error));
        }
    }
    Ok(())
}

/// Writes one file, and notes what had to be made for it, outermost first.
fn write(path: &Path, bytes: &[u8], made: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        let missing = parent.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        fs::create_dir_all(parent)?;
        made.extend(missing.into_iter().rev());
    }
    let mut file = File::create_new(path)?;
    made.push(path.to_owned());
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten_and_nothing_is_left_half() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().join("new");
        let names = || {
            let mut names: Vec<String> = walkdir::WalkDir::new(scratch.path())
                .min_depth(1)
                .into_iter()
                .map(|entry| entry.unwrap().path().strip_prefix(scratch.path()).unwrap().display().to_string())
                .collect();
            names.sort();
            names
        };
        add(&root, [("a/b.md", &b"one"[..]), ("c.md", b"two")]).unwrap();
        assert_eq!(names(), ["new", "new/a", "new/a/b.md", "new/c.md"]);

        let error = add(&root, [("d.md", &b"three"[..]), ("c.md", b"four")]).unwrap_err();
        assert_eq!(error.to_string(), format!("{} is there already: nothing was written", root.join("c.md").display()));
        assert_eq!(fs::read(root.join("c.md")).unwrap(), b"two");

        // a file where a folder must be
        add(&root, [("e/f/g.md", &b"five"[..]), ("c.md/h.md", b"six")]).unwrap_err();
        assert_eq!(names(), ["new", "new/a", "new/a/b.md", "new/c.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_there() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("a.md")).unwrap();
        assert!(matches!(add(root.path(), [("a.md", &b""[..])]), Err(OutputError::Exists { .. })));
    }
}
