//! A brand's style sheet: its colours, the base theme's rules, its own rules. And its script, made as small.
//!
//! Not here: which colours are derived (`model::colors`).

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::colors::{Colors, Palette, Rgb, Role, contrast};
use crate::path::{Address, SourcePath};

/// The custom properties of a theme's colours, for light and dark.
pub fn colors(colors: &Colors) -> String {
    let mut out = String::with_capacity(800);
    out.push_str(":root{");
    push_palette(&colors.light, &mut out);
    let (primary, white) = (colors.light.get(Role::Primary), Rgb(255, 255, 255));
    // cameras read dark on white, whatever the scheme
    let code = if contrast(primary, white) >= 4.5 { primary } else { Rgb(0, 0, 0) };
    let _ = write!(out, "--code:{code};");
    out.push_str("}\n@media (prefers-color-scheme:dark){:root{");
    push_palette(&colors.dark, &mut out);
    out.push_str("}}\n");
    out
}

fn push_palette(palette: &Palette, out: &mut String) {
    for role in Role::ALL {
        // writing to a string can't fail
        let _ = write!(out, "--color-{}:{};", role.key().replace('_', "-"), palette.get(role));
    }
}

/// A style sheet with the files it names replaced by their published names. `files` are the theme's, by name;
/// the style sheet is published beside them.
pub fn publish(path: &SourcePath, css: &str, files: &BTreeMap<String, Address>) -> (String, Vec<Diagnostic>) {
    let mut out = String::with_capacity(css.len());
    let mut problems = Vec::new();
    let mut from = 0;
    while let Some(at) = css[from..].find("url(").map(|at| from + at + 4) {
        let Some(end) = css[at..].find(')').map(|end| at + end) else { break };
        let inner = css[at..end].trim();
        let name = inner.trim_matches(['"', '\'']);
        out.push_str(&css[from..at]);
        let start = at + css[at..end].find(name).unwrap_or(0);
        match files.get(name.trim_start_matches("./")) {
            Some(address) => out.push_str(address.as_str().rsplit('/').next().unwrap_or_default()),
            None if name.starts_with('#') || name.starts_with("data:") => out.push_str(inner),
            None => {
                out.push_str(inner);
                let place = Place::new(path, start..start + name.len());
                problems.push(missing(name, place, files));
            }
        }
        from = end;
    }
    out.push_str(&css[from..]);
    // names without url(): `@import "//…"`, `image-set("https:…" 1x)`
    for (at, word) in css.match_indices("@import").chain(css.match_indices("image-set(")) {
        let rest = &css[at + word.len()..];
        let rest = &rest[..rest.find([';', ')']).unwrap_or(rest.len())];
        let mut from = at + word.len();
        for part in rest.split(['"', '\'']) {
            if part.starts_with("http") || part.starts_with("//") {
                problems.push(missing(part, Place::new(path, from..from + part.len()), files));
            }
            from += part.len() + 1;
        }
    }
    (compact(&out), problems)
}

/// A style sheet without comments and without white space that means nothing: all that readers wait for.
fn compact(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    let mut space = false;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '/' if rest.starts_with("/*") => {
                space = true;
                rest = rest[2..].split_once("*/").map_or("", |(_, rest)| rest);
                continue;
            }
            _ if next.is_ascii_whitespace() => {
                space = true;
                rest = &rest[1..];
                continue;
            }
            '"' | '\'' => end_of_string(rest, next),
            // what stands in url() is taken as it is
            _ if rest.starts_with("url(") => rest.find(')').map_or(rest.len(), |end| end + 1),
            _ => next.len_utf8(),
        };
        let needs_no_space = |c: char| matches!(c, '{' | '}' | ';' | ',');
        if space && !needs_no_space(next) && !out.ends_with(needs_no_space) && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// A script without lines of comment and without its indentation, if no text of it can run over lines.
pub fn script(text: &str) -> String {
    if text.contains('`') || text.contains("\\\n") || text.contains("/*") {
        return text.to_owned();
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The bytes of a string with its quotes.
fn end_of_string(css: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in css.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    css.len()
}

/// A published style sheet with the files it names inside; `uri` makes a link that holds one, by its published name.
pub fn inside(css: &str, uri: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("url(") {
        out.push_str(before);
        out.push_str("url(");
        let Some(end) = after.find(')') else { break };
        let name = after[..end].trim().trim_matches(['"', '\'']);
        out.push_str(&uri(name).unwrap_or_else(|| after[..end].to_owned()));
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

fn missing(name: &str, place: Place, files: &BTreeMap<String, Address>) -> Diagnostic {
    if name.contains("://") || name.starts_with("//") || name.starts_with("http") {
        return Diagnostic::new(Code::ImageRemote, place, "a file from another site")
            .help("save it in the theme's folder and name it here: pages ask no other site for anything");
    }
    let help = nearest(name, files.keys().map(String::as_str))
        .map_or_else(|| "put it into the theme's folder".to_owned(), |near| format!("did you mean \"{near}\"?"));
    Diagnostic::new(Code::ImageMissing, place, format!("the theme has no file \"{name}\"")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_goes() {
        for (css, small) in [
            ("/* a */\na b {\n  c: d, e;\n}\n", "a b{c: d,e;}\n"),
            ("a/**/b{}", "a b{}\n"),
            ("@media (a) and (b) { c { d: e } }", "@media (a) and (b){c{d: e}}\n"),
            ("a{b:\"/* c */  \\\" ;  \"}", "a{b:\"/* c */  \\\" ;  \"}\n"),
            ("a { b: url( x  y.svg ) ; }", "a{b: url( x  y.svg );}\n"),
            ("a{b:calc(1px + 2px)}c :is(d){}", "a{b:calc(1px + 2px)}c :is(d){}\n"),
            ("a{b:'open", "a{b:'open\n"),
            ("", ""),
        ] {
            assert_eq!(compact(css), small, "{css}");
        }
    }

    #[test]
    fn scripts_lose_their_comments_but_no_text() {
        assert_eq!(script("// a\n\n  f('// b');\n  g(); // c\n"), "f('// b');\ng(); // c\n");
        for whole in ["f(`\n  // a\n`);\n", "f('\\\n  // a');\n", "/*\n// a\n*/\n"] {
            assert_eq!(script(whole), whole);
        }
    }

    #[test]
    fn files_get_their_published_names() {
        let files = BTreeMap::from([("cover.svg".to_owned(), Address::new("assets/cover.abc.svg"))]);
        let path = SourcePath::new("themes/x/style.css");
        let (css, problems) = publish(&path, "a{b:url(\"cover.svg\")}c{d:url(#e)}f{g:url(covr.svg)}", &files);
        assert_eq!(css, "a{b:url(cover.abc.svg)}c{d:url(#e)}f{g:url(covr.svg)}\n");
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].help.as_deref(), Some("did you mean \"cover.svg\"?"));
        assert_eq!(problems[0].place.span, 41..49);
    }
}
