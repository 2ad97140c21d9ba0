//! A whole run as one SARIF 2.1.0 log, for services that show findings beside the code.
//!
//! Only the parts of the format that Étape fills are spelled out, as structs in the format's own words. Not here:
//! where the log goes (`cli`).

use serde::Serialize;

use super::{Code, Diagnostic, Lines, Texts};
use crate::text::percent;

/// A log of one run with all its messages, ending in a line end. A message whose text isn't among `texts`
/// stands on its file's first line.
pub fn sarif(list: &[Diagnostic], texts: &Texts<'_>) -> String {
    let codes: Vec<Code> = Code::ALL.iter().copied().filter(|code| list.iter().any(|d| d.code == *code)).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "etape",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: codes.iter().map(|code| rule(*code)).collect(),
                },
            },
            column_kind: "unicodeCodePoints",
            results: list.iter().map(|d| finding(d, &codes, texts.get(d))).collect(),
        }],
    };
    // Strings and numbers can't fail to become JSON.
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.name(),
        short_description: Text { text: code.summary().to_owned() },
        default_configuration: Configuration { level: code.severity().name() },
    }
}

fn finding(d: &Diagnostic, codes: &[Code], lines: Option<&Lines<'_>>) -> Finding {
    let (start, end) = d.positions(lines);
    let region =
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
    let artifact_location = ArtifactLocation { uri: relative_uri(d.place.file.as_str()), uri_base_id: "%SRCROOT%" };
    Finding {
        rule_id: d.code.name(),
        rule_index: codes.iter().position(|code| *code == d.code).unwrap_or_default(),
        level: d.severity().name(),
        message: Text { text: d.body() },
        locations: [Location { physical_location: PhysicalLocation { artifact_location, region } }],
    }
}

/// A path as a relative URI reference: every byte but those that stand for themselves becomes `%XX`. A colon is
/// written so too, since it would make the first part a scheme.
fn relative_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    percent::push(path, |byte| matches!(byte, b'/' | b'@') || percent::is_unreserved(byte), &mut uri);
    uri
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{relative_uri, sarif};
    use crate::diagnostic::Texts;
    use crate::diagnostic::samples::{broken_link, everywhere, in_one_edition};

    #[test]
    fn a_run_is_one_log() {
        let (link, source) = broken_link();
        let file = link.place.file.clone();
        let list = [link, in_one_edition(), everywhere()];
        let log = sarif(&list, &Texts::of(&list, |path| (*path == file).then_some(source)));
        let place = |uri: &str, line: usize, from: usize, to: usize| {
            json!([{ "physicalLocation": {
                "artifactLocation": { "uri": uri, "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": line, "startColumn": from, "endLine": line, "endColumn": to },
            } }])
        };
        let rule = |id: &str, what: &str, level: &str| {
            json!({
                "id": id,
                "shortDescription": { "text": what },
                "defaultConfiguration": { "level": level },
            })
        };
        assert!(log.ends_with("}\n"));
        assert_eq!(
            serde_json::from_str::<Value>(&log).unwrap(),
            json!({
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [{
                    "tool": { "driver": {
                        "name": "etape",
                        "version": env!("CARGO_PKG_VERSION"),
                        "rules": [
                            rule("config-invalid", "site.toml can't be read or understood", "error"),
                            rule("link-broken", "a link to a page or file that doesn't exist", "error"),
                            rule("heading-skipped", "a heading more than one level below the one before", "warning"),
                        ],
                    } },
                    "columnKind": "unicodeCodePoints",
                    "results": [
                        {
                            "ruleId": "link-broken",
                            "ruleIndex": 1,
                            "level": "error",
                            "message": { "text": "no step or page \"3-code.md\" in guide \"mfa\"\ndid you mean \"03-code.md\"?" },
                            "locations": place("content/mfa/04-accept.fr.md", 2, 18, 27),
                        },
                        {
                            "ruleId": "heading-skipped",
                            "ruleIndex": 2,
                            "level": "warning",
                            "message": { "text": "a heading\nbelow\nin auvenir, fr" },
                            "locations": place("content/mfa/03-code.fr.md", 1, 1, 1),
                        },
                        {
                            "ruleId": "config-invalid",
                            "ruleIndex": 0,
                            "level": "error",
                            "message": { "text": "site.toml lists no locale\nadd a line: locales = [\"fr\"]" },
                            "locations": place("site.toml", 1, 1, 1),
                        },
                    ],
                }],
            })
        );
    }

    #[test]
    fn an_empty_run_is_a_log_too() {
        let log: Value = serde_json::from_str(&sarif(&[], &Texts::of(&[], |_| None))).unwrap();
        assert_eq!(log["runs"][0]["results"], json!([]));
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([]));
    }

    #[test]
    fn paths_become_uris() {
        for (path, uri) in [
            ("content/mfa/03-code@auvenir.fr.md", "content/mfa/03-code@auvenir.fr.md"),
            ("content/é t/a:b%#?.md", "content/%C3%A9%20t/a%3Ab%25%23%3F.md"),
        ] {
            assert_eq!(relative_uri(path), uri);
        }
    }
}
