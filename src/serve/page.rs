//! A published page as the preview answers it: the same, with one script more.
//!
//! The script opens no connection itself but through a worker, and its overlay has a style sheet of its own from
//! here; so the page's Content-Security-Policy is the published one. Nothing of this is ever in `dist/`.

use std::fmt::Write;

/// Where the script is served.
pub const SCRIPT: &str = "/_etape/preview.js";

/// A page with the preview's script. `address` is where the page is published (`/auvenir/fr/mfa/code.html`), or empty
/// for a page that answers another address, `version` tells this text of the page from others.
pub fn with_script(html: &[u8], address: &str, version: &str) -> Vec<u8> {
    let mut tag = format!("<script src=\"{SCRIPT}\" data-page=\"");
    for character in address.chars() {
        match character {
            '&' => tag.push_str("&amp;"),
            '"' => tag.push_str("&quot;"),
            '<' => tag.push_str("&lt;"),
            _ => tag.push(character),
        }
    }
    // writing to a string can't fail
    let _ = write!(tag, "\" data-version=\"{version}\" data-frame=\"{}\" defer></script>", version_of(&frame(html)));
    let at = find(html, b"</head>").or_else(|| find(html, b"</html>")).unwrap_or(html.len());
    [&html[..at], tag.as_bytes(), &html[at..]].concat()
}

/// A short name for these bytes: twelve hexadecimal digits.
pub fn version_of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..12].to_owned()
}

/// A page without its links to style sheets: when two texts of a page differ in nothing else, the sheets can be
/// changed where they stand.
fn frame(html: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = find(rest, b"<link") {
        let end = rest[start..].iter().position(|&byte| byte == b'>').map_or(rest.len(), |at| start + at + 1);
        let is_style = find(&rest[start..end], b"stylesheet").is_some();
        out.extend_from_slice(&rest[..if is_style { start } else { end }]);
        rest = &rest[end..];
    }
    out.extend_from_slice(rest);
    out
}

/// Where `needle`, in small letters, first stands in any letters.
fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripted(html: &str, address: &str) -> String {
        String::from_utf8(with_script(html.as_bytes(), address, "0123")).unwrap()
    }

    #[test]
    fn one_script_more_and_nothing_else() {
        let tag = |html: &str, address: &str| {
            let frame = version_of(&frame(html.as_bytes()));
            format!(
                "<script src=\"/_etape/preview.js\" data-page=\"{address}\" data-version=\"0123\" \
                 data-frame=\"{frame}\" defer></script>"
            )
        };
        for (before, after) in [
            ("<!DOCTYPE html><head><title>é</title>", "</head><body></head></html>"),
            ("<HTML><HEAD>", "</HEAD><body>"),
            ("<p>a</p>", "</html>"),
            ("<p>a", ""),
            ("", ""),
        ] {
            let html = format!("{before}{after}");
            let tag = tag(&html, "/a/b.html");
            assert_eq!(scripted(&html, "/a/b.html"), format!("{before}{tag}{after}"));
        }
        let odd = tag("", "/a&amp;b&quot;c&lt;d>.html");
        assert_eq!(scripted("", "/a&b\"c<d>.html"), odd);
    }

    #[test]
    fn a_frame_is_the_page_without_its_style_sheets() {
        for (html, without) in [
            ("a<link rel=\"stylesheet\" href=\"style.1.css\">b", "ab"),
            ("a<LINK href=x rel=StyleSheet>b<link rel=\"icon\" href=\"y\">c", "ab<link rel=\"icon\" href=\"y\">c"),
            ("a<link rel=stylesheet", "a"),
            ("a<link", "a<link"),
            ("", ""),
        ] {
            assert_eq!(frame(html.as_bytes()), without.as_bytes(), "{html}");
        }
    }
}
