//! Sets prose in the typography of its language: quotes, apostrophes, ellipses, no-break spaces.
//!
//! Here: the walk over one run of text, and the spaces of French. Which way a straight quote turns is
//! decided in `quotes`; what a character or a word counts as, in `signs`. Not here: finding the prose (code, URLs and raw HTML never
//! come in), and escaping.

mod quotes;
mod signs;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::stops::Stops;
use quotes::{Around, Quotes, Turn};
use signs::{address, ends_clause, ends_short_code, follows_loosely, is_word, takes_colon, takes_mark};

/// The typography of one locale, made once and used for all of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typography {
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// Languages whose rules aren't known here: nothing is changed.
    AsTyped,
    English,
    French(Spacing),
}

/// What distinguishes the French of Québec from that of elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spacing {
    /// The space before `; ! ?`, if there is one at all.
    before_marks: Option<char>,
    /// The space inside « ».
    inside_quotes: char,
}

const NO_BREAK: char = '\u{a0}';
const NARROW: char = '\u{202f}';

static FRENCH: Stops = Stops::new(b".'\";:!?%$\xc2\xe2");
static ENGLISH: Stops = Stops::new(b".'\"\xe2");

impl Typography {
    /// The rules of a locale: `fr` and its regions, `fr-CA` after the OQLF, `en` and its regions. Any other
    /// language comes out as typed.
    pub fn new(locale: &str) -> Self {
        let mut subtags = locale.split(['-', '_']);
        let language = subtags.next().unwrap_or_default();
        let style = if language.eq_ignore_ascii_case("en") {
            Style::English
        } else if !language.eq_ignore_ascii_case("fr") {
            Style::AsTyped
        } else if subtags.any(|subtag| subtag.eq_ignore_ascii_case("CA")) {
            Style::French(Spacing { before_marks: None, inside_quotes: NO_BREAK })
        } else {
            Style::French(Spacing { before_marks: Some(NARROW), inside_quotes: NARROW })
        };
        Self { style }
    }

    /// Appends `text`, a run of prose without code or URLs of its own, to `out`.
    ///
    /// `before` and `after` are its neighbours in the paragraph, as typed, where bold, links or code cut the
    /// text: so quotes and spaces come out right across the cut. A line break is a neighbour like any white
    /// space; `None` is the beginning or the end of the paragraph. A picture can be given as U+FFFC.
    ///
    /// Characters from U+F0000 on stand for characters of inserted values: they count as letters and are
    /// never changed. Applied to its own result with the same neighbours, this changes nothing.
    pub fn apply(&self, text: &str, before: Option<char>, after: Option<char>, out: &mut String) {
        let stops = match self.style {
            Style::AsTyped => return out.push_str(text),
            Style::English => &ENGLISH,
            Style::French(_) => &FRENCH,
        };
        Run {
            style: self.style,
            text,
            before,
            after,
            out,
            copied: 0,
            left: before,
            word_end: 0,
            address: 0..0,
            quotes: Quotes::default(),
        }
        .set(stops);
    }
}

/// One run on its way from `text` to `out`.
struct Run<'a> {
    style: Style,
    text: &'a str,
    before: Option<char>,
    after: Option<char>,
    out: &'a mut String,
    /// Everything up to here is written.
    copied: usize,
    /// What stands before `copied` as written; a « whose space is written too counts as the «.
    left: Option<char>,
    /// Words that begin before here have been looked at.
    word_end: usize,
    /// Where the last word looked at is an address.
    address: Range<usize>,
    quotes: Quotes,
}

