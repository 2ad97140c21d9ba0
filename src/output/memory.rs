//! Sinks without a disk: the memory, for the preview and for tests, and nothing at all, for `check`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::sync::{Arc, Mutex, PoisonError};

use super::{OutputError, Sink, check_path};

/// Keeps every file in memory. There is no manifest: it describes a folder.
#[derive(Debug, Default)]
pub struct Memory {
    files: Mutex<BTreeMap<String, Arc<[u8]>>>,
}

impl Memory {
    /// All files by path.
    pub fn into_files(self) -> BTreeMap<String, Arc<[u8]>> {
        self.files.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Memory {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
        check_path(path)?;
        let (path, bytes) = (path.to_owned(), Arc::from(bytes));
        match self.files.lock().unwrap_or_else(PoisonError::into_inner).entry(path) {
            Slot::Vacant(slot) => {
                slot.insert(bytes);
                Ok(())
            }
            Slot::Occupied(slot) => Err(OutputError::Twice { path: slot.key().clone() }),
        }
    }
}

/// Forgets every file.
#[derive(Debug, Default)]
pub struct Nothing;

impl Sink for Nothing {
    fn put(&self, path: &str, _bytes: &[u8]) -> Result<(), OutputError> {
        check_path(path)
    }

    fn takes_bytes(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_what_it_is_given() {
        let memory = Memory::default();
        memory.put("b/index.html", b"two").unwrap();
        memory.put("a.html", b"one").unwrap();
        let twice = memory.put("a.html", b"three").unwrap_err();
        assert!(matches!(twice, OutputError::Twice { path } if path == "a.html"));
        assert!(matches!(memory.put("../a", b""), Err(OutputError::Path { .. })));
        let files: Vec<_> = memory.into_files().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
        assert_eq!(files, [("a.html".to_owned(), b"one".to_vec()), ("b/index.html".to_owned(), b"two".to_vec())]);
    }

    #[test]
    fn nothing_takes_the_same_paths() {
        assert!(Nothing.put("a/b.html", b"").is_ok());
        assert!(matches!(Nothing.put("/a", b""), Err(OutputError::Path { .. })));
    }
}
