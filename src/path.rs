//! Paths as Étape speaks of them: always relative, always with `/`, never the disk's own form.
//!
//! Here: where a file stands in the site (`SourcePath`), where a page is published (`Address`), and the one
//! conversion between an address and a relative link. Not here: the disk (see `source` and `output`).

use std::fmt;
use std::sync::Arc;

use crate::text::percent;

/// What stands before the last of a separator, and behind it: `rsplit_once`, which is made for long texts and takes several
/// times as long for the end of a path.
pub fn split_last(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().rposition(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// A file of the site, relative to its root: `content/mfa/03-code.fr.md`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePath(Arc<str>);

impl SourcePath {
    /// From a relative path with `/`, as the snapshot spells it.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder, without a trailing `/`; empty for a file at the top.
    pub fn folder(&self) -> &str {
        split_last(&self.0, b'/').map_or("", |(folder, _)| folder)
    }

    /// The name of the file itself.
    pub fn file_name(&self) -> &str {
        split_last(&self.0, b'/').map_or(&self.0, |(_, name)| name)
    }
}

/// Where something is published, relative to its brand's folder: `fr/mfa/code.html`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Arc<str>);

impl Address {
    /// From a relative path with `/`, without `.` or `..` in it.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder, without a trailing `/`; empty for a file at the top.
    pub fn folder(&self) -> &str {
        split_last(&self.0, b'/').map_or("", |(folder, _)| folder)
    }

    /// The address for where only ASCII may stand: absolute addresses, feeds, Markdown.
    pub fn encoded(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        self.push_encoded(&mut out);
        out
    }

    /// Appends the same.
    pub fn push_encoded(&self, out: &mut String) {
        push_encoded(&self.0, out);
    }

    /// The relative link from this page to another address: works under any base path and from `file://`.
    pub fn link_to(&self, other: &Address) -> String {
        let (from, to) = (self.0.as_bytes(), other.0.as_bytes());
        let same = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        let shared = from[..same].iter().rposition(|&b| b == b'/').map_or(0, |slash| slash + 1);
        let ups = from[shared..].iter().filter(|&&b| b == b'/').count();
        let down = &other.0[shared..];
        let mut link = String::with_capacity("../".len() * ups + down.len());
        (0..ups).for_each(|_| link.push_str("../"));
        link.push_str(down);
        link
    }
}

/// Appends an address or a link for where only ASCII may stand.
pub fn push_encoded(path: &str, out: &mut String) {
    percent::push(path, |byte| byte == b'/' || percent::is_unreserved(byte), out);
}

/// How a page writes its links. A page of its own says where things are from where it stands; one that holds
/// everything (`render::single`) says it in other ways.
pub trait Links {
    /// To a page, or to another file that readers open.
    fn page(&self, to: &Address) -> String;
    /// To a file that the page itself shows or needs.
    fn file(&self, to: &Address) -> String;
}

impl Links for Address {
    fn page(&self, to: &Address) -> String {
        self.link_to(to)
    }

    fn file(&self, to: &Address) -> String {
        self.link_to(to)
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_and_shortest() {
        for (from, to, link) in [
            ("fr/mfa/code.html", "fr/mfa/accept.html", "accept.html"),
            ("fr/mfa/code.html", "fr/mfa/code.html", "code.html"),
            ("fr/mfa/code.html", "en/mfa/code.html", "../../en/mfa/code.html"),
            ("fr/mfa/code.html", "fr/mfb/code.html", "../mfb/code.html"),
            ("fr/mfa/code.html", "assets/style.css", "../../assets/style.css"),
            ("index.html", "fr/index.html", "fr/index.html"),
            ("fr/index.html", "index.html", "../index.html"),
        ] {
            assert_eq!(Address::new(from).link_to(&Address::new(to)), link, "{from} to {to}");
        }
    }

    #[test]
    fn only_ascii_stands_in_an_encoded_address() {
        for (path, encoded) in [
            ("fr/mfa/a-b_c~1.html", "fr/mfa/a-b_c~1.html"),
            ("fr/mfa/créer un.html", "fr/mfa/cr%C3%A9er%20un.html"),
            ("é", "%C3%A9"),
        ] {
            let mut out = "x".to_owned();
            Address::new(path).push_encoded(&mut out);
            assert_eq!((Address::new(path).encoded().as_str(), &out[1..]), (encoded, encoded));
        }
    }
}
