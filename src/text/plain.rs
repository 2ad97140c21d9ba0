//! HTML to plain text: what is left when only the words stay, with blank lines between paragraphs.
//!
//! Reads the HTML that Étape itself writes, and raw HTML of authors as far as it is in order. Not here: Markdown
//! (`armour`, and the twins of pages).

use std::borrow::Cow;
use std::fmt::Write;

use super::html::decode;

/// The words of a piece of HTML. A picture is its text in brackets, an item of a list begins with `- ` or its number.
pub fn from_html(html: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(html.len() / 2), ..Writer::default() };
    let mut rest = html;
    while let Some((text, tag)) = rest.split_once('<') {
        writer.text(text);
        rest = match tag.strip_prefix("!--") {
            Some(comment) => comment.split_once("-->").map_or("", |(_, rest)| rest),
            None => {
                let end = end_of_tag(tag);
                writer.tag(&tag[..end]);
                tag.get(end + 1..).unwrap_or("")
            }
        };
    }
    writer.text(rest);
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

/// The byte of the `>` that closes a tag; those in the values of attributes don't.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[derive(Default)]
struct Writer {
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
    hidden_by: String,
    kept: usize,
}

impl Writer {
    fn text(&mut self, html: &str) {
        if self.hidden > 0 || html.is_empty() {
            return;
        }
        let text = decode(html);
        if self.kept > 0 {
            self.begin_word();
            self.out.push_str(&text);
            return;
        }
        // a no-break space is part of a word
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
        let bytes = text.as_bytes();
        self.space |= bytes.first().is_some_and(is_space);
        let mut at = 0;
        while let Some(word) = bytes[at..].iter().position(|byte| !is_space(byte)) {
            let start = at + word;
            at = bytes[start..].iter().position(is_space).map_or(bytes.len(), |end| start + end);
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
        } else if self.space && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
        (self.breaks, self.space, self.is_fresh) = (0, false, false);
    }

    fn tag(&mut self, tag: &str) {
        let (tag, closes) = tag.strip_prefix('/').map_or((tag, false), |tag| (tag, true));
        let end = tag.bytes().position(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'/')).unwrap_or(tag.len());
        let mut name = Cow::Borrowed(&tag[..end]);
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            name = name.to_ascii_lowercase().into();
        }
        if self.hidden > 0 {
            // only its likes count: what stands in it needn't be in order
            if name == self.hidden_by && !tag.ends_with('/') {
                self.hidden = if closes { self.hidden - 1 } else { self.hidden + 1 };
            }
            return;
        }
        match &*name {
            "svg" | "math" | "style" | "script" | "template" => self.hide(&name, closes || tag.ends_with('/')),
            // what a picture's link says is of no use without the picture, and items have their numbers
            "span" if tag.contains("class=\"zoom-label\"") || tag.contains("class=\"number\"") => {
                self.hide(&name, false)
            }
            "img" => self.picture(tag),
            "br" => self.breaks = self.breaks.max(1),
            "ul" | "ol" => self.list(&name, tag, closes),
            "li" if !closes => self.item(),
            "dd" if !closes => (self.breaks, self.is_fresh) = (1, true),
            "li" | "tr" | "dt" if closes => self.breaks = self.breaks.max(1),
            "tr" => self.breaks = self.breaks.max(1),
            "td" | "th" if closes => self.space = true,
            "pre" => {
                self.breaks = 2;
                self.kept = if closes { self.kept.saturating_sub(1) } else { self.kept + 1 };
            }
            "p" | "dt" | "dd" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" | "figure" | "figcaption"
            | "aside" | "table" | "blockquote" | "section" | "hr" | "details" | "summary" => {
                self.breaks = if self.is_fresh || self.lists.len() > 1 { self.breaks } else { 2 };
            }
            _ => {}
        }
    }

    fn hide(&mut self, name: &str, is_empty: bool) {
        if !is_empty {
            (self.hidden, self.hidden_by) = (1, name.to_owned());
        }
    }

    fn picture(&mut self, tag: &str) {
        let alt = tag.split_once(" alt=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(alt, _)| alt);
        if !alt.is_empty() {
            self.begin_word();
            self.out.push('[');
            self.out.push_str(&decode(alt));
            self.out.push(']');
        }
    }

    fn list(&mut self, name: &str, tag: &str, closes: bool) {
        if closes {
            self.lists.pop();
        } else {
            let start = tag.split_once(" start=\"").and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok());
            self.lists.push((name == "ol").then_some(start.unwrap_or(1)));
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
    use super::from_html;

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
