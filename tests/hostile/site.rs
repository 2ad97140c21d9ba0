//! A small site with one file that may say anything: what hostile input is tried on.
//!
//! Not here: what is fed in.

#![expect(clippy::expect_used, reason = "a helper of tests fails like a test")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

use etape::diagnostic::{self, Diagnostic};
use etape::output::{Memory, Store};
use etape::pipeline::{self, Options, Tools};
use etape::serve::built::{Builder, Built};
use etape::source::Snapshot;

use super::page;

/// The other files: a text that uses the brand, a message, a screen, and links to the one that may say anything. What
/// no text reaches is short.
const FILES: [(&str, &str); 11] = [
    ("themes/base/style.css", "p { margin: 0 }\n"),
    ("themes/base/not-found.css", "p { margin: 0 }\n"),
    ("themes/base/guide.js", "\n"),
    (
        "site.toml",
        "title = \"Help\"\nlocales = [\"en\", \"fr\"]\n[brands.a]\n[brands.b]\nbase_url = \"https://b.example/\"\n",
    ),
    ("themes/a/theme.toml", "name = \"A\"\n[support]\nemail = \"help@a.example\"\n[facts]\nhosts = [\"x\", \"y\"]\n"),
    (
        "themes/b/theme.toml",
        "name = \"B & <C>\"\n[facts]\nhosts = [\"javascript:x//\", \"\\\"><img src=x onerror=x>\"]\n",
    ),
    (
        "locales/en/own.ftl",
        "-firm = Firm\nof-brand = { -firm }'s\nmark = { $n ->\n    [one] One\n   *[other] { $n }\n}\n",
    ),
    ("content/g/index.en.md", "---\ntitle: Guide\n---\n\n[one](01-one.md#part) {{ t(id=\"of-brand\") }}\n"),
    ("content/g/01-one.en.md", "---\ntitle: One\n---\n\n## Part\n\n![A screen](screen.svg)\n\n![A photo](photo.png)\n"),
    ("assets/g/screen.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>"),
    ("assets/g/screen.yaml", "marks:\n  - box: [1, 2, 3, 4]\n    text: of-brand\n"),
];

/// A screen that has pixels.
const PHOTO: (&str, &[u8]) = ("assets/g/photo.png", include_bytes!("photo.png"));

/// The site with this file in it or in the place of one.
pub fn snapshot(path: &str, bytes: &[u8]) -> Arc<Snapshot> {
    let others = FILES.iter().map(|(path, text)| (*path, text.as_bytes())).chain([PHOTO]);
    let others = others.filter(|(other, _)| *other != path);
    Arc::new(Snapshot::from_files(others.chain([(path, bytes)])))
}

/// Builds that site as the preview does, and now and then from nothing as the command does. Whatever the file says,
/// nothing panics; every problem lies within a file and can be shown in each of its forms; without errors, the pages are
/// safe to open. Gives the problems.
pub fn build(path: &str, bytes: &[u8]) -> Vec<Diagnostic> {
    let snapshot = snapshot(path, bytes);
    let built = PREVIEW.with_borrow_mut(|preview| preview.build(&snapshot)).expect("nothing was selected");
    let (problems, texts) = (built.problems(), built.texts());
    for problem in problems {
        assert_lies_within(problem, snapshot.shown(&problem.place.file));
        let lines = texts.get(problem);
        let forms = [
            diagnostic::text(problem, lines, true),
            diagnostic::json(problem, lines),
            diagnostic::github(problem, lines),
        ];
        assert!(forms.iter().all(|form| !form.is_empty()));
    }
    assert!(!diagnostic::sarif(problems, &texts).is_empty());
    if !built.is_broken() {
        for path in built.paths().filter(|path| path.ends_with(".html")) {
            let bytes = built.get(&path).expect("a page that is there");
            page::assert_safe(&path, std::str::from_utf8(&bytes).expect("pages are UTF-8"));
        }
    }
    // a build from nothing takes ten times as long: one of sixteen, always the same ones
    if blake3::hash(bytes).as_bytes()[0] < 16 {
        assert_same(&snapshot, &built);
    }
    problems.to_vec()
}

/// A build from nothing has the same problems, and, if there are no errors among them, the same files.
fn assert_same(snapshot: &Arc<Snapshot>, built: &Built) {
    let sink = Memory::default();
    let tools = Tools { store: DRAWINGS.clone(), ..Tools::default() };
    let report = match pipeline::build(snapshot, &Options::default(), &tools, &sink) {
        Ok(Ok(report)) => report,
        Ok(Err(unknown)) => panic!("nothing was selected: {unknown:?}"),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(report.problems, built.problems());
    if !built.is_broken() {
        let files = sink.into_files();
        assert_eq!(built.paths().collect::<BTreeSet<_>>(), files.keys().cloned().collect());
        let differs = files.iter().find(|(path, bytes)| built.get(path).as_ref() != Some(bytes));
        assert!(differs.is_none(), "{differs:?}");
    }
}

thread_local! {
    /// What is the same from build to build is made once.
    static PREVIEW: RefCell<Builder> = RefCell::new(Builder::new(Options::default(), DRAWINGS.clone()));
}

static DRAWINGS: LazyLock<Arc<Drawings>> = LazyLock::new(Arc::default);

/// Keeps the first few drawings, which take longer than all the rest of a build.
#[derive(Default)]
struct Drawings(Mutex<BTreeMap<[u8; 32], Vec<u8>>>);

impl Store for Drawings {
    fn get(&self, key: &blake3::Hash) -> Option<Vec<u8>> {
        self.0.lock().ok()?.get(key.as_bytes()).cloned()
    }

    fn put_parts(&self, key: &blake3::Hash, parts: &[&[u8]]) -> bool {
        let Ok(mut kept) = self.0.lock() else { return false };
        let has_room = kept.len() < 64;
        if has_room {
            kept.insert(*key.as_bytes(), parts.concat());
        }
        has_room
    }
}

/// A place begins and ends between characters of its file; of a file without a text, it is the file as a whole.
fn assert_lies_within(problem: &Diagnostic, text: Option<&str>) {
    let span = &problem.place.span;
    let lies = match text {
        Some(text) => text.get(span.clone()).is_some(),
        None => *span == (0..0),
    };
    assert!(lies, "{span:?} doesn't lie within {:?}: {problem:?}", text.map(str::len));
}
