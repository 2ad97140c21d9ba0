//! Interface strings that fall back to another language say so: `<span lang="en">`.
//!
//! A template calls `t()` without knowing where its words will stand. So `resolve::terms` puts marks around a string
//! that isn't in the page's language, and here, in the finished page, the marks become an element where one can stand,
//! and nothing in attributes and titles. Not here: texts that fall back, which the templates mark themselves.

use crate::resolve::terms::{BEGIN, BETWEEN, END};

/// Elements that hold text alone.
const TEXT_ONLY: &[&str] = &["title", "style", "script", "textarea", "option"];

/// Where the reading of a page has come to.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Text,
    /// In a tag, and in which quotes.
    Tag(Option<char>),
    Comment,
}

/// The page with its marks turned into elements.
pub fn unmark(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + 256);
    let mut at = At::Text;
    let mut text_only = None;
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        match (at, c) {
            (_, BEGIN) => {
                let Some((language, text)) = behind.split_once(BETWEEN) else { break };
                let can_stand = at == At::Text && text_only.is_none();
                if can_stand {
                    out.push_str(&format!("<span lang=\"{language}\" dir=\"auto\">"));
                }
                open.push(can_stand);
                rest = text;
                continue;
            }
            (_, END) => {
                if open.pop() == Some(true) {
                    out.push_str("</span>");
                }
                rest = behind;
                continue;
            }
            (At::Text, '<') if behind.starts_with("!--") => at = At::Comment,
            (At::Text, '<')
                if behind.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!')) =>
            {
                at = At::Tag(None);
                let name = behind.trim_start_matches('/');
                let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
                match text_only {
                    None if !behind.starts_with('/') => text_only = TEXT_ONLY.iter().find(|own| **own == name),
                    Some(own) if behind.starts_with('/') && *own == name => text_only = None,
                    _ => {}
                }
            }
            (At::Comment, '>') if out.ends_with("--") => at = At::Text,
            (At::Tag(None), '>') => at = At::Text,
            (At::Tag(None), '"' | '\'') => at = At::Tag(Some(c)),
            (At::Tag(Some(quote)), c) if c == quote => at = At::Tag(None),
            _ => {}
        }
        out.push(c);
        rest = behind;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_another_language_say_so() {
        let mark = |text: &str| format!("{BEGIN}en{BETWEEN}{text}{END}");
        let span = "<span lang=\"en\" dir=\"auto\">x</span>";
        for (before, after, expected) in [
            ("<p>", "</p>", span),
            ("<a title=\"a > ", "\">", "x"),
            ("<title>", "</title>", "x"),
            ("<title>a</title><p class=b>", "", span),
            ("<!-- don't --><b>", "</b>", span),
            ("<script>if (a < b)", "</script>", "x"),
            ("1 < 2 ", "", span),
        ] {
            assert_eq!(unmark(&format!("{before}{}{after}", mark("x"))), format!("{before}{expected}{after}"));
        }
    }
}