impl Run<'_> {
    fn set(mut self, stops: &Stops) {
        if let Style::French(spacing) = self.style {
            self.open_edge(spacing);
        }
        let mut at = self.copied;
        while let Some(step) = stops.find(&self.text.as_bytes()[at..]) {
            at = self.stop(at + step);
        }
        if let Style::French(spacing) = self.style {
            self.close_edge(spacing);
        }
        self.out.push_str(&self.text[self.copied..]);
    }

    /// Deals with the character at `at`, a stop; returns where to go on.
    fn stop(&mut self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        // Full stops are frequent and nearly always just that.
        if rest[0] == b'.' {
            let dots = rest.iter().take_while(|&&b| b == b'.').count();
            if dots == 3 && self.inside_address(at).is_none() {
                self.ellipsis(at);
            }
            return at + dots;
        }
        let width = width(rest[0]);
        if let Some(end) = self.inside_address(at) {
            return end.max(at + width);
        }
        let spacing = match self.style {
            Style::French(spacing) => Some(spacing),
            _ => None,
        };
        match (&self.text[at..at + width], spacing) {
            ("\"", _) => self.double(at, spacing),
            ("'", _) => self.single(at),
            ("‘", _) => self.quotes.note_single(true),
            ("’", _) => {
                let (left, right) = (self.prev(at), self.next(at + width));
                self.quotes.note_apostrophe(left, right);
            }
            ("“", None) => self.quotes.note_double(true),
            ("”", None) => self.quotes.note_double(false),
            ("«", Some(spacing)) => return self.open_guillemet(at, spacing),
            ("»", Some(spacing)) => self.close_guillemet(at, spacing),
            ("%" | "$" | "€", Some(_)) => self.unit(at, width),
            (":", Some(_)) => self.colon(at),
            (";" | "!" | "?", Some(spacing)) => return self.marks(at, spacing),
            _ => {}
        }
        at + width
    }

    fn ellipsis(&mut self, at: usize) {
        let ends = |c: Option<char>| !matches!(c, Some('.' | '/' | '\\'));
        if ends(self.prev(at)) && ends(self.next(at + 3)) {
            self.replace(at..at + 3, '…');
        }
    }

    fn double(&mut self, at: usize, spacing: Option<Spacing>) {
        let (left, right) = (self.prev(at), self.next(at + 1));
        match (self.quotes.double(left, right, self.before.is_none()), spacing) {
            (Turn::Keep, _) => {}
            (Turn::Open, None) => self.replace(at..at + 1, '“'),
            (Turn::Close, None) => self.replace(at..at + 1, '”'),
            (Turn::Open, Some(spacing)) => {
                self.replace(at..at + 1, '«');
                self.out.push(spacing.inside_quotes);
            }
            (Turn::Close, Some(spacing)) => {
                if left != Some('«') {
                    self.replace(at..at, spacing.inside_quotes);
                }
                self.replace(at..at + 1, '»');
            }
        }
    }

    fn single(&mut self, at: usize) {
        let around = Around {
            left: self.prev(at),
            right: self.next(at + 1),
            text: self.text,
            at,
            first: self.before.is_none(),
            end: self.after,
            english: self.style == Style::English,
        };
        match self.quotes.single(&around) {
            Turn::Keep => {}
            Turn::Open => self.replace(at..at + 1, '‘'),
            Turn::Close => self.replace(at..at + 1, '’'),
        }
    }

    fn open_guillemet(&mut self, at: usize, spacing: Spacing) -> usize {
        self.quotes.note_double(true);
        let (inner, end) = (at + '«'.len_utf8(), self.skip_spaces(at + '«'.len_utf8()));
        let next = self.next(end);
        if end == self.text.len() && next.is_none_or(char::is_whitespace) {
            return inner;
        }
        self.replace(inner..end, spacing.inside_quotes);
        self.left = Some('«');
        end
    }

    fn close_guillemet(&mut self, at: usize, spacing: Spacing) {
        self.quotes.note_double(false);
        let (gap, left) = self.gap(at);
        if left.is_some_and(|c| c != '«' && !c.is_whitespace()) {
            self.replace(gap..at, spacing.inside_quotes);
        }
    }

    fn unit(&mut self, at: usize, width: usize) {
        let (gap, left) = self.gap(at);
        let spaces = &self.text[gap..at];
        if !spaces.is_empty()
            && spaces.bytes().all(|b| b.is_ascii_whitespace())
            && left.is_some_and(|c| c.is_ascii_digit())
            && !self.next(at + width).is_some_and(is_word)
        {
            self.replace(gap..at, NO_BREAK);
        }
    }

    fn colon(&mut self, at: usize) {
        match self.next(at + 1) {
            Some('«' | '»' | '“' | '”' | '"') => {}
            Some(c) if !c.is_whitespace() => return,
            _ if ends_short_code(&self.text[..at]) => return,
            _ => {}
        }
        let (gap, left) = self.gap(at);
        if left.is_some_and(|c| takes_colon(c) || self.is_cut_quote(c, gap)) {
            self.replace(gap..at, NO_BREAK);
        }
    }

    /// Deals with a row of `; ! ?`; returns its end.
    fn marks(&mut self, at: usize, spacing: Spacing) -> usize {
        let rest = &self.text.as_bytes()[at..];
        let count = rest.iter().take_while(|b| b";!?".contains(b)).count();
        let end = at + count;
        let next = self.next(end);
        // `;-)` and `;)` are faces; so is nothing else that begins with a mark.
        let face = &rest[..count] == b";" && matches!(next, Some(')' | '-'));
        if face || !next.is_none_or(ends_clause) {
            return end;
        }
        let (gap, left) = self.gap(at);
        let Some(left) = left else { return end };
        let takes = takes_mark(left) || self.is_cut_quote(left, gap);
        if gap == at {
            let dots = left == '.' && self.text[self.copied..at].ends_with("..");
            let address = self.address.end == at && !self.address.is_empty();
            if let Some(space) = spacing.before_marks
                && (takes && !dots || address)
            {
                self.replace(at..at, space);
            }
        } else if takes || follows_loosely(left) {
            self.replace_gap(gap..at, spacing.before_marks);
        }
        end
    }

    /// A space at the very beginning belongs to a « before it.
    fn open_edge(&mut self, spacing: Spacing) {
        let end = self.skip_spaces(0);
        if self.before == Some('«') && end > 0 && !self.next(end).is_none_or(char::is_whitespace) {
            self.replace(0..end, spacing.inside_quotes);
            self.left = self.before;
        }
    }

    /// A space at the very end belongs to a mark after it.
    fn close_edge(&mut self, spacing: Spacing) {
        let (gap, left) = self.gap(self.text.len());
        let (Some(left), Some(after)) = (left, self.after) else {
            return;
        };
        if gap == self.text.len() {
            return;
        }
        let cut = self.is_cut_quote(left, gap);
        let space = match after {
            '»' if left != '«' && !left.is_whitespace() => Some(spacing.inside_quotes),
            ':' if takes_colon(left) || cut => Some(NO_BREAK),
            ';' | '!' | '?' if takes_mark(left) || follows_loosely(left) || cut => spacing.before_marks,
            _ => return,
        };
        self.replace_gap(gap..self.text.len(), space);
    }

    /// The character before `at`, as written.
    fn prev(&self, at: usize) -> Option<char> {
        self.text[self.copied..at].chars().next_back().or(self.left)
    }

    /// The character at `at`.
    fn next(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next().or(self.after)
    }

    /// Where the white space before `at` begins, and what stands before it.
    fn gap(&self, at: usize) -> (usize, Option<char>) {
        let gap = self.copied + self.text[self.copied..at].trim_end().len();
        (gap, self.prev(gap))
    }

    fn skip_spaces(&self, at: usize) -> usize {
        self.text.len() - self.text[at..].trim_start().len()
    }

    /// Whether `left` is a straight quote of the run before this one: which way it turned isn't known here, but
    /// what follows it directly is outside.
    fn is_cut_quote(&self, left: char, gap: usize) -> bool {
        gap == 0 && matches!(left, '"' | '\'')
    }

    fn replace(&mut self, range: Range<usize>, with: char) {
        self.replace_gap(range, Some(with));
    }

    fn replace_gap(&mut self, range: Range<usize>, with: Option<char>) {
        self.left = with.or_else(|| self.prev(range.start));
        self.out.push_str(&self.text[self.copied..range.start]);
        self.out.extend(with);
        self.copied = range.end;
    }

    fn word_start(&self, at: usize) -> usize {
        self.text[..at]
            .rfind(char::is_whitespace)
            .map_or(0, |space| space + self.text[space..].chars().next().map_or(0, char::len_utf8))
    }

    /// The end of the address that `at` lies in. Each word is looked at once.
    fn inside_address(&mut self, at: usize) -> Option<usize> {
        if at >= self.word_end {
            let start = self.word_start(at).max(self.word_end);
            let word = self.text[start..].split(char::is_whitespace).next().unwrap_or_default();
            let address = address(word);
            self.address = start + address.start..start + address.end;
            self.word_end = start + word.len();
        }
        self.address.contains(&at).then_some(self.address.end)
    }
}

/// The length of the character that begins with this byte.
fn width(first: u8) -> usize {
    match first {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}
