//! Which way a straight quote turns, from its neighbours and from the quotes before it in the run.
//!
//! Here: decisions only, the same for every language but for what an opening single quote needs. Not here:
//! which characters are written for them.

use super::signs::{closes, ends, is_word};

/// What becomes of a straight quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Open,
    /// For a single quote also: an apostrophe.
    Close,
    /// Stays straight: an inch, a minute, a quote on its own.
    Keep,
}

/// The quotes of one run so far.
#[derive(Default)]
pub(super) struct Quotes {
    /// Double quotes that wait for their end.
    doubles: u32,
    /// Single quotes that wait for their end.
    singles: u32,
    /// A double quote stayed straight, so its partner does too.
    straight: bool,
    /// Where the last single quote stands that could close one; looked up once.
    last_closer: Option<Option<usize>>,
}

/// A single quote and what is around it.
pub(super) struct Around<'a> {
    pub left: Option<char>,
    pub right: Option<char>,
    pub text: &'a str,
    /// Where the quote stands in `text`.
    pub at: usize,
    /// Nothing comes before this run in its paragraph.
    pub first: bool,
    /// What comes after the run.
    pub end: Option<char>,
    /// English opens single quotes freely; elsewhere they are apostrophes unless something closes them.
    pub english: bool,
}

/// What a character before a quote says about it.
#[derive(PartialEq, Eq)]
enum Left {
    /// A quote opens here.
    Opens,
    /// A quote opens here unless what follows closes.
    MayOpen,
    Closes,
}

impl Quotes {
    /// A typographic double quote that was typed.
    pub fn note_double(&mut self, open: bool) {
        self.doubles = if open { self.doubles + 1 } else { self.doubles.saturating_sub(1) };
    }

    /// A typographic single quote that was typed.
    pub fn note_single(&mut self, open: bool) {
        self.singles = if open { self.singles + 1 } else { self.singles.saturating_sub(1) };
    }

    /// A ’, which closes if no word goes on after it.
    pub fn note_apostrophe(&mut self, left: Option<char>, right: Option<char>) {
        if !right.is_some_and(is_word) && side(left) != Left::Opens {
            self.note_single(false);
        }
    }

    /// A straight double quote. `first`: nothing comes before this run in its paragraph, so that a closing quote
    /// needs an opening one here.
    pub fn double(&mut self, left: Option<char>, right: Option<char>, first: bool) -> Turn {
        match side(left) {
            Left::Opens if right.is_none_or(char::is_whitespace) => self.keep(),
            Left::Opens if self.straight => self.keep(),
            Left::Closes if right.is_some_and(is_word) => self.keep(),
            Left::MayOpen if right.is_none_or(closes) => self.close(first),
            Left::Closes => self.close(first),
            _ => {
                self.note_double(true);
                Turn::Open
            }
        }
    }

    /// A straight single quote.
    pub fn single(&mut self, around: &Around) -> Turn {
        let (left, right) = (around.left, around.right);
        let (left_word, right_word) = (left.is_some_and(is_word), right.is_some_and(is_word));
        let digit = left.is_some_and(|c| c.is_ascii_digit());
        let turn = match side(left) {
            // `:'(`
            _ if left == Some(':') && matches!(right, Some('(' | ')')) => Turn::Keep,
            Left::Closes if left_word && right_word => {
                // Feet and inches, degrees and minutes.
                let figure = digit && right.is_some_and(|c| c.is_ascii_digit());
                if figure { Turn::Keep } else { Turn::Close }
            }
            Left::Closes if digit && self.singles == 0 && around.first => Turn::Keep,
            Left::Closes if left_word || left.is_some_and(ends) => Turn::Close,
            Left::Closes => Turn::Keep,
            Left::Opens if right.is_none_or(char::is_whitespace) => Turn::Keep,
            Left::MayOpen if right.is_none_or(closes) => Turn::Close,
            _ if is_elided(around) => Turn::Close,
            _ if around.english || self.has_closer(around) => Turn::Open,
            _ => Turn::Close,
        };
        match turn {
            Turn::Open => self.note_single(true),
            Turn::Close => self.note_apostrophe(left, right),
            Turn::Keep => {}
        }
        turn
    }

    fn keep(&mut self) -> Turn {
        self.straight = !self.straight;
        Turn::Keep
    }

    fn close(&mut self, first: bool) -> Turn {
        if self.doubles > 0 {
            self.doubles -= 1;
            Turn::Close
        } else if first || self.straight {
            self.straight = false;
            Turn::Keep
        } else {
            Turn::Close
        }
    }

    /// Whether a later single quote can close this one, in the run or after its end.
    fn has_closer(&mut self, around: &Around) -> bool {
        let text = around.text;
        if around.at + 1 == text.len() {
            return true;
        }
        let last = *self.last_closer.get_or_insert_with(|| {
            text.rmatch_indices('\'').map(|(at, _)| at).find(|&at| {
                let left = text[..at].chars().next_back();
                let right = text[at + 1..].chars().next().or(around.end);
                left.is_some_and(|c| is_word(c) || ends(c)) && right.is_none_or(|c| !is_word(c))
            })
        });
        last.is_some_and(|last| last > around.at)
    }
}

fn side(left: Option<char>) -> Left {
    match left {
        None | Some('(' | '[' | '{' | '¿' | '¡') => Left::Opens,
        Some(c) if c.is_whitespace() => Left::Opens,
        Some(',' | ';' | ':' | '-' | '/' | '"' | '\'' | '‘' | '’' | '“' | '«' | '\u{2010}'..='\u{2015}') => {
            Left::MayOpen
        }
        Some(_) => Left::Closes,
    }
}

/// Words that begin with an apostrophe: `’90s`, `rock ’n’ roll`, `’tis`.
fn is_elided(around: &Around) -> bool {
    let rest = &around.text[around.at + 1..];
    let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    let (word, quoted) = (&rest[..end], rest[end..].starts_with(['\'', '’']));
    if end == rest.len() && around.end.is_some_and(is_word) {
        return false;
    }
    let decade = word.strip_suffix('s').unwrap_or(word);
    if decade.len() == 2 && decade.bytes().all(|b| b.is_ascii_digit()) {
        return !quoted || decade != word;
    }
    let is = |known: &&str| word.eq_ignore_ascii_case(known);
    is(&"n") || !quoted && ["tis", "twas", "twere", "twill", "em", "til", "cause", "bout"].iter().any(is)
}
