//! Where the Markdown twin says something else than the expanded text.
//!
//! Markdown saw values in armour, as letters; in the twin they stand as they are, and what surrounds them must still be
//! read in the same way. Not here: putting the twin together (`resolve::link`).

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event};

use super::writer::{Spanned, Writer};
use super::{Patch, Replacement};
use crate::text::{armour, holes};

impl<'t> Writer<'t> {
    /// Says what stands in the twin instead of a stretch.
    pub(super) fn patch(&mut self, span: &Range<usize>, with: String) {
        self.body.patches.push(Patch { span: span.clone(), with: Replacement::Text(with) });
    }

    pub(super) fn patch_html(&mut self, raw: &str, span: &Range<usize>) {
        if armour::has(raw) {
            let mut html = String::new();
            armour::push_raw_html(raw, &mut html);
            self.patch(span, html);
        }
    }

    /// Marks of emphasis that a value's first or last sign would keep from being read as such: elements say it.
    pub(super) fn patch_emphasis(&mut self, element: &str, span: &Range<usize>) {
        let marked = &self.text[span.clone()];
        let Some(mark) = marked.chars().next() else { return };
        // marks of several kinds of emphasis are read as one run
        let inside = marked.trim_matches(mark);
        let (Some((first, is_first)), Some((last, is_last))) = (first_of(inside), last_of(inside)) else { return };
        if !(is_first || is_last) {
            return;
        }
        let before = last_of(self.text[..span.start].trim_end_matches(mark)).map(|(before, _)| before);
        let after = first_of(self.text[span.end..].trim_start_matches(mark)).map(|(after, _)| after);
        if stands_by(first, before) && stands_by(last, after) {
            return;
        }
        let length = match element {
            "strong" => 2,
            "del" if marked.starts_with("~~") => 2,
            _ => 1,
        };
        self.patch(&(span.start..span.start + length), format!("<{element}>"));
        self.patch(&(span.end - length..span.end), format!("</{element}>"));
    }

    /// The lines of a code block with values in them; none of a value's own closes the block.
    pub(super) fn patch_code(&mut self, kind: &CodeBlockKind<'_>, lines: &[Spanned<'t>], block: &Range<usize>) {
        let whole = &self.text[block.clone()];
        let fence = whole.trim_start();
        let open = block.start + whole.len() - fence.len();
        let sign = fence.chars().next().unwrap_or('`');
        let length = run(fence, sign);
        let mut longest = 0;
        for (event, span) in lines {
            let Event::Text(text) = event else { continue };
            if armour::has(text) {
                let typed = armour::strip(text);
                longest = typed.lines().map(|line| run(line.trim_start(), sign)).fold(longest, usize::max);
                // several lines are one event: what the block is indented by stands between them
                self.patch(span, armour::code_lines(&self.text[span.clone()]));
            }
        }
        if matches!(kind, CodeBlockKind::Indented) || longest < length {
            return;
        }
        let longer = sign.to_string().repeat(longest + 1);
        let before = whole.trim_end().trim_end_matches(sign);
        let close = block.start + before.len()..block.start + whole.trim_end().len();
        self.patch(&(open..open + length), longer.clone());
        if close.len() >= length && before.ends_with(['\n', ' ', '\t', '>']) && close.start > open {
            self.patch(&close, longer);
        }
    }
}

/// How often a sign stands at the beginning.
fn run(text: &str, sign: char) -> usize {
    text.chars().take_while(|c| *c == sign).count()
}

/// The first character, and whether it is a value's.
fn first_of(text: &str) -> Option<(char, bool)> {
    armour::chars(text).next()
}

fn last_of(text: &str) -> Option<(char, bool)> {
    // one in armour may take two
    let (start, _) = text.char_indices().rev().nth(1).or_else(|| text.char_indices().next())?;
    armour::chars(&text[start..]).last()
}

/// Does a mark between these two belong to the inner one? CommonMark's rule of flanking.
fn stands_by(inner: char, outer: Option<char>) -> bool {
    !inner.is_whitespace() && (is_letter(inner) || outer.is_none_or(|outer| !is_letter(outer)))
}

fn is_letter(character: char) -> bool {
    character.is_alphanumeric() || holes::is_mark(character)
}
