//! Messages for people: header, place, the line of the text with the mistake underlined, help.
//!
//! The drawing is annotate-snippets'; here is what it is given: only the lines that the message is about, and
//! nothing in them that would move a terminal's cursor or turn its direction of writing. Not here: whether the
//! output is a terminal (`cli`).

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Lines, Severity};

/// One whole message, ending in a line end. `lines` is the text of the message's file, if it is known; without
/// it, and for a message about a file as a whole (an empty stretch at its beginning), the place is line 1, column 1
/// and nothing of the text is shown. `color` adds ANSI sequences.
pub fn text(d: &Diagnostic, lines: Option<&Lines<'_>>, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let level = match d.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(one_line(&d.message)).id(d.code.name());
    let path = one_line(d.place.file.as_str());
    let window = lines.filter(|_| d.place.span != (0..0)).map(|lines| Window::of(lines, &d.place.span));
    // A label has one line; a longer help stands below.
    let help = d.help.as_deref().map(visible);
    let shows_text = window.is_some();
    let (label, below) = match help {
        Some(help) if shows_text && !help.contains('\n') => (Some(help), None),
        help => (None, help),
    };
    let group = match window {
        Some(window) => {
            let annotation = AnnotationKind::Primary.span(window.span).label(label);
            let snippet = Snippet::source(window.text).line_start(window.line).path(path);
            title.element(snippet.annotation(annotation))
        }
        None => title.element(Origin::path(path).line(1).char_column(1)),
    };
    let group = group
        .elements(below.map(|help| Level::HELP.message(help)))
        .elements(d.edition_note().map(|note| Level::NOTE.message(visible(&note))));
    let mut text = renderer.render(&[group]);
    if !shows_text {
        // Without a line number there is no margin, and the arrow would stand at the very edge.
        text = text.replace('\n', "\n ");
    }
    text.push('\n');
    text
}

/// The whole lines that a stretch of a text touches, fit for a terminal.
struct Window {
    text: String,
    line: usize,
    span: Range<usize>,
}

impl Window {
    fn of(lines: &Lines<'_>, span: &Range<usize>) -> Self {
        let source = lines.text();
        let start = lines.settle(span.start);
        let end = lines.settle(span.end).max(start);
        // A stretch that takes its last line's end along needn't show the line after it.
        let end = start + source[start..end].trim_end_matches(['\n', '\r']).len();
        let first = lines.line_start(start);
        let before = visible(&source[first..start]);
        let within = visible(&source[start..end]);
        let after = visible(&source[end..lines.line_end(end)]);
        let span = before.len()..before.len() + within.len();
        Self { text: before + &within + &after, line: lines.position(start).line, span }
    }
}

/// The same characters, but a visible one for each that a terminal would obey, and `\n` for `\r\n`.
fn visible(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(visible_character).collect()
}

