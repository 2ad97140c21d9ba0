//! HTML to plain text: what is left when only the words stay, with blank lines between paragraphs.
//!
//! Reads the HTML that Étape itself writes, and raw HTML of authors as far as it is in order. Not here: Markdown
//! (`armour`, and the twins of pages).

use std::borrow::Cow;
use std::fmt::Write;

use memchr::{memchr, memmem};

use super::html::decode;

/// The words of a piece of HTML. A picture is its text in brackets, an item of a list begins with `- ` or its number.
pub fn from_html(html: &str) -> String {
    let has_references = memchr(b'&', html.as_bytes()).is_some();
    let mut writer = Writer { out: String::with_capacity(html.len()), has_references, ..Writer::default() };
    let mut rest = html;
    while let Some(open) = memchr(b'<', rest.as_bytes()) {
        writer.text(&rest[..open]);
        let tag = &rest[open + 1..];
        rest = if tag.as_bytes().starts_with(b"!--") {
            tag[3..].split_once("-->").map_or("", |(_, rest)| rest)
        } else {
            let end = end_of_tag(tag);
            writer.tag(&tag[..end]);
            tag.get(end + 1..).unwrap_or("")
        };
    }
    writer.text(rest);
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

/// The byte of the `>` that closes a tag; those in the values of attributes don't.
fn end_of_tag(tag: &str) -> usize {
    let bytes = tag.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| matches!(byte, b'>' | b'"' | b'\'')) {
        at += found;
        if bytes[at] == b'>' {
            return at;
        }
        let Some(value) = memchr(bytes[at], &bytes[at + 1..]) else { break };
        at += value + 2;
    }
    tag.len()
}

/// What stands between an opening such as ` alt="` and the next quote.
fn value<'h>(tag: &'h str, opening: &str) -> Option<&'h str> {
    let start = memmem::find(tag.as_bytes(), opening.as_bytes())? + opening.len();
    let end = memchr(b'"', &tag.as_bytes()[start..])?;
    Some(&tag[start..start + end])
}

fn has(tag: &str, attribute: &str) -> bool {
    memmem::find(tag.as_bytes(), attribute.as_bytes()).is_some()
}

/// A no-break space is part of a word.
fn is_space(byte: &u8) -> bool {
    (*byte == b' ') | (*byte == b'\n') | (*byte == b'\t') | (*byte == b'\r')
}

/// How far words stand with one blank between them, as most do, from the beginning of a word.
fn in_order(bytes: &[u8]) -> usize {
    let is_odd = |byte: u8, next: u8| is_space(&byte) & ((byte != b' ') | is_space(&next));
    // many are looked at without asking after each: where a word ends is nothing a processor can foresee
    let mut at = 0;
    while let Some(pieces) = bytes.get(at..=at + AT_ONCE)
        && !(0..AT_ONCE).fold(false, |any, index| any | is_odd(pieces[index], pieces[index + 1]))
    {
        at += AT_ONCE;
    }
    let odd = bytes[at..].iter().zip(&bytes[at + 1..]).position(|(byte, next)| is_odd(*byte, *next));
    odd.map_or_else(|| bytes.len() - usize::from(bytes.last().is_some_and(is_space)), |odd| at + odd)
}

/// How many bytes are looked at in one go.
const AT_ONCE: usize = 16;

#[derive(Default)]
struct Writer<'h> {
    out: String,
    /// Line ends that must come before the next word, and none at the beginning.
    breaks: usize,
    /// An item has just begun: a paragraph in it stays on its line.
    is_fresh: bool,
    /// There was white space since the last word.
    space: bool,
    /// Lists around: the number of the next item, or none if they aren't counted.
    lists: Vec<Option<usize>>,
    /// How many elements around are left out, the outermost's name, and how many keep their white space.
    hidden: usize,
    hidden_by: &'h str,
    kept: usize,
    /// There may be character references.
    has_references: bool,
}

impl<'h> Writer<'h> {
    fn text(&mut self, html: &str) {
        if self.hidden > 0 || html.is_empty() {
            return;
        }
        let text = if self.has_references { decode(html) } else { Cow::Borrowed(html) };
        if self.kept > 0 {
            self.begin_word();
            self.out.push_str(&text);
            return;
        }
        let bytes = text.as_bytes();
        self.space |= bytes.first().is_some_and(is_space);
        let mut at = 0;
        while let Some(word) = bytes[at..].iter().position(|byte| !is_space(byte)) {
            let start = at + word;
            at = start + in_order(&bytes[start..]);
            self.begin_word();
            self.out.push_str(&text[start..at]);
            self.space = at < bytes.len();
        }
    }

    fn begin_word(&mut self) {
        if self.out.is_empty() {
            self.breaks = 0;
        } else if self.breaks > 0 {
            (0..self.breaks).for_each(|_| self.out.push('\n'));
        } else if self.space && !matches!(self.out.as_bytes().last(), Some(b' ' | b'\n')) {
            self.out.push(' ');
        }
        (self.breaks, self.space, self.is_fresh) = (0, false, false);
    }

