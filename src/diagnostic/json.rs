//! Messages for programs: one JSON object a line, with the keys that the contract names, in its order.
//!
//! Not here: escaping and numbers (serde_json's part).

use serde::Serialize;

use super::{Diagnostic, Lines};

/// One message as a JSON object and a line end. Lines and columns are 1 where the text isn't known; the end is the
/// position just past the last character.
pub fn json(d: &Diagnostic, lines: Option<&Lines<'_>>) -> String {
    let (start, end) = d.positions(lines);
    let line = Line {
        severity: d.severity().name(),
        code: d.code.name(),
        message: &d.message,
        file: d.place.file.as_str(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        help: d.help.as_deref(),
        brand: d.brand.as_deref(),
        locale: d.locale.as_deref(),
    };
    // Strings and numbers can't fail to become JSON.
    let mut text = serde_json::to_string(&line).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Line<'a> {
    severity: &'a str,
    code: &'a str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    help: Option<&'a str>,
    brand: Option<&'a str>,
    locale: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::diagnostic::Lines;
    use crate::diagnostic::samples::{broken_link, everywhere, in_one_edition};

    #[test]
    fn every_key_stands_in_its_order() {
        let (link, source) = broken_link();
        for (d, source, line) in [
            (
                link.clone(),
                Some(source),
                r#"{"severity":"error","code":"link-broken","message":"no step or page \"3-code.md\" in guide \"mfa\"","file":"content/mfa/04-accept.fr.md","line":2,"column":18,"end_line":2,"end_column":27,"help":"did you mean \"03-code.md\"?","brand":null,"locale":null}"#,
            ),
            (
                link,
                None,
                r#"{"severity":"error","code":"link-broken","message":"no step or page \"3-code.md\" in guide \"mfa\"","file":"content/mfa/04-accept.fr.md","line":1,"column":1,"end_line":1,"end_column":1,"help":"did you mean \"03-code.md\"?","brand":null,"locale":null}"#,
            ),
            (
                in_one_edition(),
                Some("é\r\n# Code"),
                r#"{"severity":"warning","code":"heading-skipped","message":"a heading\nbelow","file":"content/mfa/03-code.fr.md","line":2,"column":1,"end_line":2,"end_column":2,"help":null,"brand":"auvenir","locale":"fr"}"#,
            ),
            (
                everywhere(),
                Some("title = 1"),
                r#"{"severity":"error","code":"config-invalid","message":"site.toml lists no locale","file":"site.toml","line":1,"column":1,"end_line":1,"end_column":1,"help":"add a line: locales = [\"fr\"]","brand":null,"locale":null}"#,
            ),
        ] {
            assert_eq!(json(&d, source.map(Lines::new).as_ref()), format!("{line}\n"));
        }
    }
}
