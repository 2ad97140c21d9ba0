//! Messages that the tests of every form print.
//!
//! Not here: what the forms make of them.

use super::{Code, Diagnostic, Place};
use crate::path::SourcePath;

/// The contract's own example, and the text it stands in.
pub fn broken_link() -> (Diagnostic, &'static str) {
    let source = "# Étape 4\nVoir l’[étape 3](3-code.md).\n";
    let start = source.find("3-code.md").unwrap();
    let file = SourcePath::new("content/mfa/04-accept.fr.md");
    let message = "no step or page \"3-code.md\" in guide \"mfa\"";
    let place = Place::new(&file, start..start + "3-code.md".len());
    let d = Diagnostic::new(Code::LinkBroken, place, message);
    (d.help("did you mean \"03-code.md\"?"), source)
}

/// A warning of one brand in one locale, on the second line of `é\r\n# Code`, with a line break in its message.
pub fn in_one_edition() -> Diagnostic {
    let file = SourcePath::new("content/mfa/03-code.fr.md");
    Diagnostic::new(Code::HeadingSkipped, Place::new(&file, 4..5), "a heading\nbelow")
        .in_edition(&"auvenir".into(), &"fr".into())
}

/// A problem of a file as a whole.
pub fn everywhere() -> Diagnostic {
    let place = Place::start_of(&SourcePath::new("site.toml"));
    Diagnostic::new(Code::ConfigInvalid, place, "site.toml lists no locale").help("add a line: locales = [\"fr\"]")
}
