//! A text that is read once for many brands: marks stand in it where each brand has words of its own.
//!
//! A word of a value (letters and figures of ASCII) is nothing that Markdown, HTML or typography would look into. So a
//! mark can stand for it, a private-use character that all of them take for a letter, and what was made of the text
//! serves every brand whose values differ in such words only. Not here: which texts that is true of (`resolve::simple`), and
//! who shares them (`pipeline::moulds`).

use memchr::{memchr, memmem};

use super::armour;

/// Stands for the first word; those of the others follow.
const FIRST: u32 = 0xF_0000;
/// How many words a text may have of a brand's.
const MOST: usize = 4096;
/// How the marks begin in UTF-8; two bytes follow, with six bits each.
const LEAD: [u8; 2] = [0xF3, 0xB0];

/// A brand's words for the marks of a text, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Words {
    /// None at all: the text is the same for every brand.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..end])
    }

    /// Appends a value in armour: its words are added to these, and marks stand in their place. Figures that no letters
    /// stand before stay, since they could open a list, and so do words that addresses are known by, and those that may
    /// be a part of a `%20`. None if there are too many words.
    pub fn cut(&mut self, armoured: &str, out: &mut String) -> Option<()> {
        let bytes = armoured.as_bytes();
        let mut has_letters = false;
        let mut at = 0;
        while at < bytes.len() {
            let count = |is: fn(&u8) -> bool| bytes[at..].iter().take_while(|byte| is(byte)).count();
            let word = count(u8::is_ascii_alphanumeric);
            if word == 0 {
                let other = count(|byte| !byte.is_ascii_alphanumeric());
                out.push_str(&armoured[at..at + other]);
                at += other;
                continue;
            }
            let text = &armoured[at..at + word];
            has_letters |= text.bytes().any(|byte| byte.is_ascii_alphabetic());
            if !has_letters || is_known(text) || is_in_escape(out) {
                out.push_str(text);
            } else {
                out.push(mark(self.ends.len())?);
                self.text.push_str(text);
                self.ends.push(self.text.len());
            }
            at += word;
        }
        Some(())
    }

    /// Appends a text with these words in the place of its marks.
    pub fn fill(&self, text: &str, out: &mut String) {
        if self.is_empty() {
            return out.push_str(text);
        }
        let mut rest = text;
        while let Some(at) = memchr(LEAD[0], rest.as_bytes()) {
            let (before, found) = rest.split_at(at);
            out.push_str(before);
            let next = found.chars().next().map_or(found.len(), char::len_utf8);
            match index(found.as_bytes()).and_then(|index| self.get(index)) {
                Some(word) => out.push_str(word),
                None => out.push_str(&found[..next]),
            }
            rest = &found[next..];
        }
        out.push_str(rest);
    }
}

/// Words that mean something in an address.
fn is_known(word: &str) -> bool {
    ["http", "https", "mailto", "tel", "www", "md"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Could what follows be a figure of a percent-escape, whoever wrote the sign?
fn is_in_escape(before: &str) -> bool {
    let mut last = before.chars().rev().take(2);
    last.any(|character| armour::typed(character) == '%')
}

fn mark(index: usize) -> Option<char> {
    (index < MOST).then(|| char::from_u32(FIRST + index as u32))?
}

/// The index of the mark that stands at the beginning.
fn index(bytes: &[u8]) -> Option<usize> {
    let [high, low, ..] = *bytes.strip_prefix(&LEAD)? else { return None };
    Some(usize::from(high & 0x3F) << 6 | usize::from(low & 0x3F))
}

/// Is this a mark?
pub fn is_mark(character: char) -> bool {
    (FIRST..FIRST + MOST as u32).contains(&(character as u32))
}

/// Is there a mark in the text?
pub fn has(text: &str) -> bool {
    memmem::find(text.as_bytes(), &LEAD).is_some()
}

/// The indices of a text's marks.
pub fn marks(text: &str) -> impl Iterator<Item = usize> + '_ {
    memmem::find_iter(text.as_bytes(), &LEAD).filter_map(|at| index(&text.as_bytes()[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::armour::armour;

    #[test]
    fn a_value_is_cut_and_put_together_again() {
        for (value, marked) in [
            ("Acme", "\u{f0000}"),
            ("Brand 12", "\u{f0000}\u{10fe20}\u{f0001}"),
            ("12 Brand", "12\u{10fe20}\u{f0000}"),
            ("+1 555 010-0199", "\u{10fe2b}1\u{10fe20}555\u{10fe20}010-0199"),
            ("help@a1.example", "\u{f0000}@\u{f0001}.\u{f0002}"),
            ("https://a.example/x", "https:\u{10fe2f}\u{10fe2f}\u{f0000}.\u{f0001}\u{10fe2f}\u{f0002}"),
            ("Été", "É\u{f0000}é"),
            ("L'Été", "\u{f0000}\u{10fe27}É\u{f0001}é"),
            ("%20Documents%2Fx%Acme", "\u{10fe25}20Documents\u{10fe25}2Fx\u{10fe25}Acme"),
            ("a%2-b", "\u{f0000}\u{10fe25}2-\u{f0001}"),
            ("", ""),
        ] {
            let (mut words, mut out) = (Words::default(), String::new());
            words.cut(&armour(value), &mut out).unwrap();
            assert_eq!(out, marked, "{value}");
            assert_eq!(has(&out), !words.is_empty(), "{value}");
            assert_eq!(marks(&out).collect::<Vec<_>>(), (0..words.len()).collect::<Vec<_>>());
            let mut filled = String::new();
            words.fill(&out, &mut filled);
            assert_eq!(filled, armour(value));
        }
    }

    #[test]
    fn what_may_be_a_percent_escape_stays_whoever_writes_it() {
        for parts in [["%", "", "Ab"], ["a%", "C", "3x"], ["%", "2", "0x"], ["x%2", "", "Fx"]] {
            let (mut words, mut out) = (Words::default(), "https://x.example/".to_owned());
            parts.iter().for_each(|part| words.cut(&armour(part), &mut out).unwrap());
            assert_eq!(words.len(), usize::from(parts[0].starts_with(char::is_alphanumeric)), "{parts:?}");
        }
        let (mut words, mut out) = (Words::default(), "%".to_owned());
        words.cut("Ab", &mut out).unwrap();
        assert_eq!(out, "%Ab");
    }

    #[test]
    fn words_stand_wherever_their_marks_do() {
        let (mut words, mut out) = (Words::default(), String::new());
        for index in 0..MOST {
            words.cut(&format!("w{index}"), &mut out).unwrap();
        }
        assert_eq!(words.cut("one more", &mut String::new()), None);
        let mut filled = String::new();
        words.fill(&format!("é{}\u{f1000}{}{}\u{c0000}", '\u{f0fff}', '\u{f0041}', '\u{f0041}'), &mut filled);
        assert_eq!(filled, "éw4095\u{f1000}w65w65\u{c0000}");
        let all: String = (0..MOST).map(|index| format!("w{index}")).collect();
        filled.clear();
        words.fill(&out, &mut filled);
        assert_eq!(filled, all);
    }
}
