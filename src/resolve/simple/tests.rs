//! Texts expanded without Tera, held against Tera; and texts with holes, against the same with words.

use super::*;
use crate::parse::markdown::{self, Replacement, Slot};
use crate::resolve::values::map;
use crate::text::typography::Typography;

fn context() -> Context {
    let mut context = Context::new();
    let brand = map([
        ("name", Value::normal_string("L'Été & Cie")),
        ("id", Value::normal_string("ete")),
        ("facts", map([("sender", Value::normal_string("no-reply@x.ca")), ("n", Value::from(3))])),
    ]);
    context.insert_value("brand", brand);
    context.insert_value("title", Value::normal_string("1. a_b"));
    context.insert_value("safe", Value::safe_string("<b>"));
    context.insert_value("nothing", Value::none());
    context
}

/// As `expand` has it.
fn by_tera(text: &str) -> Option<String> {
    let mut tera = tera::Tera::new();
    tera.autoescape_on([""]);
    tera.set_escape_fn(armour::write);
    terms::register(&mut tera);
    tera.render_str(text, &context(), true).ok()
}

#[test]
fn what_is_simple_comes_out_as_of_tera() {
    for text in [
        "",
        "no placeholder, { # and { { x",
        "{{ brand.name }}",
        "{{brand.name}}{{ brand.facts.sender }}\n",
        "a {{\n brand.id\t}} b\n\n{{ title }} é {{title}}",
        "- {{ title }}\n- x }} y",
    ] {
        let simple = Simple::new(text).unwrap();
        assert_eq!(simple.expand(text, &context(), 1 << 20), by_tera(text), "{text}");
    }
}

#[test]
fn the_rest_is_teras() {
    for text in [
        "{{- brand.name }}",
        "{{ brand.name -}}",
        "{{ brand.name | upper }}",
        "{{ brand['name'] }}",
        "{{ brand.name ~ title }}",
        "{{ \"x\" }}",
        "{{ 1 }}",
        "{{ true }}",
        "{{ }}",
        "{{ brand. }}",
        "{{ .brand }}",
        "{{ t(id=title) }}",
        "{{ t(id=\"a\", x=1) }}",
        "{{ t(id=\"a\"~\"b\") }}",
        "{{ brand.name",
        "{% if brand.name %}x{% endif %}",
        "{% raw %}{{ brand.name }}{% endraw %}",
        "\u{1}\u{2} {{ title }} \u{2}\u{1}",
    ] {
        assert!(Simple::new(text).is_none(), "{text}");
    }
    for text in [
        "{{ brand.facts.n }}",
        "{{ brand.facts }}",
        "{{ brand.more }}",
        "{{ safe }}",
        "{{ nothing }}",
        "{{ x }}",
        "{{ title.x }}",
    ] {
        let simple = Simple::new(text).unwrap();
        assert_eq!(simple.expand(text, &context(), 1 << 20), None, "{text}");
    }
    let simple = Simple::new("{{ title }}").unwrap();
    assert_eq!(simple.expand("{{ title }}", &context(), 3), None);
}

#[test]
fn a_unit_behind_a_link_is_a_unit() {
    let mut context = Context::new();
    for (name, value) in [("a", "Acme"), ("n", "e9")] {
        context.insert_value(name, Value::normal_string(value));
    }
    for (text, is_shared) in [
        ("[{{ n }}](03-x.md) %", false),
        ("[{{ n }}]({{ a }}) %", false),
        ("<b>{{ n }}</b> $", false),
        ("**{{ n }}** €", false),
        ("[{{ a }}](03-x.md) %", true),
        ("[{{ n }}](03-x.md) or l'{{ a }}", true),
    ] {
        let simple = Simple::new(text).unwrap();
        assert_eq!(simple.shape(text, &context, 1 << 20).is_some(), is_shared, "{text}");
    }
}

/// A text as it is read, everything in order; words put into its holes.
fn read(text: &str, locale: &str, words: &Words) -> String {
    let body = markdown::render(text, &Typography::new(locale));
    let mut flat = String::new();
    let mut from = 0;
    for (at, slot) in &body.slots {
        flat.push_str(&body.html[from..*at]);
        from = *at;
        flat.push_str(&match slot {
            Slot::Page { target, anchor, .. } => format!("[page {target} {anchor:?}]"),
            Slot::Anchor { anchor, .. } => format!("[anchor {anchor}]"),
            Slot::File { target, is_picture, .. } => format!("[file {target} {is_picture}]"),
            Slot::Picture(picture) => format!("[picture {} {} {:?}]", picture.target, picture.alt, picture.stand),
            other => format!("[{other:?}]"),
        });
    }
    flat.push_str(&body.html[from..]);
    let mut twin = 0;
    for patch in body.patches.iter().filter(|patch| !matches!(patch.with, Replacement::Slot(_))) {
        if patch.span.start >= twin {
            armour::push_markdown(&text[twin..patch.span.start], &mut flat);
            flat.push_str(match &patch.with {
                Replacement::Text(with) => with,
                _ => "[marks]",
            });
            twin = patch.span.end;
        }
    }
    armour::push_markdown(&text[twin..], &mut flat);
    flat.push_str(&format!("{} findings, {:?}", body.findings.len(), body.anchors));
    let mut filled = String::new();
    words.fill(&flat, &mut filled);
    filled
}

