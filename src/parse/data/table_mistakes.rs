//! Every mistake in what a file says that `Table` tells, and the message it gets.
//!
//! Not here: mistakes in a file's form (`toml_mistakes`, `yaml_mistakes`).

use super::{Finding, Findings, Kind, Table, Text, toml, yaml};

/// Reads a YAML text with `read`; gives what was found: what is pointed at, message, help.
fn told(text: &str, read: impl Fn(Table<'_>, &mut Findings<'_>)) -> Vec<(Kind, String, String, String)> {
    let (node, problems) = yaml(text, 0);
    let mut findings = Findings::new(text, problems);
    let known = ["title", "duration", "draft", "brands", "device", "extra", "box", "translates"];
    if let Some(table) = node.as_ref().and_then(|node| Table::of(node, &known, &mut findings)) {
        read(table, &mut findings);
    }
    let tell = |f: Finding| {
        let place = text[f.problem.span.clone()].to_owned();
        (f.kind, place, f.problem.message, f.problem.help.unwrap_or_default())
    };
    findings.into_list().into_iter().map(tell).collect()
}

#[test]
fn wrong_values_are_told_with_a_cure() {
    const MINUTES: &str = "a whole number of minutes";
    for (text, place, message, help) in [
        ("title: 12\n", "12", "`title` must be text, not 12", "put it in quotes: \"12\""),
        ("title: 007\n", "007", "`title` must be text, not 7", "put it in quotes: \"007\""),
        ("title: true\n", "true", "`title` must be text, not true", "put it in quotes: \"true\""),
        (
            "title: [NOTE]\n",
            "[NOTE]",
            "`title` must be text, not a list",
            "if it is text, put it in quotes: \"[NOTE]\"",
        ),
        ("title:\n  a: b\n", "a: b", "`title` must be text, not a group of keys", "write one text"),
        (
            "duration: 5 minutes\n",
            "5 minutes",
            "`duration` must be a whole number of minutes, not text",
            "write only the number: 5",
        ),
        (
            "duration: '5'\n",
            "'5'",
            "`duration` must be a whole number of minutes, not text",
            "write it without quotes: 5",
        ),
        (
            "duration: cinq\n",
            "cinq",
            "`duration` must be a whole number of minutes, not text",
            "write a number, in digits",
        ),
        ("duration: 4.6\n", "4.6", "`duration` must be a whole number of minutes, not 4.6", "write a whole number: 5"),
        (
            "duration: -5\n",
            "-5",
            "`duration` must be a whole number of minutes, not -5",
            "write a number from 1 to 600",
        ),
        (
            "duration: [5]\n",
            "[5]",
            "`duration` must be a whole number of minutes, not a list",
            "write a number, in digits",
        ),
        ("draft: yes\n", "yes", "`draft` must be true or false, not text", "write true, without quotes"),
        ("draft: 0\n", "0", "`draft` must be true or false, not 0", "write true or false"),
        (
            "brands: auvenir, b\n",
            "auvenir, b",
            "`brands` must be a list, not text",
            "write a list: [\"auvenir\", \"b\"]",
        ),
        ("brands: 3\n", "3", "`brands` must be a list, not 3", "write a list, in brackets"),
        ("brands: [a, 3]\n", "3", "each entry of `brands` must be text, not 3", "put it in quotes: \"3\""),
        ("device: phones\n", "phones", "`device` can't be \"phones\"", "did you mean \"phone\"?"),
        ("device: tablet\n", "tablet", "`device` can't be \"tablet\"", "write \"computer\", \"phone\" or \"both\""),
        (
            "extra: x\n",
            "x",
            "`extra` must be a group of keys, not text",
            "write keys with values of their own below it",
        ),
        (
            "box: [1, 2, 3]\n",
            "[1, 2, 3]",
            "`box` must be x, y, width and height",
            "write 4 numbers in brackets, with commas between them",
        ),
        (
            "box: [1, 2, 3, -4]\n",
            "[1, 2, 3, -4]",
            "`box` must be x, y, width and height",
            "write 4 numbers in brackets, with commas between them",
        ),
    ] {
        let found = told(text, |table, findings| {
            table.string("title", findings);
            table.integer("duration", MINUTES, 1..=600, findings);
            table.boolean("draft", findings);
            table.strings("brands", findings);
            table.choice("device", &["computer", "phone", "both"], findings);
            table.free("extra", findings);
            table.integers::<4>("box", "x, y, width and height", findings);
            table.finish(findings);
        });
        assert_eq!(found, [(Kind::Invalid, place.into(), message.into(), help.into())], "{text:?}");
    }
}

