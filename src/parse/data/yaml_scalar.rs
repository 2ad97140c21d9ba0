//! What a YAML scalar is: null, true, a number or text.
//!
//! Not here: quotes and folding, which the parser has undone.

use serde_yaml::granit_parser::{ScalarStyle, Tag};

use super::Value;

/// What a scalar is by the rules of YAML 1.2's core schema.
pub(super) fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let string = || Value::String(text.to_owned());
    match tag.map(|tag| tag.core_suffix().unwrap_or("str")) {
        Some("str") => return string(),
        None if style != ScalarStyle::Plain => return string(),
        _ => {}
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        _ => {}
    }
    for (mark, radix) in [("0o", 8), ("0x", 16)] {
        let digits = text.strip_prefix(mark).filter(|d| d.chars().all(|c| c.is_digit(radix)));
        if let Some(number) = digits.and_then(|digits| i64::from_str_radix(digits, radix).ok()) {
            return Value::Integer(number);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Value::Float(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    // Rust's own numbers are a little wider than YAML's: they know words too.
    let numeric = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.contains(|c: char| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if numeric && let Ok(number) = text.parse() {
        return Value::Integer(number);
    }
    if numeric && let Ok(number) = text.parse() {
        return Value::Float(number);
    }
    string()
}

#[cfg(test)]
mod tests {
    use crate::parse::data::samples::sketch;
    use crate::parse::data::yaml;

    #[test]
    fn scalars_are_what_the_core_schema_says() {
        for (scalars, kind) in [
            (&["", "~", "null", "Null", "NULL"][..], "null"),
            (&["true", "True", "TRUE"], "true"),
            (&["12", "+12", "012", "0xC", "0o14", "!!int '12'"], "12"),
            (&["1.5", "+1.5", "15e-1", ".15E+1", "01.50"], "1.5f"),
            (&[".inf", ".Inf", "+.INF", "1e999"], "inff"),
            (&["-.inf"], "-inff"),
            (&[".nan", ".NaN"], "NaNf"),
            (&["99999999999999999999"], "1e20f"),
            (&["123456789012"], "123456789012"),
            (&["'12'", "\"12\"", "!!str 12"], "\"12\""),
        ] {
            for scalar in scalars {
                let (node, problems) = yaml(&format!("a: {scalar}\n"), 0);
                let sketch = sketch(&node.unwrap());
                let value = sketch.split(": ").nth(1).and_then(|rest| rest.split('@').next());
                assert_eq!(value, Some(kind), "{scalar}");
                assert_eq!(problems, [], "{scalar}");
            }
        }
        for text in [
            "yes",
            "no",
            "on",
            "off",
            "1_000",
            "0x",
            "0o8",
            "0b1",
            "-x",
            ".",
            "e5",
            "inf",
            "nan",
            "+-1",
            "1.2.3",
            "12:30",
            "2026-01-01",
            "0123456789ab",
            "nUll",
            "tRue",
        ] {
            let (node, _) = yaml(&format!("a: {text}\n"), 0);
            let expected = format!("{{a@0..1: {text:?}@3..{end}}}@0..{end}", end = 3 + text.len());
            assert_eq!(sketch(&node.unwrap()), expected);
        }
    }
}
