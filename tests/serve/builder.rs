//! A builder that has built before gives what the command gives, byte for byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use etape::diagnostic::{Diagnostic, Severity};
use etape::output::{Memory, NoStore};
use etape::pipeline::{self, Options, Tools};
use etape::serve::built::{Builder, Built};
use etape::source::Snapshot;

use crate::preview::SITE;

type Files = BTreeMap<&'static str, Vec<u8>>;

/// Every file of a build, by its path in the output, and every problem.
type Seen = (BTreeMap<String, String>, Vec<String>);

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn told(problems: &[Diagnostic]) -> Vec<String> {
    problems.iter().map(|problem| format!("{problem:?}")).collect()
}

/// Everything that can be seen of a build.
fn seen(built: &Built) -> Seen {
    let file = |path: String| {
        let bytes = built.get(&path).unwrap_or_else(|| panic!("{path} is listed, but not there"));
        (path, text(&bytes))
    };
    (built.paths().map(file).collect(), told(built.problems()))
}

fn snapshot(files: &Files) -> Arc<Snapshot> {
    Arc::new(Snapshot::from_files(files.iter().map(|(path, bytes)| (*path, bytes.as_slice()))))
}

fn build(builder: &mut Builder, files: &Files) -> Built {
    builder.build(&snapshot(files)).unwrap()
}

/// What `etape build` makes of the same files.
fn command(files: &Files) -> Seen {
    let memory = Memory::default();
    let report = pipeline::build(&snapshot(files), &Options::default(), &Tools::default(), &memory).unwrap().unwrap();
    (memory.into_files().into_iter().map(|(path, bytes)| (path, text(&bytes))).collect(), told(&report.problems))
}

