//! Every mistake of TOML's form that a writer is likely to make, and the message it gets.
//!
//! Not here: mistakes in what a file says (`table`).

use super::samples::{Told, assert_promises, assert_told};
use super::toml;

const MISTAKES: &[Told<'_>] = &[
    (
        "name = Auvenir\nlogo = \"x\"\n",
        "logo",
        &[("Auvenir", "text outside quotes", "put it in straight quotes: name = \"Auvenir\"")],
    ),
    (
        "name = “Auvenir”\n",
        "",
        &[("“Auvenir”", "text outside quotes", "put it in straight quotes: name = \"Auvenir\"")],
    ),
    ("name = \nlogo = \"x\"\n", "logo", &[("", "`name` has no value", "write one after the `=`, or remove the line")]),
    (
        "name \"Auvenir\"\nlogo = \"x\"\n",
        "logo",
        &[("name \"Auvenir\"", "a line without `=`", "write an equals sign: name = \"Auvenir\"")],
    ),
    ("name\n", "", &[("name", "a line without `=`", "write a value: name = \"…\"")]),
    ("name: \"Auvenir\"\n", "", &[(":", "a colon where TOML wants `=`", "write name = \"Auvenir\"")]),
    (
        "name = \"Auvenir\nlogo = \"x\"\n",
        "logo",
        &[("\"", "the quote that opens here isn't closed", "write a `\"` at the end of the text")],
    ),
    ("\"my name = 1\n", "", &[("\"", "the quote that opens here isn't closed", "write a `\"` before the `=`")]),
    (
        "name = 'l'étape'\n",
        "",
        &[("", "text after the end of the value", "put the whole text in other quotes: name = \"l'étape\"")],
    ),
    (
        "name = \"a \"b\" c\"\n",
        "",
        &[("", "text after the end of the value", "put the whole text in other quotes: name = 'a \"b\" c'")],
    ),
    (
        "name = \"C:\\path\"\n",
        "",
        &[(
            "\\",
            "a backslash in double quotes begins a special character",
            "write `\\\\` for a backslash, or put the text in single quotes",
        )],
    ),
    (
        "name = \"\"\"x\nb = 1\n",
        "",
        &[("\"\"\"", "the quotes that open here aren't closed", "write \"\"\" after the end of the text")],
    ),
    (
        "name = {{ brand.name }}\n",
        "",
        &[("{{ brand.name }}", "a placeholder outside quotes", "put the value in quotes: name = \"{{ brand.name }}\"")],
    ),
    ("name = \"\u{1}\"\n", "", &[("\u{1}", "a character that can't be seen", "remove it")]),
    (
        "primary = #123456\n",
        "",
        &[("#123456", "`#` begins a comment, so there is no value", "put the value in quotes: primary = \"#123456\"")],
    ),
    (
        "phone = +1 (855) 528-8364\n",
        "",
        &[("+1 (855) 528-8364", "text outside quotes", "put it in straight quotes: phone = \"+1 (855) 528-8364\"")],
    ),
    (
        "page = 14kB\n",
        "",
        &[(
            "14kB",
            "neither a number nor text in quotes",
            "write only the number, page = 14, or text in quotes, page = \"14kB\"",
        )],
    ),
    ("page = 014\n", "", &[("014", "neither a number nor a date", "if it is text, put it in quotes: page = \"014\"")]),
    ("page == 14\n", "", &[("=", "an equals sign too many", "write page = 14")]),
    (
        "draft = yes\nother = False\nnothing = null\n",
        "",
        &[
            ("yes", "text outside quotes", "write draft = true"),
            ("False", "text outside quotes", "write other = false"),
            ("null", "TOML has no word for nothing", "remove the line, or put text in quotes"),
        ],
    ),
    ("locales = fr, en\n", "", &[("fr, en", "text outside quotes", "put it in straight quotes: locales = \"fr, en\"")]),
    (
        "locales = \"fr\", \"en\"\n",
        "",
        &[("", "text after the end of the value", "write a list: locales = [\"fr\", \"en\"]")],
    ),
    (
        "locales = [fr, en]\n",
        "",
        &[("fr", "text outside quotes", "put each text in quotes: locales = [\"fr\", \"en\"]")],
    ),
    ("locales = [\"fr\" \"en\"]\n", "", &[("", "a comma is missing here", "write a comma between two entries")]),
    ("locales = [\"fr\",, \"en\"]\n", "", &[(",", "a comma too many", "write one comma between two entries")]),
    (
        "locales = [\"fr\", \"en\"\ntitle = 1\n",
        "title",
        &[("[", "the `[` that opens here isn't closed", "write a `]` after the last entry")],
    ),
    (
        "locales = [\n  \"fr\",\n  \"en\"\ntitle = 1\n",
        "title",
        &[("[", "the `[` that opens here isn't closed", "write a `]` after the last entry")],
    ),
    (
        "budget = { page = 1\ntitle = 1\n",
        "title",
        &[("{", "the `{` that opens here isn't closed", "write a `}` after the last entry")],
    ),
    (
        "é = 1\n",
        "",
        &[(
            "é",
            "a key outside quotes has only letters from a to z, digits, `-` and `_`",
            "put the key in quotes: \"é\" = …",
        )],
    ),
    (
        "my key = 1\n",
        "",
        &[(
            "",
            "a key outside quotes has only letters from a to z, digits, `-` and `_`",
            "put the key in quotes: \"my key\" = …",
        )],
    ),
    ("= 1\n", "", &[("= 1", "a value without a key", "write a key before the `=`")]),
    ("// a comment\n", "", &[("//", "`//` doesn't begin a comment", "a comment begins with `#`")]),
    (
        "[colors\nprimary = 1\n[support]\nemail = 'x'\n",
        "support",
        &[("[colors", "the name of a table can't be read", "write [colors]")],
    ),
    ("[my colors]\n", "", &[("[my colors]", "the name of a table can't be read", "write [\"my colors\"]")]),
    ("[]\n", "", &[("[]", "the name of a table can't be read", "write [name]")]),
    ("a = 1\n\n\na = 2\n", "a", &[("a", "`a` is given twice", "remove one of the two; the first is 3 lines above")]),
    (
        "[x]\na = 1\n[x]\nb = 2\n",
        "x",
        &[("x", "the table `x` is given twice", "put both under one header; the first is 2 lines above")],
    ),
    (
        "a = 1\na.b = 2\n",
        "a",
        &[("a", "`a` is a value, so it can't hold keys", "remove the value, or the keys below it")],
    ),
    (
        "<<<<<<< HEAD\na = 1\n",
        "a",
        &[("<<<<<<< HEAD", "the mark of an unfinished merge", "keep one of the two versions, and remove the marks")],
    ),
    ("a = 1\rb = 2\r", "", &[("", "a line end of an old kind", "save the file with the line ends of Unix or Windows")]),
    (
        "a = yes\nb = 1\nc = \n[d\ne = 1\n[f]\ng = 'x\n",
        "b f",
        &[
            ("yes", "text outside quotes", "write a = true"),
            ("", "`c` has no value", "write one after the `=`, or remove the line"),
            ("[d", "the name of a table can't be read", "write [d]"),
            ("'", "the quote that opens here isn't closed", "write a `'` at the end of the text"),
        ],
    ),
];

#[test]
fn mistakes_are_told_once_with_a_cure() {
    for mistake in MISTAKES {
        assert_told(*mistake, toml(mistake.0));
    }
}

#[test]
fn no_text_breaks_a_promise() {
    assert_promises(MISTAKES.iter().map(|mistake| mistake.0), toml);
}