    fn tag(&mut self, tag: &'h str) {
        let closes = tag.as_bytes().first() == Some(&b'/');
        let tag = &tag[usize::from(closes)..];
        let end = tag.bytes().position(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'/')).unwrap_or(tag.len());
        let typed = &tag[..end];
        if self.hidden > 0 {
            // only its likes count: what stands in it needn't be in order
            if typed.eq_ignore_ascii_case(self.hidden_by) && !tag.ends_with('/') {
                self.hidden = if closes { self.hidden - 1 } else { self.hidden + 1 };
            }
            return;
        }
        let mut name = Cow::Borrowed(typed.as_bytes());
        if name.iter().any(u8::is_ascii_uppercase) {
            name = name.to_ascii_lowercase().into();
        }
        // bytes, since strings would be compared one by one
        match &*name {
            b"svg" | b"math" | b"style" | b"script" | b"template" => self.hide(typed, closes || tag.ends_with('/')),
            // what a picture's link says is of no use without the picture, and items have their numbers
            b"span" if has(tag, "class=\"zoom-label\"") || has(tag, "class=\"number\"") => self.hide(typed, false),
            b"img" => self.picture(tag),
            b"br" => self.breaks = self.breaks.max(1),
            b"ul" => self.list(None, closes),
            b"ol" => self.list(Some(value(tag, " start=\"").and_then(|start| start.parse().ok()).unwrap_or(1)), closes),
            b"li" if !closes => self.item(),
            b"dd" if !closes => (self.breaks, self.is_fresh) = (1, true),
            b"li" | b"tr" | b"dt" if closes => self.breaks = self.breaks.max(1),
            b"tr" => self.breaks = self.breaks.max(1),
            b"td" | b"th" if closes => self.space = true,
            b"pre" => {
                self.breaks = 2;
                self.kept = if closes { self.kept.saturating_sub(1) } else { self.kept + 1 };
            }
            b"p" | b"dt" | b"dd" | b"div" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"dl" | b"figure"
            | b"figcaption" | b"aside" | b"table" | b"blockquote" | b"section" | b"hr" | b"details" | b"summary" => {
                self.breaks = if self.is_fresh || self.lists.len() > 1 { self.breaks } else { 2 };
            }
            _ => {}
        }
    }

    fn hide(&mut self, name: &'h str, is_empty: bool) {
        if !is_empty {
            (self.hidden, self.hidden_by) = (1, name);
        }
    }

    fn picture(&mut self, tag: &str) {
        let alt = value(tag, " alt=\"").unwrap_or_default();
        if !alt.is_empty() {
            self.begin_word();
            self.out.push('[');
            self.out.push_str(&decode(alt));
            self.out.push(']');
        }
    }

    /// A list whose items are counted from a number, or aren't.
    fn list(&mut self, first: Option<usize>, closes: bool) {
        if closes {
            self.lists.pop();
        } else {
            self.lists.push(first);
        }
        self.breaks = self.breaks.max(if self.lists.len() > usize::from(!closes) { 1 } else { 2 });
    }

    fn item(&mut self) {
        self.breaks = self.breaks.max(1);
        self.begin_word();
        (1..self.lists.len()).for_each(|_| self.out.push_str("  "));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                // writing to a string can't fail
                let _ = write!(self.out, "{number}. ");
                *number += 1;
            }
            _ => self.out.push_str("- "),
        }
        self.is_fresh = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{from_html, in_order};

    proptest! {
        #[test]
        fn words_in_order_are_those_with_one_blank_between_them(text in "([a-zé]{1,9} ){0,12}[a-zé][a-zé \n\t\r]{0,40}") {
            let bytes = text.as_bytes();
            let odd = |at: &usize| match &bytes[*at..] {
                [b' ', next, ..] => b" \n\t\r".contains(next),
                [byte, ..] => b" \n\t\r".contains(byte),
                [] => false,
            };
            prop_assert_eq!(in_order(bytes), (0..bytes.len()).find(odd).unwrap_or(bytes.len()));
        }
    }

    #[test]
    fn words_stay_and_marks_go() {
        for (html, text) in [
            ("", ""),
            ("<p>One <strong>two</strong>\nthree.</p>\n<p>Four</p>", "One two three.\n\nFour"),
            ("<p>a&lt;b&gt; &amp;&nbsp;c &#39;d&#39;</p>", "a<b> &\u{a0}c 'd'"),
            ("<h2 id=\"x\">Head</h2><p>Text<br>on</p>", "Head\n\nText\non"),
            ("<p>L:</p><ul>\n<li>a</li>\n<li>b<ul><li>c</li></ul></li></ul><p>e</p>", "L:\n\n- a\n- b\n  - c\n\ne"),
            ("<ol start=\"3\"><li>a</li><li>b</li></ol>", "3. a\n4. b"),
            ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n\n- b"),
            ("<dl><dt>No code</dt><dd>Wait.</dd><dt>Two</dt><dd><p>One.</p></dd></dl>", "No code\nWait.\n\nTwo\nOne."),
            ("<pre><code>a  b\n c</code></pre><p>d</p>", "a  b\n c\n\nd"),
            ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A B\n1 2"),
            ("a<!-- <p>x</p> -->b", "ab"),
            ("<p title=\"a>b\">c</p>", "c"),
            ("<p>a <svg><g><text>1</text></g></svg>b</p>", "a b"),
            (
                "<figure class=\"screen\"><a class=\"zoom\" href=\"x\"><span class=\"canvas\"><img src=\"y\" \
                 alt=\"The &quot;page&quot;\"><svg class=\"layer\"/></span><span class=\"zoom-label\">Enlarge</span></a>\
                 <ol class=\"marks\" role=\"list\"><li><span class=\"number\">1</span> Press</li></ol></figure>",
                "[The \"page\"]\n\n1. Press",
            ),
            ("<p>cut off <em", "cut off"),
        ] {
            assert_eq!(from_html(html), text, "{html}");
        }
    }
}
