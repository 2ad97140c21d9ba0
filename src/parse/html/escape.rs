//! Text made safe for HTML.
//!
//! Here: the two places text can land in. Not here: other forms (Markdown, XML, JSON).

/// Appends text for between tags: `&`, `<` and `>` are written as references.
pub fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        _ => "",
    });
}

/// Appends text for the value of an attribute, in quotes of either kind.
pub fn escape_attribute(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\'' => "&#39;",
        _ => "",
    });
}

/// Copies in stretches; `reference` answers "" for what stays as it is.
fn escape(text: &str, out: &mut String, reference: impl Fn(u8) -> &'static str) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let written = reference(byte);
        if !written.is_empty() {
            out.push_str(&text[copied..at]);
            out.push_str(written);
            copied = at + 1;
        }
    }
    out.push_str(&text[copied..]);
}
