//! Every mistake of YAML's form that a writer is likely to make, and the message it gets.
//!
//! Not here: mistakes in what a file says (`table`).

use super::samples::{Told, assert_promises, assert_told};
use super::yaml;

const MISTAKES: &[Told<'_>] = &[
    (
        "title: {{ brand.name }}\nslug: x\n",
        "slug",
        &[("{{ brand.name }}", "a placeholder outside quotes", "put the value in quotes: title: \"{{ brand.name }}\"")],
    ),
    (
        "title: {{ t(id=\"of\") }} ici\n",
        "",
        &[(
            "{{ t(id=\"of\") }}",
            "a placeholder outside quotes",
            "put the value in quotes: title: '{{ t(id=\"of\") }} ici'",
        )],
    ),
    (
        "title: {% if x %}a{% endif %}\n",
        "",
        &[("{% if x %}", "a placeholder outside quotes", "put the value in quotes: title: \"{% if x %}a{% endif %}\"")],
    ),
    ("brands: [{{ x }}, b]\n", "", &[("{{ x }}", "a placeholder outside quotes", "put it in quotes: \"{{ x }}\"")]),
    (
        "aliases:\n  - {{ x }}\n",
        "",
        &[("{{ x }}", "a placeholder outside quotes", "put the text in quotes: \"{{ x }}\"")],
    ),
    (
        "title: Étape 3: le code\nslug: x\n",
        "slug",
        &[(
            ":",
            "text outside quotes can't contain a colon and a space",
            "put the value in quotes: title: \"Étape 3: le code\"",
        )],
    ),
    (
        "title: Le \"code\": l'étape\n",
        "",
        &[(
            ":",
            "text outside quotes can't contain a colon and a space",
            "put the value in quotes: title: \"Le \\\"code\\\": l'étape\"",
        )],
    ),
    (
        "title: \"Étape 3\nslug: x\n",
        "slug",
        &[("\"", "the quote that opens here isn't closed", "write a `\"` at the end of the text: title: \"Étape 3\"")],
    ),
    (
        "title: 'Étape 3\nslug: x\n",
        "slug",
        &[("'", "the quote that opens here isn't closed", "write a `'` at the end of the text: title: 'Étape 3'")],
    ),
    ("title: 'l'étape'\n", "", &[("é", "text after the closing quote", "put the value in quotes: title: \"l'étape\"")]),
    (
        "title: \"a \"b\" c\"\n",
        "",
        &[("b", "text after the closing quote", "put the value in quotes: title: 'a \"b\" c'")],
    ),
    (
        "title: \"Code\" reçu\n",
        "",
        &[("r", "text after the closing quote", "put the value in quotes: title: '\"Code\" reçu'")],
    ),
    (
        "title: \"C:\\path\"\n",
        "",
        &[(
            "\\",
            "a backslash in double quotes begins a special character",
            "write `\\\\` for a backslash, or put the text in single quotes",
        )],
    ),
    ("title: @x\n", "", &[("@", "text outside quotes can't begin with `@`", "put the value in quotes: title: \"@x\"")]),
    (
        "title: `x`\n",
        "",
        &[("`", "text outside quotes can't begin with a backtick", "put the value in quotes: title: \"`x`\"")],
    ),
    (
        "title: *x*\n",
        "",
        &[("*", "text outside quotes can't begin with `*`", "put the value in quotes: title: \"*x*\"")],
    ),
    (
        "title: **x** y\n",
        "",
        &[("*", "text outside quotes can't begin with `*`", "put the value in quotes: title: \"**x** y\"")],
    ),
    ("title: %x\n", "", &[("%", "text outside quotes can't begin with `%`", "put the value in quotes: title: \"%x\"")]),
    (
        "title: !x y\n",
        "",
        &[("!", "text outside quotes can't begin with `!`", "put the value in quotes: title: \"!x y\"")],
    ),
    (
        "title: > x\n",
        "",
        &[(">", "text outside quotes can't begin with `>`", "put the value in quotes: title: \"> x\"")],
    ),
    (
        "title: | x\n",
        "",
        &[("|", "text outside quotes can't begin with `|`", "put the value in quotes: title: \"| x\"")],
    ),
    (
        "title: - x\n",
        "",
        &[("-", "text outside quotes can't begin with `-`", "put the value in quotes: title: \"- x\"")],
    ),
    (
        "title: [NOTE] x\n",
        "",
        &[("[", "text outside quotes can't begin with `[`", "put the value in quotes: title: \"[NOTE] x\"")],
    ),
    (
        "title: {x} y\n",
        "",
        &[("{", "text outside quotes can't begin with `{`", "put the value in quotes: title: \"{x} y\"")],
    ),
    (
        "title: ? x\n",
        "",
        &[("?", "text outside quotes can't begin with `?`", "put the value in quotes: title: \"? x\"")],
    ),
    (
        "title: & x\n",
        "",
        &[("&", "text outside quotes can't begin with `&`", "put the value in quotes: title: \"& x\"")],
    ),
    (
        "title: ] x\n",
        "",
        &[("]", "text outside quotes can't begin with `]`", "put the value in quotes: title: \"] x\"")],
    ),
    (
        "extra:\n\ta: 1\nslug: x\n",
        "slug",
        &[("\t", "a tab where YAML wants spaces", "indent with spaces, two for each level")],
    ),
    (
        "brands: [a, b\nslug: x\n",
        "slug",
        &[(
            "[",
            "the `[` that opens here isn't closed",
            "write a `]` after the last entry, or put the value in quotes if it is text",
        )],
    ),
    (
        "title: a\n slug: b\nc: d\n",
        "c",
        &[(
            "slug",
            "an indented line goes on with the text above",
            "write `slug` at the beginning of its line, or put the text above in quotes",
        )],
    ),
    (
        "  title: a\nslug: b\n",
        "title slug",
        &[(
            "slug: b",
            "a line with another indentation than its neighbours",
            "begin it in the same column as the lines that belong with it",
        )],
    ),
    (
        "a:\n    b: 1\n  c: 2\nd: 3\n",
        "a d",
        &[(
            "c: 2",
            "a line with another indentation than its neighbours",
            "begin it in the same column as the lines that belong with it",
        )],
    ),
    (
        "a:\n  - 1\n - 2\nd: 3\n",
        "a d",
        &[(
            "- 2",
            "a line with another indentation than its neighbours",
            "begin it in the same column as the lines that belong with it",
        )],
    ),
    (
        "brands: a, b\n- c\nd: 1\n",
        "d",
        &[(
            "-",
            "a list below a key that has a value already",
            "leave nothing after the colon of the key above, or write the whole list there: [a, b]",
        )],
    ),
    ("brands:\n  - a\n  -b\n", "", &[("-", "no space after the dash", "write - b")]),
    (
        "title Code\nslug: b\n",
        "slug",
        &[("title Code", "a line without a key", "write a key, a colon, a space and a value, as in `title: Code`")],
    ),
    ("title:Code\nslug: b\n", "slug", &[(":", "no space after the colon", "write title: Code")]),
    ("slug: b\ntitle:Code\n", "slug", &[(":", "no space after the colon", "write title: Code")]),
    (
        "title:\u{a0}Code\nslug: b\n",
        "slug",
        &[("\u{a0}", "a non-breaking space after the colon", "write an ordinary space there: title: Code")],
    ),
    ("title = \"x\"\nslug: b\n", "slug", &[("=", "an equals sign where YAML wants a colon", "write title: \"x\"")]),
    (
        "hello\n",
        "nothing",
        &[("hello", "a line without a key", "write a key, a colon, a space and a value, as in `title: Code`")],
    ),
    (
        "title: a\n\n\ntitle: b\n",
        "title",
        &[("title", "`title` is given twice", "remove one of the two; the first is 3 lines above")],
    ),
    ("? [a]\n: b\nc: d\n", "c", &[("[a]", "a key must be text", "write a word before the colon")]),
    (": x\n", "", &[(":", "a key must be text", "write a word before the colon")]),
    (
        "a: b\n---\nc: d\n",
        "a",
        &[("---", "a second document begins here", "keep one, without a line `---` or `...` inside it")],
    ),
    ("a: x\u{1}b\n", "", &[("\u{1}", "a character that can't be seen (U+0001)", "remove it")]),
    (
        "<<<<<<< HEAD\ntitle: a\n",
        "title",
        &[("<<<<<<< HEAD", "the mark of an unfinished merge", "keep one of the two versions, and remove the marks")],
    ),
    ("a: &x [*x]\nb: 1\n", "b", &[("*x", "an alias of itself", "an alias can't stand inside what it stands for")]),
    (
        "title: 5: x\n? y\nb: @\nslug:x\nz: 1",
        "z",
        &[
            (":", "text outside quotes can't contain a colon and a space", "put the value in quotes: title: \"5: x\""),
            ("@", "text outside quotes can't begin with `@`", "put the value in quotes: b: \"@\""),
        ],
    ),
];

#[test]
fn mistakes_are_told_once_with_a_cure() {
    for mistake in MISTAKES {
        assert_told(*mistake, yaml(mistake.0, 0));
    }
}

#[test]
fn no_text_breaks_a_promise() {
    assert_promises(MISTAKES.iter().map(|mistake| mistake.0), |text| yaml(text, 0));
}
