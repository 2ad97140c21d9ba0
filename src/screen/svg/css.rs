//! Style sheets and values without anything from elsewhere.
//!
//! Here: cutting CSS as browsers cut it, as far as it takes to find what loads. What stays, stays as typed. Not
//! here: understanding rules.

use super::is_inside;

/// Functions that load what their text names, or run it; in lower case.
const LOADING: &[&str] = &["-webkit-image-set", "expression", "image", "image-set", "src"];

/// A style sheet or a value without `@import` and comments, and with `none` for `url(…)` that leads outside.
pub(super) fn clean(css: &str) -> String {
    // To CSS all ends of lines are one.
    if css.contains('\r') {
        return clean(&css.replace("\r\n", "\n").replace('\r', "\n"));
    }
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(first) = rest.chars().next() {
        let (length, written) = match first {
            // A space keeps apart what stood on either side.
            '/' if rest.starts_with("/*") => (comment(rest), Some(" ")),
            // In front of an identifier its dashes would count as part of it.
            '<' if rest.starts_with("<!--") => (4, None),
            '"' | '\'' => (string(rest), None),
            '@' => match 1 + identifier(&rest[1..]) {
                name if decode(&rest[1..name]).eq_ignore_ascii_case("import") => (statement(rest), Some(" ")),
                name => (name, None),
            },
            _ => match identifier(rest) {
                0 => (first.len_utf8(), None),
                name if rest[name..].starts_with('(') => function(rest, name),
                name => (name, None),
            },
        };
        out.push_str(written.unwrap_or(&rest[..length]));
        rest = &rest[length..];
    }
    out
}

/// How much of a function with a name of this length to take, and what to write for it if not itself.
fn function(css: &str, name: usize) -> (usize, Option<&'static str>) {
    let arguments = &css[name..];
    match decode(&css[..name]).to_ascii_lowercase().as_str() {
        "url" => {
            let length = address(arguments);
            let inside = leads_inside(&arguments[..length]);
            (name + length, (!inside).then_some("none"))
        }
        loading if LOADING.contains(&loading) => (name + block(arguments), Some("none")),
        // Only a name here: what it holds is looked at in turn.
        _ => (name, None),
    }
}

/// Whether `(…)` behind `url` names something inside the file.
fn leads_inside(block: &str) -> bool {
    let Some(inner) = block.strip_prefix('(').and_then(|b| b.strip_suffix(')')) else {
        return false;
    };
    let inner = inner.trim_ascii();
    if inner.starts_with(['"', '\'']) {
        let length = string(inner);
        let closed = length > 1 && inner[1..length].ends_with(&inner[..1]);
        return closed && length == inner.len() && is_inside(&decode(&inner[1..length - 1]));
    }
    is_inside(&decode(inner))
}

/// The length of an identifier at the start, escapes included; 0 if there is none.
fn identifier(css: &str) -> usize {
    let mut at = 0;
    while let Some(c) = css[at..].chars().next() {
        at += match c {
            '\\' => match escaped(&css[at..]) {
                Some((_, length)) => length,
                None => break,
            },
            '_' | '-' => 1,
            c if c.is_ascii_alphanumeric() || !c.is_ascii() => c.len_utf8(),
            _ => break,
        };
    }
    at
}

/// The character that an escape at the start stands for, and the escape's length.
fn escaped(css: &str) -> Option<(char, usize)> {
    let rest = css.strip_prefix('\\')?;
    let digits = rest.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
    if digits == 0 {
        let c = rest.chars().next().filter(|&c| c != '\n')?;
        return Some((c, 1 + c.len_utf8()));
    }
    let c = u32::from_str_radix(&rest[..digits], 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
    let space = rest[digits..].starts_with([' ', '\t', '\n']);
    Some((c, 1 + digits + usize::from(space)))
}

/// Text with its escapes replaced.
fn decode(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        let (c, length) = escaped(rest).unwrap_or((c, c.len_utf8()));
        out.push(c);
        rest = &rest[length..];
    }
    out
}

/// The length of a string, quotes included. One that isn't closed ends with its line.
fn string(css: &str) -> usize {
    let quote = css.chars().next();
    let mut letters = css.char_indices().skip(1);
    while let Some((at, c)) = letters.next() {
        match c {
            // An escape takes the next character along, the end of a line too.
            '\\' => {
                letters.next();
            }
            '\n' => return at,
            _ if Some(c) == quote => return at + 1,
            _ => {}
        }
    }
    css.len()
}

fn comment(css: &str) -> usize {
    css[2..].find("*/").map_or(css.len(), |end| end + 4)
}

/// The length of `(…)` behind `url`: to the first `)` that is neither escaped nor in quotes right behind the `(`.
fn address(css: &str) -> usize {
    let inner = css[1..].trim_ascii_start();
    let mut at = css.len() - inner.len();
    if inner.starts_with(['"', '\'']) {
        at += string(inner);
    }
    while let Some(c) = css[at..].chars().next() {
        if c == ')' {
            return at + 1;
        }
        at += escaped(&css[at..]).map_or(c.len_utf8(), |(_, length)| length);
    }
    css.len()
}

/// The length of a bracket at the start with all it holds.
fn block(css: &str) -> usize {
    let mut open = 0_usize;
    walk(css, |c| {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        open == 0
    })
}

/// The length of an at-rule: through its `;` or its block, or up to the `}` around it.
fn statement(css: &str) -> usize {
    let mut open = 0_usize;
    let mut outside = false;
    let length = walk(css, |c| {
        match c {
            '(' | '[' | '{' => open += 1,
            '}' if open == 0 => outside = true,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        outside || open == 0 && matches!(c, ';' | '}')
    });
    if outside { length - 1 } else { length }
}

/// Goes over characters outside strings, comments and escapes until one is the last; the length up to behind it.
fn walk(css: &str, mut last: impl FnMut(char) -> bool) -> usize {
    let mut at = 0;
    while let Some(c) = css[at..].chars().next() {
        let rest = &css[at..];
        at += match c {
            '"' | '\'' => string(rest),
            '/' if rest.starts_with("/*") => comment(rest),
            '\\' => escaped(rest).map_or(1, |(_, length)| length),
            _ if last(c) => return at + c.len_utf8(),
            _ => c.len_utf8(),
        };
    }
    css.len()
}