#[test]
fn unknown_keys_name_the_nearest() {
    let keys = "title, duration, draft, brands, device, extra, box, translates";
    for (text, place, help) in [
        ("titel: a\n", "titel", "did you mean \"title\"?".to_owned()),
        ("Title: a\n", "Title", "did you mean \"title\"?".to_owned()),
        ("wolf: a\n", "wolf", format!("remove it; the keys here are {keys}")),
    ] {
        let found = told(text, |table, findings| table.finish(findings));
        let message = format!("unknown key \"{place}\"");
        assert_eq!(found, [(Kind::UnknownKey, place.to_owned(), message, help)]);
    }
}

#[test]
fn missing_keys_are_told_unless_they_may_be_hidden() {
    let require = |table: Table<'_>, findings: &mut Findings<'_>| table.require("title", "add one", findings);
    for (text, told_of) in [
        ("draft: true\n", Some(("", "`title` is missing", "add one"))),
        ("title:\n", Some(("title", "`title` has no value", "add one"))),
        ("title: #1\n", Some(("title", "`title` has no value", "`#` begins a comment: put the value in quotes"))),
        ("title: ' '\n", Some(("' '", "`title` is empty", "add one"))),
        ("title: x\n", None),
        ("title: 3\n", None),
        ("wolf: 3\n", Some(("", "`title` is missing", "add one"))),
        // The unknown key says it all.
        ("titel: x\n", None),
    ] {
        let told_of: Vec<_> =
            told_of.into_iter().map(|(a, b, c)| (Kind::Invalid, a.into(), b.into(), c.into())).collect();
        assert_eq!(told(text, require), told_of, "{text:?}");
    }
    let found = told("title: a: b\n", require);
    assert_eq!(found.len(), 1, "the mistake itself, and nothing about a missing title: {found:?}");
}

#[test]
fn right_values_come_as_they_are() {
    let text = "title: Étape\nduration: 5\ndraft: false\nbrands: [a, b]\ndevice: both\n\
                extra: {k: 1}\nbox: [1, 2, 3, 4]\ntranslates: 012345678901\n";
    let found = told(text, |table, findings| {
        let words = |texts: Vec<Text<'_>>| texts.iter().map(|t| t.text.to_owned()).collect::<Vec<_>>();
        assert_eq!(table.string("title", findings).map(|t| t.text), Some("Étape"));
        assert_eq!(table.string("title", findings).map(|t| t.node.span.clone()), Some(7..13));
        assert_eq!(table.integer("duration", "minutes", 1..=600, findings), Some(5));
        assert_eq!(table.positive("duration", "minutes", findings), Some(5.0));
        assert_eq!(table.boolean("draft", findings), Some(false));
        assert_eq!(table.strings("brands", findings).map(words), Some(vec!["a".into(), "b".into()]));
        assert_eq!(table.choice("device", &["both"], findings).map(|t| t.text), Some("both"));
        assert_eq!(table.free("extra", findings).map(|e| e[0].key.as_str()), Some("k"));
        assert_eq!(table.integers("box", "a box", findings), Some([1, 2, 3, 4]));
        assert_eq!(table.integer("absent", "a number", 0..=1, findings), None);
        table.finish(findings);
    });
    assert_eq!(found, []);
    let (node, _) = yaml(text, 0);
    let mut findings = Findings::new(text, Vec::new());
    let node = node.unwrap();
    let table = Table::of(&node, &[], &mut findings).unwrap();
    assert_eq!(table.written("translates", &mut findings).map(|t| t.text), Some("012345678901"));
}

#[test]
fn inner_tables_are_called_by_their_path() {
    let text = "[support]\nemial = 'x'\nphone = 1\n[[marks]]\n[brands.auvenir]\nbase = 1\n";
    let (node, problems) = toml(text);
    let mut findings = Findings::new(text, problems);
    let node = node.unwrap();
    let root = Table::of(&node, &["support", "marks", "brands"], &mut findings).unwrap();
    let support = root.table("support", &["email", "phone"], &mut findings).unwrap();
    support.string("phone", &mut findings);
    support.require("email", "add it", &mut findings);
    support.finish(&mut findings);
    for mark in root.tables("marks", &["text"], &mut findings).unwrap() {
        mark.require("text", "add one", &mut findings);
    }
    for brand in root.free("brands", &mut findings).unwrap() {
        let path = format!("brands.{}", brand.key);
        Table::inside(path, &brand.node, &[], &mut findings).unwrap().finish(&mut findings);
    }
    root.finish(&mut findings);
    let told: Vec<_> = findings
        .into_list()
        .into_iter()
        .map(|f| (f.kind, text[f.problem.span].to_owned(), f.problem.message))
        .collect();
    let expected = [
        (Kind::UnknownKey, "emial", "unknown key \"emial\" in `support`"),
        (Kind::Invalid, "1", "`support.phone` must be text, not 1"),
        (Kind::Invalid, "[[marks]]", "`marks.text` is missing"),
        (Kind::UnknownKey, "base", "unknown key \"base\" in `brands.auvenir`"),
    ];
    assert_eq!(told, expected.map(|(kind, place, message)| (kind, place.to_owned(), message.to_owned())));
}
