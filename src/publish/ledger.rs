//! What was published of a brand, written beside it: `<brand>/manifest.json`.
//!
//! It never claims too much. Before a file is sent, the ledger says that it is on its way; only when all are there does
//! it say what they hold. So a run that was cut off leaves nothing that the next one believes, or forgets to delete.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Of how files are sent: their types and lifetimes. Another number sends everything once more.
const FORM: u32 = 1;

/// What is there of a brand.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By path relative to the target; the hash of what it holds, or none while it is on its way.
    pub files: BTreeMap<String, Option<String>>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    generator: String,
    form: u32,
    files: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blake3: Option<String>,
}

/// Where it stands, relative to the target.
pub fn path(brand: &str) -> String {
    format!("{brand}/manifest.json")
}

impl Ledger {
    /// As it was written; none if it isn't ours. What another form says is known to be there, and nothing more.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        if written.generator != "etape" {
            return None;
        }
        let is_same = written.form == FORM;
        let files = written.files.into_iter().map(|line| (line.path, line.blake3.filter(|_| is_same))).collect();
        Some(Self { files })
    }

    /// As it is to be written.
    pub fn write(&self) -> Vec<u8> {
        let files =
            self.files.iter().map(|(path, blake3)| Line { path: path.clone(), blake3: blake3.clone() }).collect();
        let written = Written { generator: "etape".to_owned(), form: FORM, files };
        // strings and numbers, written to memory: this can't fail
        let mut bytes = serde_json::to_vec(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let files = [("a/x.html", Some("12")), ("a/y.html", None)];
        let files = files.map(|(path, hash)| (path.to_owned(), hash.map(str::to_owned)));
        let ledger = Ledger { files: files.into() };
        assert_eq!(Ledger::read(&ledger.write()), Some(ledger));
        assert_eq!(Ledger::read(b"{\"name\":\"app\"}"), None);
        let other = b"{\"generator\":\"etape\",\"form\":0,\"files\":[{\"path\":\"a/x.html\",\"blake3\":\"12\"}]}";
        assert_eq!(Ledger::read(other), Some(Ledger { files: [("a/x.html".to_owned(), None)].into() }));
    }
}
