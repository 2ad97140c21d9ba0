//! The way back from a place in expanded text to the author's.
//!
//! A text is expanded once more with marks in it, one before each value and one after each tag; from the marks that
//! come out, every place can be told in the author's file. That is done only when there is something to tell.

use std::ops::Range;

use super::tags::tags;

/// The way back from expanded text to the author's.
#[derive(Debug, Default)]
pub struct Origin {
    /// Expanded offset, author's offset, and whether what follows is a value (one point in the author's text)
    /// or the author's own text (which runs in parallel). Ordered by expanded offset.
    points: Vec<(usize, Range<usize>, bool)>,
}

impl Origin {
    /// The author's bytes for a byte range of expanded text.
    pub fn back(&self, span: Range<usize>) -> Range<usize> {
        let start = self.locate(span.start, false);
        let end = self.locate(span.end, true);
        start..end.max(start)
    }

    fn locate(&self, at: usize, is_end: bool) -> usize {
        let index = self.points.partition_point(|(expanded, ..)| if is_end { *expanded < at } else { *expanded <= at });
        match index.checked_sub(1).map(|index| &self.points[index]) {
            None => at,
            Some((_, author, true)) => {
                if is_end {
                    author.end
                } else {
                    author.start
                }
            }
            Some((expanded, author, false)) => author.start + (at - expanded),
        }
    }
}

/// The first of the private-use characters that carry positions; none of them occurs in a text by accident.
const MARK: u32 = 0xF_0000;

/// The text with marks that survive expansion: before each value and after each tag.
pub fn instrument(text: &str) -> String {
    let tags = tags(text);
    let mut out = String::with_capacity(text.len() + tags.len() * 24);
    let mut at = 0;
    for (index, tag) in tags.iter().enumerate() {
        let before = &text[at..tag.span.start];
        let trims_before = text[tag.span.start + 2..].starts_with('-');
        // a mark must not stand between white space and a tag that trims it
        let kept = if trims_before { before.trim_end().len() } else { before.len() };
        out.push_str(&before[..kept]);
        if tag.is_output {
            push_mark(&mut out, index * 2);
        }
        out.push_str(&before[kept..]);
        out.push_str(&text[tag.span.clone()]);
        let after = &text[tag.span.end..];
        let trimmed = if text[..tag.span.end - 2].ends_with('-') { after.len() - after.trim_start().len() } else { 0 };
        out.push_str(&after[..trimmed]);
        push_mark(&mut out, index * 2 + 1);
        at = tag.span.end + trimmed;
    }
    out.push_str(&text[at..]);
    out
}

/// A mark is two characters: the high and the low eleven bits of its number, from two separate ranges.
fn push_mark(out: &mut String, number: usize) {
    let (high, low) = ((number / 0x800) as u32 & 0x7FF, (number % 0x800) as u32);
    out.extend(char::from_u32(MARK + high));
    out.extend(char::from_u32(MARK + 0x800 + low));
}

/// Takes the marks out of an expanded text and reads the way back from them.
pub fn origin(author: &str, marked: &str) -> (String, Origin) {
    let tags = tags(author);
    let mut text = String::with_capacity(marked.len());
    let mut points = vec![(0, 0..0, false)];
    let mut high = None;
    for character in marked.chars() {
        let code = character as u32;
        match (high, code) {
            (_, MARK..0xF_0800) => high = Some(code - MARK),
            (Some(first), 0xF_0800..0xF_1000) => {
                high = None;
                let number = (first * 0x800 + (code - MARK - 0x800)) as usize;
                if let Some(tag) = tags.get(number / 2) {
                    if number.is_multiple_of(2) {
                        points.push((text.len(), tag.span.clone(), true));
                    } else {
                        let after = &author[tag.span.end..];
                        let trims = author[..tag.span.end - 2].ends_with('-');
                        let from = tag.span.end + if trims { after.len() - after.trim_start().len() } else { 0 };
                        points.push((text.len(), from..from, false));
                    }
                }
            }
            _ => text.push(character),
        }
    }
    (text, Origin { points })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lead_back() {
        let text = "é {{ x }} tail {% if y -%}  in{% endif %} end";
        let marked =
            instrument(text).replace("{{ x }}", "VALUE").replace("{% if y -%}  ", "").replace("{% endif %}", "");
        let (expanded, origin) = origin(text, &marked);
        assert_eq!(expanded, "é VALUE tail in end");
        let back = |needle: &str| {
            let start = expanded.find(needle).unwrap();
            &text[origin.back(start..start + needle.len())]
        };
        assert_eq!(back("é"), "é");
        assert_eq!(back("VALUE"), "{{ x }}");
        assert_eq!(back("AL"), "{{ x }}");
        assert_eq!(back("tail"), "tail");
        assert_eq!(back("in"), "in");
        assert_eq!(back("end"), "end");
        assert_eq!(back("VALUE tail"), "{{ x }} tail");
    }
}
