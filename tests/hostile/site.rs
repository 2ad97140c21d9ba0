//! A small site with one file that may say anything: what hostile input is tried on.
//!
//! Not here: what is fed in.

use std::sync::Arc;

use etape::diagnostic::{self, Lines};
use etape::output::Memory;
use etape::pipeline::{self, Options, Tools};
use etape::source::Snapshot;

/// The other files: a text that uses the brand, a message, a screen, and links to the one that may say anything.
const FILES: [(&str, &str); 8] = [
    (
        "site.toml",
        "title = \"Help\"\nlocales = [\"en\", \"fr\"]\n[brands.a]\n[brands.b]\nbase_url = \"https://b.example/\"\n",
    ),
    ("themes/a/theme.toml", "name = \"A\"\n[support]\nemail = \"help@a.example\"\n[facts]\nhosts = [\"x\", \"y\"]\n"),
    ("themes/b/theme.toml", "name = \"B & <C>\"\n"),
    (
        "locales/en/own.ftl",
        "-firm = Firm\nof-brand = { -firm }'s\nmark = { $n ->\n    [one] One\n   *[other] { $n }\n}\n",
    ),
    ("content/g/index.en.md", "---\ntitle: Guide\n---\n\n[one](01-one.md#part) {{ t(id=\"of-brand\") }}\n"),
    ("content/g/01-one.en.md", "---\ntitle: One\n---\n\n## Part\n\n![A screen](screen.svg)\n"),
    ("assets/g/screen.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>"),
    ("assets/g/screen.yaml", "marks:\n  - at: [1, 2, 3, 4]\n    text: of-brand\n"),
];

/// Builds the site with this file in it or in the place of one. Whatever it says, every message can be shown in each of
/// its forms, and nothing panics.
pub fn build(path: &str, bytes: &[u8]) {
    let others = FILES.iter().filter(|(other, _)| *other != path).map(|(path, text)| (*path, text.as_bytes()));
    let snapshot = Arc::new(Snapshot::from_files(others.chain([(path, bytes)])));
    let sink = Memory::default();
    let Ok(Ok(report)) = pipeline::build(&snapshot, &Options::default(), &Tools::default(), &sink) else { return };
    for problem in &report.problems {
        let lines = snapshot.shown(&problem.place.file).map(Lines::new);
        let lines = lines.as_ref();
        let forms = [
            diagnostic::text(problem, lines, true),
            diagnostic::json(problem, lines),
            diagnostic::github(problem, lines),
        ];
        assert!(forms.iter().all(|form| !form.is_empty()));
    }
}