fn visible_character(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        // The pictures of the ASCII control characters stand in their order, the one of DEL after them.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        // C1, marks and embeddings of direction, and two more ends of line.
        '\u{80}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

/// The same in one line.
fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::text;
    use crate::diagnostic::samples::{broken_link, everywhere, in_one_edition};
    use crate::diagnostic::{Code, Diagnostic, Lines, Place};
    use crate::path::SourcePath;

    fn at(span: Range<usize>, help: &str) -> Diagnostic {
        let place = Place::new(&SourcePath::new("a.md"), span);
        Diagnostic::new(Code::LinkBroken, place, "no such page").help(help)
    }

    #[test]
    fn messages_have_the_promised_layout() {
        let (link, source) = broken_link();
        let source = &"\n".repeat(10).chars().chain(source.chars()).collect::<String>();
        let moved = Place::new(&link.place.file, link.place.span.start + 10..link.place.span.end + 10);
        let link = Diagnostic { place: moved, ..link };
        for (d, source, whole) in [
            (
                link.clone(),
                Some(source.as_str()),
                r#"
error[link-broken]: no step or page "3-code.md" in guide "mfa"
  --> content/mfa/04-accept.fr.md:12:18
   |
12 | Voir l’[étape 3](3-code.md).
   |                  ^^^^^^^^^ did you mean "03-code.md"?
"#,
            ),
            (
                link,
                None,
                r#"
error[link-broken]: no step or page "3-code.md" in guide "mfa"
 --> content/mfa/04-accept.fr.md:1:1
  = help: did you mean "03-code.md"?
"#,
            ),
            (
                everywhere(),
                Some("title = 1"),
                r#"
error[config-invalid]: site.toml lists no locale
 --> site.toml:1:1
  = help: add a line: locales = ["fr"]
"#,
            ),
            (
                in_one_edition(),
                Some("é\r\n# Code"),
                r#"
warning[heading-skipped]: a heading below
 --> content/mfa/03-code.fr.md:2:1
  |
2 | # Code
  | ^
  |
  = note: in auvenir, fr
"#,
            ),
            (
                in_one_edition().help("one\ntwo"),
                None,
                r#"
warning[heading-skipped]: a heading below
 --> content/mfa/03-code.fr.md:1:1
  = help: one
          two
  = note: in auvenir, fr
"#,
            ),
        ] {
            assert_eq!(text(&d, source.map(Lines::new).as_ref(), false), &whole[1..]);
        }
    }

    #[test]
    fn every_stretch_can_be_shown() {
        let long = format!("{}[x](y.md){}", "mot ".repeat(300), " fin".repeat(300));
        let many = "ligne\r\n".repeat(20);
        for (span, source, place) in [
            // Over several lines, without the last line's end.
            (0..7, "a\r\nb é\r\nc", "1:1\n  |\n1 | / a\n2 | | b é\n  | |___^ h\n"),
            (0..9, "a\r\nb é\r\nc", "1:1\n  |\n1 | / a\n2 | | b é\n  | |___^ h\n"),
            // Empty: before a character, at a line's end, inside \r\n, inside a character, beyond the end.
            (3..3, "a\r\nb", "2:1\n  |\n2 | b\n  | ^ h\n"),
            (1..1, "a\r\nb", "1:2\n  |\n1 | a\n  |  ^ h\n"),
            (2..2, "a\r\nb", "1:2\n  |\n1 | a\n  |  ^ h\n"),
            (1..1, "é", "1:1\n  |\n1 | é\n  | ^ h\n"),
            (90..99, "a\n", "2:1\n  |\n2 |\n  | ^ h\n"),
            (90..99, "", "1:1\n  |\n1 |\n  | ^ h\n"),
            // A byte-order mark takes no room, a tab four columns, an emoji two.
            (3..4, "\u{feff}a b", "1:1\n  |\n1 | a b\n  | ^ h\n"),
            (2..3, "\ta\tb", "1:3\n  |\n1 |     a    b\n  |      ^^^^ h\n"),
            (4..5, "😀a", "1:2\n  |\n1 | 😀a\n  |   ^ h\n"),
            // Nothing that a terminal would obey.
            (1..8, "a\u{1b}[31m\u{9b}b\u{202e}c\u{7f}d\u{2028}", "1:2\n  |\n1 | a␛[31m�b�c␡d�\n  |  ^^^^^^ h\n"),
            (
                1200..1209,
                &long,
                "1:1201\n  |\n1 | ...ot mot mot mot mot mot mot mot mot mot mot mot mot mot mot \
                 [x](y.md) fin fin fin fin fin fin fin fin fin fin fin fin fin fin fin f...\n  \
                 |                                                               ^^^^^^^^^ h\n",
            ),
            (
                7..70,
                &many,
                "2:1\n   |\n 2 | / ligne\n 3 | | ligne\n 4 | | ligne\n 5 | | ligne\n...  |\n\
                 \u{20}9 | | ligne\n10 | | ligne\n   | |_____^ h\n",
            ),
        ] {
            let whole = text(&at(span.clone(), "h"), Some(&Lines::new(source)), false);
            let margin = if place.contains("\n10 |") { "  " } else { " " };
            let expected = format!("error[link-broken]: no such page\n{margin}--> a.md:{place}");
            assert_eq!(whole, expected, "{span:?} of {source:?}");
        }
    }

    #[test]
    fn words_from_outside_cannot_reach_the_terminal() {
        let file = SourcePath::new("a\u{1b}[2J\n.md");
        let d = Diagnostic::new(Code::LinkBroken, Place::start_of(&file), "no \u{1b}]0;x\u{7} page")
            .help("write \u{9b}31m\u{202e}x")
            .in_edition(&"a\u{1b}".into(), &"fr".into());
        assert_eq!(
            text(&d, None, false),
            "error[link-broken]: no ␛]0;x␇ page\n --> a␛[2J .md:1:1\n  = help: write �31m�x\n  = note: in a␛, fr\n"
        );
    }

    #[test]
    fn colours_are_ansi_sequences_around_the_same_words() {
        let d = at(0..1, "h");
        assert_eq!(
            text(&d, Some(&Lines::new("ab")), true),
            "\u{1b}[1m\u{1b}[91merror[link-broken]\u{1b}[0m\u{1b}[1m: no such page\u{1b}[0m\n \
             \u{1b}[1m\u{1b}[94m--> \u{1b}[0ma.md:1:1\n  \u{1b}[1m\u{1b}[94m|\u{1b}[0m\n\
             \u{1b}[1m\u{1b}[94m1\u{1b}[0m \u{1b}[1m\u{1b}[94m|\u{1b}[0m ab\n  \
             \u{1b}[1m\u{1b}[94m|\u{1b}[0m \u{1b}[1m\u{1b}[91m^\u{1b}[0m \
             \u{1b}[1m\u{1b}[91mh\u{1b}[0m\n"
        );
    }

    #[test]
    fn no_stretch_of_no_text_panics() {
        let texts = ["", "\u{feff}", "\n", "\r\n\r\n", "\u{feff}é\r\n\t😀\u{200d}x\r\ny\r", "a\n\n\nb\n"];
        for source in texts {
            for start in 0..source.len() + 3 {
                for end in 0..source.len() + 3 {
                    let whole = text(&at(start..end, "h"), Some(&Lines::new(source)), false);
                    assert!(whole.starts_with("error[link-broken]: no such page\n "), "{start}..{end} {source:?}");
                    assert!(whole.ends_with("h\n"), "{start}..{end} {source:?}");
                }
            }
        }
    }
}