#[test]
fn warm_is_cold() {
    type Edit = fn(&mut Files);
    fn put(files: &mut Files, path: &'static str, text: &str) {
        files.insert(path, text.as_bytes().to_vec());
    }
    fn replace(files: &mut Files, path: &'static str, from: &str, to: &str) {
        let text = String::from_utf8(files[path].clone()).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        put(files, path, &text.replace(from, to));
    }
    // what changes, and how the edit is told from the one before by the addresses that differ
    let edits: &[(&str, Edit, &[&str])] = &[
        (
            "text",
            |files| replace(files, "content/mfa/02-code.fr.md", "De ", "Envoyé par "),
            &["/one/fr/mfa/code.html", "/two/fr/mfa/code.md"],
        ),
        (
            "title",
            |files| replace(files, "content/mfa/02-code.fr.md", "Le code", "Votre code"),
            &["/one/fr/mfa/code.html", "/one/fr/mfa/open.html"],
        ),
        (
            "front matter",
            |files| replace(files, "content/mfa/02-code.en.md", "title", "duration: 3\ntitle"),
            &["/one/en/mfa/code.html"],
        ),
        (
            "address",
            |files| replace(files, "content/mfa/02-code.en.md", "title", "slug: key\ntitle"),
            &["/one/en/mfa/code.html", "/one/en/mfa/key.html"],
        ),
        ("theme", |files| put(files, "themes/one/style.css", "h1 { color: #333 }\n"), &["/one/fr/mfa/code.html"]),
        (
            "colour",
            |files| {
                put(
                    files,
                    "themes/two/theme.toml",
                    "name = \"Two\"\n[colors]\nprimary = \"#123456\"\n[facts]\nsender = \"no-reply@two.example\"\n",
                )
            },
            &["/two/404.html"],
        ),
        (
            "template",
            |files| {
                put(
                    files,
                    "themes/two/page.html",
                    "{% extends \"base/page.html\" %}{% block heading %}<h1>Two: {{ page.title }}</h1>{% endblock heading %}",
                )
            },
            &[],
        ),
        (
            "base template",
            |files| {
                put(
                    files,
                    "themes/base/redirect.html",
                    "<!DOCTYPE html>\n<title>{{ page.title }}</title><a href=\"{{ target }}\">{{ page.title }}</a>\n",
                )
            },
            &["/one/fr/index.html"],
        ),
        (
            "Fluent",
            |files| replace(files, "locales/fr/terms.ftl", "le portail", "votre portail"),
            &["/one/fr/mfa/open.html", "/two/fr/mfa/open.md"],
        ),
        (
            "Fluent of a brand",
            |files| put(files, "locales/fr/terms@two.ftl", "portal = le portail de Two\n"),
            &["/two/fr/mfa/open.html"],
        ),
        (
            "interface string",
            |files| put(files, "locales/en/interface.ftl", "next-step = Onwards\n"),
            &["/one/en/mfa/open.html"],
        ),
        (
            "fact",
            |files| replace(files, "themes/one/theme.toml", "no-reply@one", "sender@one"),
            &["/one/en/mfa/key.html", "/one/fr/mfa/code.html"],
        ),
        (
            "picture",
            |files| replace(files, "assets/mfa/screen.svg", "height=\"20\"/>", "height=\"10\"/>"),
            &["/one/fr/mfa/open.html"],
        ),
        (
            "new",
            |files| put(files, "content/mfa/03-end.fr.md", "---\ntitle: Fin\n---\nFini.\n"),
            &["/one/fr/mfa/end.html", "/one/en/mfa/end.html"],
        ),
        (
            "new for a brand",
            |files| put(files, "content/mfa/02-code@two.fr.md", "---\ntitle: Le code de Two\n---\nIci.\n"),
            &["/two/fr/mfa/code.html"],
        ),
        (
            "new brand",
            |files| {
                put(
                    files,
                    "site.toml",
                    "title = \"Guides\"\nlocales = [\"fr\", \"en\"]\n[brands.one]\nbase_url = \"https://one.example/\"\n[brands.two]\n[brands.three]\n",
                );
                put(files, "themes/three/theme.toml", "name = \"Three\"\n[facts]\nsender = \"s@three.example\"\n");
            },
            &["/three/fr/mfa/code.html"],
        ),
        (
            "renamed",
            |files| {
                let text = files.remove("content/mfa/03-end.fr.md").unwrap();
                files.insert("content/mfa/00-before.fr.md", text);
            },
            &["/one/fr/mfa/before.html", "/one/fr/mfa/end.html"],
        ),
        ("deleted", |files| drop(files.remove("content/mfa/00-before.fr.md")), &["/one/fr/mfa/before.html"]),
        ("broken link", |files| replace(files, "content/mfa/02-code.fr.md", "01-open.md", "01-opne.md"), &[]),
        ("broken as well", |files| put(files, "content/mfa/01-open.en.md", "---\ntitle: [\n---\n"), &[]),
        ("broken theme", |files| put(files, "themes/one/theme.toml", "name = "), &[]),
        ("not UTF-8", |files| drop(files.insert("content/mfa/index.en.md", b"---\ntitle: \xff\n---\n".to_vec())), &[]),
        (
            "mended",
            |files| {
                for (path, text) in SITE {
                    put(files, path, text);
                }
            },
            &[],
        ),
        ("nothing", |_| {}, &[]),
        (
            "link to a heading",
            |files| {
                replace(files, "content/mfa/01-open.fr.md", "Ouvrez {{", "## Porte\n\nOuvrez {{");
                replace(files, "content/mfa/02-code.fr.md", "01-open.md", "01-open.md#porte");
            },
            &["/one/fr/mfa/code.html", "/one/fr/mfa/open.html"],
        ),
        ("heading renamed", |files| replace(files, "content/mfa/01-open.fr.md", "## Porte", "## Portail"), &[]),
        ("heading back", |files| replace(files, "content/mfa/01-open.fr.md", "## Portail", "## Porte"), &[]),
        (
            "mark",
            |files| {
                put(
                    files,
                    "assets/mfa/screen.yaml",
                    "marks:\n  - box: [1, 1, 9, 9]\n    text: press\n  - box: [1, 1, 99, 9]\n    text: press\n",
                );
                put(files, "locales/fr/marks.ftl", "press = Ici\n");
                put(files, "locales/en/marks.ftl", "press = Here\n");
            },
            &["/two/fr/mfa/open.html"],
        ),
        ("mark's message", |files| put(files, "locales/en/marks.ftl", "press = There\n"), &["/two/en/mfa/open.html"]),
        (
            "variant of a picture",
            |files| {
                let text = files["assets/mfa/screen.svg"].clone();
                files.insert("assets/mfa/screen@two.svg", text);
            },
            &[],
        ),
        (
            "translation marked as of another text",
            |files| {
                replace(files, "content/mfa/02-code.en.md", "title:", "translates: 0123456789ab\ntitle:");
            },
            &[],
        ),
        (
            "translation marked",
            |files| {
                let source = blake3::hash(&files["content/mfa/02-code.fr.md"]).to_hex();
                replace(files, "content/mfa/02-code.en.md", "0123456789ab", &source[..12]);
            },
            &[],
        ),
        ("its source changed", |files| replace(files, "content/mfa/02-code.fr.md", "Voir", "Revoir"), &[]),
        (
            "draft",
            |files| replace(files, "content/mfa/02-code.en.md", "title:", "draft: true\ntitle:"),
            &["/one/en/mfa/code.html"],
        ),
        ("for one brand", |files| replace(files, "content/mfa/01-open.fr.md", "title:", "brands: [one]\ntitle:"), &[]),
        (
            "the text of a page gone",
            |files| put(files, "content/mfa/02-code.fr.md", "---\ntitle: Le code\n---\n"),
            &["/one/fr/mfa/code.html", "/one/fr/mfa/all.html"],
        ),
        (
            "template of everything",
            |files| {
                put(
                    files,
                    "themes/two/all.html",
                    "{% for section in sections %}{% if section.body %}{{ section.body }}{% else %}-{% endif %}{% endfor %}",
                )
            },
            &["/two/en/mfa/all.html"],
        ),
        (
            "template with a mistake",
            |files| put(files, "themes/two/all.html", "{% for section in sections %}{{ section.bdy }}{% endfor %}"),
            &[],
        ),
        (
            "languages in another order",
            |files| replace(files, "site.toml", "[\"fr\", \"en\"]", "[\"en\", \"fr\"]"),
            &[],
        ),
    ];
    let mut files: Files = SITE.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())).collect();
    let mut warm = Builder::new(Options::default(), Arc::new(NoStore));
    let mut before = build(&mut warm, &files);
    assert_eq!(before.problems(), []);
    let mut old = seen(&before).0;
    for (what, edit, addresses) in edits {
        edit(&mut files);
        let after = build(&mut warm, &files);
        let (files, problems) = command(&files);
        let (new, told) = seen(&after);
        assert_eq!(told, problems, "{what}");
        if after.problems().iter().all(|problem| problem.severity() == Severity::Warning) {
            assert_eq!(new, files, "{what}");
        }
        let changed = after.changed_since(&before);
        for address in *addresses {
            assert!(changed.iter().any(|own| own == address), "{what}: no {address} in {changed:#?}");
        }
        // every address is told that differs, and no other
        let all: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let differing: Vec<String> =
            all.into_iter().filter(|path| old.get(*path) != new.get(*path)).map(|path| format!("/{path}")).collect();
        assert_eq!(changed, differing, "{what}");
        (before, old) = (after, new);
    }
}