/// What a mould would refuse: a hole where an address or an id is.
fn is_refused(text: &str, locale: &str, words: usize) -> bool {
    let body = markdown::render(text, &Typography::new(locale));
    let names = body.slots.iter().any(|(_, slot)| match slot {
        Slot::Page { target, anchor, .. } => holes::has(target) || anchor.as_deref().is_some_and(holes::has),
        Slot::Anchor { anchor: name, .. } | Slot::File { target: name, .. } | Slot::Id(name) => holes::has(name),
        Slot::Picture(picture) => holes::has(&picture.target),
        _ => false,
    });
    let alts = body.slots.iter().filter_map(|(_, slot)| match slot {
        Slot::Picture(picture) => Some(picture.alt.as_str()),
        _ => None,
    });
    let shown: std::collections::BTreeSet<usize> = alts.chain([&*body.html]).flat_map(holes::marks).collect();
    names || !body.findings.is_empty() || shown.len() < words
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 12000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_text_with_holes_is_read_as_with_the_words(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 1..8),
        values in proptest::collection::vec(proptest::sample::select(VALUES.to_vec()), 3),
        locale in proptest::sample::select(vec!["fr", "fr-CA", "en", "es"]),
    ) {
        let text = pieces.concat();
        let Some(simple) = Simple::new(&text) else { return Ok(()) };
        let mut context = Context::new();
        context.insert_value("d", map([("b_c", Value::normal_string(values[0]))]));
        for (name, value) in ["a", "b", "c"].iter().zip(&values) {
            context.insert_value(*name, Value::normal_string(value));
        }
        let Some(direct) = simple.expand(&text, &context, 1 << 20) else { return Ok(()) };
        let Some(shape) = simple.shape(&text, &context, 1 << 20) else { return Ok(()) };
        let mut filled = String::new();
        shape.words.fill(&shape.text, &mut filled);
        proptest::prop_assert_eq!(&filled, &direct);
        if !is_refused(&shape.text, locale, shape.words.len()) {
            proptest::prop_assert_eq!(read(&shape.text, locale, &shape.words), read(&direct, locale, &Words::default()));
        }
    }
}

const PIECES: &[&str] = &[
    "{{ a }}",
    "{{ d.b_c }}",
    "{{ t(id=\"x-y\") }}",
    "{{\n a\t}}",
    "{{ b }}",
    "{{ c }}",
    "{{ a }}",
    "{{ b }}",
    " ",
    " ",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "## ",
    "**",
    "*",
    "_",
    "`",
    "[",
    "]",
    "](",
    ")",
    "](mailto:",
    "](tel:",
    "](https://x.example/",
    "](03-x.md)",
    "![",
    "](qr:",
    "](x.png)",
    "[x]({{ a }}{{ b }})",
    "[x]({{ a }}%{{ b }})",
    "[{{ a }}](https://x.example/{{ b }}/{{ c }}?q={{ a }}-{{ b }})",
    "[x](https://x.example/a%20b%{{ c }}/%2{{ a }})",
    "[x](https://x.example/%{{ a }}{{ b }}{{ c }})",
    "[x](mailto:{{ a }}%40{{ b }}?subject={{ c }}%20{{ a }})",
    "[x](tel:{{ a }};ext={{ b }})",
    "[x](java{{ a }}:{{ b }})",
    "[x]({{ a }}:{{ b }}{{ c }})",
    "[x](a{{ a }}.{{ b }})",
    "[x](<{{ a }}/{{ b }}> \"{{ c }}\")",
    "![{{ a }}](qr{{ b }}{{ c }})",
    "![{{ a }}]({{ b }}{{ c }} \"{{ a }}\")",
    "l'",
    "'",
    "\"",
    "« ",
    " »",
    "“",
    "”",
    ":",
    " : ",
    " ; ",
    " ! ",
    " ?",
    "...",
    ".",
    ",",
    "%",
    " %",
    " $",
    "|",
    "| ",
    "\n|---|\n",
    "x",
    "mot",
    "5",
    ": ",
    "#",
    "@",
    "/",
    "-",
    " – ",
    "~~",
    "\\",
    "(",
    "://",
    "www.",
    "s",
    "'s",
    "[x] ",
    "[!NOTE]\n",
    "    ",
    "\t",
    "é",
    "+",
    "$",
    "%20",
    "%2",
    "%C3%A9",
    "&",
    "&amp;",
    "&#x20;",
    "&#",
    ";",
    "\\_",
    "\\%",
    "<",
    "<a href=\"",
    "\">",
];

const VALUES: &[&str] = &[
    "Acme",
    "a",
    "x",
    "n",
    "tis",
    "md",
    "Brand 12",
    "12",
    "3",
    "3 Brand",
    "A1",
    "help@acme.example",
    "no-reply@a1.example",
    "https://acme.example/help",
    "http",
    "+1 555 010-0199",
    "L'Été & Cie",
    "a_b*c",
    "d'Acme",
    "« x »",
    "1. x",
    "Inc.",
    "x.md",
    "www",
    "Été",
    "javascript:x",
    "data:y",
    "amp",
    "ext. 5",
    "9–5",
    "a  b",
    "90s",
    "HTTP",
    "t\ny",
    "",
    "x's",
    "Q&A",
    "50 %",
    "C:\\x",
    "[x]",
    "https://a.example/Shared%20Documents/x.pdf",
    "%20Documents",
    "%C3%A9t%C3%A9",
    "a%2",
    "20x",
    "0x",
    "%",
    "a%",
    "CC",
    "e9",
    "//x.example",
    "/",
    "qr:",
    "qr",
    "mailto:",
    "mailto:a%40b@x.example",
    "script",
    ":",
    "&amp;",
    "#x20;",
    "#",
    "a&b=c;d",
    "x.pdf",
    "pdf",
    "\\",
    "data",
    "image/png,x",
];
