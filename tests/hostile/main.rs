//! Whatever stands in a file of a site, a build ends with messages, not with a panic: files put together at random from
//! what means something in them, and from what was found before.
//!
//! `PROPTEST_CASES=1000 cargo test --release --test hostile` tries more than the twelve of every run.

mod page;
mod site;

use std::fs;
use std::path::Path;

use etape::diagnostic::Severity;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Pieces of any file: white space, signs of no meaning, characters of several bytes, and what armour uses.
const ANY: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "é",
    "日本",
    "🦀",
    "\u{202e}",
    "\u{0}",
    "\u{1}",
    "\u{2}",
    "\u{10fe3c}",
    "\u{10f000}",
    "x",
    "10",
    "\"",
    "'",
    "`",
    "\\",
    "#",
    "a: b",
    "}",
    "]]>",
];

const CONTENT: &[&str] = &[
    "---\n",
    "title: One\n",
    "title: [\n",
    "slug: a/b\n",
    "device: phone\n",
    "duration: 9999999999\n",
    "draft: true\n",
    "aliases: [old, ../up, 1]\n",
    "translates: 0123\n",
    "extra:\n  x: &a [*a]\n",
    "{{ brand.name }}",
    "{{ brand.",
    "}}",
    "{% if brand.id == \"a\" %}",
    "{% else %}",
    "{% endif %}",
    "{% for x in brand.facts.hosts %}",
    "{% endfor %}",
    "{{ x | upper }}",
    "{{ t(id=\"of-brand\") }}",
    "{{ t(id=\"mark\", n=1) }}",
    "{% raw %}",
    "{% endraw %}",
    "{% set y = ",
    "# ",
    "## Part {#part}\n",
    "- ",
    "1. ",
    "> ",
    "> [!NOTE]\n",
    "```\n",
    "    ",
    "| a | b |\n|---|---|\n",
    "[^1]",
    "[^1]: ",
    "[x](01-one.md#part)",
    "[x](../up.md)",
    "![x](screen.svg)",
    "![](screen.svg \"t\")",
    "<div>",
    "</div>",
    "<script>",
    "<a href=\"javascript:x\">",
    "<!--",
    "-->",
    "**",
    "_",
    "~~",
    ": ",
    "&amp;",
    "&#x0;",
    "https://x.example",
    "\n\n",
];

const FLUENT: &[&str] = &[
    "a = ",
    "-b = ",
    "of-brand = ",
    "{ ",
    " }",
    "{ -firm }",
    "{ $n ->\n",
    "    [one] ",
    "   *[other] ",
    "\n    ",
    "    .attr = ",
    "{ \"",
    "\" }",
    "# c\n",
    "### g\n",
    "{ NUMBER($n) }",
    "{ a.attr }",
    "{ a }",
    "[",
    "=",
    ".",
];

const YAML: &[&str] = &[
    "marks:\n",
    "  - ",
    "box: ",
    "[1, 2, 3, 4]",
    "text: of-brand",
    "redact:\n",
    "- [0, 0, 1e999, -1]",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "!!int ",
    "? ",
    "|\n  ",
    ">\n  ",
    "\n",
    "~",
    ".nan",
    "- - - -",
];

const TOML: &[&str] = &[
    "title = ",
    "\"Help\"",
    "locales = ",
    "[\"en\"]",
    "[\"fr\", \"fr\"]",
    "[]",
    "[brands.a]\n",
    "[brands]\n",
    "[brands.c]\n",
    "base_url = ",
    "\"https://x.example/\"",
    "\"ftp://x\"",
    "[budget]\n",
    "page = ",
    "-1",
    "1e400",
    "nan",
    "{",
    "}",
    "=",
    ".",
    "\"\"\"",
    "'''",
    "\n",
    "[[brands.a]]\n",
    "name = ",
    "[colors]\n",
    "primary = ",
    "\"#12345\"",
    "[facts]\n",
    "x = ",
];

const TEMPLATE: &[&str] = &[
    "{% extends \"base/step.html\" %}",
    "{% block content %}",
    "{% endblock %}",
    "{{ super() }}",
    "{{ page.body | safe }}",
    "{{ page }}",
    "{{ brand.name | upper }}",
    "{% include \"page.html\" %}",
    "{{ asset(path=\"x\") }}",
    "{% for s in steps %}",
    "{{ s.title }}",
    "{% endfor %}",
    "{% if next %}",
    "{% endif %}",
    "{{ t(id=\"back\") }}",
    "{{ nothing.at.all }}",
    "<p>",
];

/// A text of such pieces and of any.
fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => select(pieces), 1 => select(ANY)];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Few in every run: each builds whole sites, without the optimiser.
fn config() -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 12 };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn content(text in text(CONTENT)) {
        site::build("content/g/01-one.en.md", text.as_bytes());
        site::build("content/g/01-one.en.md", format!("---\ntitle: One\n---\n{text}").as_bytes());
    }

    #[test]
    fn messages(text in text(FLUENT)) {
        site::build("locales/en/own.ftl", text.as_bytes());
    }

    #[test]
    fn sidecars(text in text(YAML)) {
        site::build("assets/g/screen.yaml", text.as_bytes());
    }

    #[test]
    fn settings(text in text(TOML)) {
        site::build("site.toml", text.as_bytes());
        site::build("themes/a/theme.toml", text.as_bytes());
    }

    #[test]
    fn templates(text in text(TEMPLATE)) {
        site::build("themes/a/step.html", text.as_bytes());
    }

    #[test]
    fn bytes(bytes in vec(any::<u8>(), 0..200)) {
        for path in ["content/g/01-one.en.md", "site.toml", "locales/en/own.ftl", "assets/g/screen.svg", "assets/g/screen.png"] {
            site::build(path, &bytes);
        }
    }
}

/// Else all files would be tried on a site with errors, whose pages nobody looks at.
#[test]
fn the_site_itself_has_no_errors() {
    let problems = site::build("content/g/support.en.md", b"---\ntitle: Help\n---\n");
    assert!(problems.iter().all(|problem| problem.severity() == Severity::Warning), "{problems:?}");
}

/// What was found once stays mended: each file of tests/hostile/found is named after the file that it stands for, with
/// `+` for `/`, and a number behind it.
#[test]
fn what_was_found_before() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/found")).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap().replace('+', "/");
        site::build(&name, &fs::read(&file).unwrap());
    }
}
