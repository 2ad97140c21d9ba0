//! A build over what is there gives the files and the messages of a build from nothing, also where the texts of brands
//! that stand aren't even read.
//!
//! Not here: edits of every kind of file (`same_bytes`), and builds that are killed (`faults`).

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use etape::memo::Key;
use etape::output::{Cache, Entry, Folder, one_by_one};
use etape::path::SourcePath;
use etape::pipeline::{self, Options, Report, Tools};
use etape::source::{File, Listing, Snapshot};
use etape::stamp::Stamp;
use tempfile::TempDir;

/// No disk's clock ticks more slowly.
const TICK: Duration = Duration::from_millis(2100);

/// Three brands that share a text and have another one each; the second has a guide for itself.
fn write_site(root: &Path) {
    put(root, "site.toml", "locales = [\"fr\", \"en\"]\n[brands.a]\n[brands.b]\n[brands.c]\n");
    for brand in ["a", "b", "c"] {
        let name = brand.to_uppercase();
        put(
            root,
            &format!("themes/{brand}/theme.toml"),
            &format!("name = \"{name}\"\n[support]\nemail = \"{brand}@example.com\"\n[facts]\nsender = \"{name}\"\n"),
        );
        for locale in ["fr", "en"] {
            put(root, &format!("locales/{locale}/terms@{brand}.ftl"), &format!("of-brand = {name}’s\n"));
            let text = "[next](02-two.md) {{ brand.facts.sender }} ![a screen](x.svg) {{ t(id=\"of-brand\") }}\n";
            put(root, &format!("content/g/01-one@{brand}.{locale}.md"), &page("One", text));
        }
    }
    for locale in ["fr", "en"] {
        put(root, &format!("locales/{locale}/only.ftl"), "only-b = for b\n");
        put(root, &format!("content/g/index.{locale}.md"), &page("Guide", "A guide.\n"));
        put(root, &format!("content/g/02-two.{locale}.md"), &page("Two", "[back](01-one.md)\n"));
        put(root, &format!("content/only/index@b.{locale}.md"), &page("Only", "{{ t(id=\"only-b\") }}\n"));
        put(root, &format!("content/only/01-one@b.{locale}.md"), &page("One", "![a screen](y.svg)\n"));
        // no guide without a first page, and no mistake, since another brand has one
        put(root, &format!("content/only/02-two@a.{locale}.md"), &page("Two", ""));
        put(root, &format!("content/g/03-extra@b.{locale}.md"), &page("Extra", ""));
    }
    let svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>";
    put(root, "assets/g/x.svg", svg);
    // no page, so no guide whose pictures somebody should use
    put(root, "content/x/sub/notes@b.md", "notes");
    put(root, "assets/x/y.txt", "notes");
    put(root, "assets/only/y.svg", svg);
}

fn page(title: &str, text: &str) -> String {
    format!("---\ntitle: {title}\n---\n\n{text}")
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What came of a build, what was told, and how it ended.
fn built(root: &Path, output: &str) -> (common::Tree, String, Option<i32>) {
    let (told, status) = told(root, &["build", "--output", output]);
    (common::read(&root.join(output)), told, status)
}

fn told(root: &Path, arguments: &[&str]) -> (String, Option<i32>) {
    let run = common::etape(root, arguments);
    let said = String::from_utf8(run.stderr).unwrap();
    // the last line says where and how long
    let told = said.trim_end().rsplit_once('\n').map_or("", |(told, _)| told);
    (told.to_owned(), run.status.code())
}

#[test]
fn an_edit_of_any_text_comes_out_as_from_nothing() {
    let site = TempDir::new().unwrap();
    let root = site.path();
    write_site(root);
    sleep(TICK);
    assert_eq!(built(root, "dist").2, Some(0));
    let link = page("One", "[a page](03-nine.md)\n");
    let other = page("One", "[a page](03-extra.md) [a guide](../only/02-two.md) [a slip](03-exta.md)\n");
    let plain = page("One", "Nothing.\n");
    let draft = "---\ntitle: One\ndraft: true\n---\n";
    let two = page("Two", "[back](01-one.md) [on](04-new.md) [other](../only/01-one.md)\n");
    let unknown = page("Guide", "{{ brand.facts.sendr }}\n");
    // what gzip can't do much about
    let random = |text: &mut String| {
        let mut state: u32 = 1;
        for _ in 0..60_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push(char::from(b'a' + u8::try_from((state >> 24) % 26).unwrap()));
            text.extend((state >> 16).is_multiple_of(7).then_some(' '));
        }
    };
    let mut heavy = page("One", "");
    random(&mut heavy);
    let svg = fs::read_to_string(root.join("assets/g/x.svg")).unwrap();
    // each edit is several files; none is one that goes
    let edits: Vec<Vec<(&str, Option<&str>)>> = vec![
        vec![("content/g/01-one@a.fr.md", Some(&plain))],
        vec![("content/g/01-one@a.fr.md", Some(&heavy)), ("content/g/01-one@a.en.md", Some(&heavy))],
        vec![("content/g/01-one@a.fr.md", Some(&link))],
        vec![("content/g/01-one@a.fr.md", Some(&other))],
        vec![("content/only/02-two@a.fr.md", Some(&link))],
        vec![("content/only/index@b.fr.md", Some(&plain)), ("content/only/index@b.en.md", Some(&plain))],
        vec![("content/g/04-new@a.fr.md", Some(&plain)), ("content/g/04-new@a.en.md", Some(&plain))],
        vec![("content/g/02-two.fr.md", None), ("content/g/02-two.en.md", None)],
        vec![("content/g/02-two.fr.md", Some(&two)), ("content/g/04-new@b.fr.md", Some(&plain))],
        vec![("content/g/01-one@c.fr.md", Some(draft)), ("content/g/01-one@c.en.md", Some(draft))],
        vec![("content/g/01-one@c.fr.md", None)],
        vec![("content/g/index.en.md", Some(&unknown))],
        vec![("content/g/01-one@b.fr.md", Some(&unknown))],
        vec![("content/only/01-one@a.fr.md", Some(&plain)), ("content/only/01-one@a.en.md", Some(&plain))],
        vec![("assets/only/z.svg", Some(&svg)), ("content/g/01-one@a.en.md", Some(&plain))],
        vec![("assets/g/z.svg", Some(&svg)), ("content/g/01-one@a.en.md", Some(&plain))],
        vec![("content/g/01-one@d.fr.md", Some(&plain))],
        vec![("content/g/01-one@b.fr.md", Some("no front matter"))],
        vec![("themes/b/theme.toml", Some("name = \"Bee\"\n[facts]\nsender = \"B\"\n"))],
        vec![("themes/a/theme.toml", Some("name = \"A\"\n[facts]\nother = \"A\"\n"))],
        vec![("locales/fr/terms@c.ftl", Some("of-brand = de C\nmore = more\n"))],
        vec![("locales/fr/terms@c.ftl", Some(""))],
        vec![("content/g/notes.txt", Some("notes"))],
        vec![("site.toml", Some("locales = [\"fr\", \"en\"]\n[brands.a]\n[brands.b]\n"))],
        vec![(
            "site.toml",
            Some("locales = [\"fr\", \"en\"]\n[brands.a]\n[brands.b]\n[brands.c]\n[budget]\npage = 15\n"),
        )],
        vec![("site.toml", Some("title = \"T\"\nlocales = [\"en\", \"fr\"]\n[brands.a]\n[brands.b]\n[brands.c]\n"))],
    ];
    for edit in edits {
        let before: Vec<_> = edit.iter().map(|(path, _)| (*path, fs::read_to_string(root.join(path)).ok())).collect();
        let change = |path: &str, text: Option<&str>| match text {
            Some(text) => put(root, path, text),
            None => fs::remove_file(root.join(path)).unwrap(),
        };
        edit.iter().for_each(|(path, text)| change(path, *text));
        let (over, fresh, checked) = (built(root, "dist"), built(root, "fresh"), told(root, &["check"]));
        assert_eq!((&over.1, over.2), (&fresh.1, fresh.2), "{edit:?}");
        assert_eq!((&*over.1, over.2), (&*checked.0, checked.1), "{edit:?}");
        if edit.contains(&("content/g/01-one@a.en.md", Some(&heavy))) {
            assert_eq!(over.1.matches("page-heavy").count(), 1, "{}", over.1);
        }
        if over.2 == Some(0) {
            assert_eq!(over.0, fresh.0, "{edit:?}");
        }
        let _ = fs::remove_dir_all(root.join("fresh"));
        before.iter().for_each(|(path, text)| change(path, text.as_deref()));
        assert_eq!(built(root, "dist").2, Some(0));
    }
}

/// Builds a site as the command does, but for reading: `between` comes after the listing.
fn build(root: &Path, between: impl FnOnce()) -> (Report, Arc<Snapshot>) {
    let mut folder = Folder::open(&root.join("dist"), || {}).unwrap();
    let since = SystemTime::now();
    let listing = Listing::new(root).unwrap();
    let cache = Arc::new(Cache::new(root, Duration::from_secs(1_700_000_000), true));
    folder.remember(cache, Key::of(b"this program"), &one_by_one);
    between();
    let known = |path: &SourcePath, stamp: &Stamp| folder.known_input(path.as_str(), stamp);
    let snapshot = Arc::new(listing.read_leanly(&known).unwrap());
    let report = pipeline::build(&snapshot, &Options::default(), &Tools::default(), &folder).unwrap().unwrap();
    let inputs = snapshot.settled(since).filter_map(|(path, stamp)| {
        let entry = Entry::of(path.as_str(), snapshot.text(path)?.as_bytes());
        Some((entry, Some(*stamp)))
    });
    folder.finish(inputs.collect(), &one_by_one).unwrap();
    (report, snapshot)
}

#[test]
fn texts_of_brands_that_stand_are_not_read() {
    let site = TempDir::new().unwrap();
    let root = site.path();
    write_site(root);
    sleep(TICK);
    build(root, || {});
    let first = common::read(&root.join("dist"));
    put(root, "content/g/01-one@a.fr.md", &page("One", "Nothing.\n"));
    // what isn't there any more can't be read
    let (gone, text) =
        (root.join("content/g/01-one@b.fr.md"), fs::read(root.join("content/g/01-one@b.fr.md")).unwrap());
    let (report, snapshot) = build(root, || fs::remove_file(&gone).unwrap());
    assert_eq!(report.problems, []);
    assert_eq!((report.pages, report.editions), (24, 6));
    let later = snapshot.under("content").filter(|(_, file)| matches!(file, File::Later(_))).count();
    assert_eq!(later, 15, "the texts of one brand");
    let second = common::read(&root.join("dist"));
    let changed: Vec<&String> = second.keys().filter(|path| second.get(*path) != first.get(*path)).collect();
    let of_a = |path: &&String| path.starts_with("a/fr/") || path.as_str() == "manifest.json";
    assert!(changed.len() > 2 && changed.iter().all(of_a), "{changed:?}");
    fs::write(gone, text).unwrap();
}
