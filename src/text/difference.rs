//! How one text has become another, word by word.
//!
//! Not here: what is shown of it (`cli`).

/// A stretch of the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// In both texts.
    Same(String),
    /// In the old text alone.
    Removed(String),
    /// In the new text alone.
    Added(String),
}

/// Beyond this many pairs of words, what differs is shown as a whole.
const MOST_PAIRS: usize = 4_000_000;

/// The pieces of both texts, in order; no two neighbours are of one kind.
pub fn words(old: &str, new: &str) -> Vec<Piece> {
    let (old, new) = (split(old), split(new));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let mut pieces = Vec::new();
    push(&mut pieces, Piece::Same(old[..start].concat()));
    middle(&old[start..old.len() - end], &new[start..new.len() - end], &mut pieces);
    push(&mut pieces, Piece::Same(old[old.len() - end..].concat()));
    pieces
}

/// Words with the signs that hang on them, and spaces between.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut from = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let kind = (c.is_whitespace(), c == '\n');
        if before.is_some_and(|before| before != kind || c == '\n') {
            words.push(&text[from..at]);
            from = at;
        }
        before = Some(kind);
    }
    if from < text.len() {
        words.push(&text[from..]);
    }
    words
}

/// The longest common subsequence, by the table of all pairs.
fn middle(old: &[&str], new: &[&str], pieces: &mut Vec<Piece>) {
    if old.len() * new.len() > MOST_PAIRS {
        push(pieces, Piece::Removed(old.concat()));
        push(pieces, Piece::Added(new.concat()));
        return;
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = if old[i] == new[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(pieces, Piece::Same(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            push(pieces, Piece::Removed(old[i].to_owned()));
            i += 1;
        } else {
            push(pieces, Piece::Added(new[j].to_owned()));
            j += 1;
        }
    }
}

fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    match (pieces.last_mut(), &piece) {
        (_, Piece::Same(text) | Piece::Removed(text) | Piece::Added(text)) if text.is_empty() => {}
        (Some(Piece::Same(all)), Piece::Same(text))
        | (Some(Piece::Removed(all)), Piece::Removed(text))
        | (Some(Piece::Added(all)), Piece::Added(text)) => all.push_str(text),
        _ => pieces.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let show = |piece: Piece| match piece {
            Piece::Same(text) => text,
            Piece::Removed(text) => format!("[-{text}-]"),
            Piece::Added(text) => format!("{{+{text}+}}"),
        };
        words(old, new).into_iter().map(show).collect()
    }

    #[test]
    fn changes_are_shown_word_by_word() {
        for (old, new, change) in [
            ("", "", ""),
            ("a b", "a b", "a b"),
            ("", "a", "{+a+}"),
            ("a b c", "a x c", "a [-b-]{+x+} c"),
            ("a b c\nd", "a c\nd e", "a [-b -]c\nd{+ e+}"),
            ("Été à Gaspé", "Hiver à Gaspé", "[-Été-]{+Hiver+} à Gaspé"),
        ] {
            assert_eq!(shown(old, new), change);
        }
    }

    #[test]
    fn nothing_is_lost() {
        let (old, new) = ("un deux\n\n  trois quatre ".repeat(30), "un trois\n deux cinq".repeat(30));
        let (mut was, mut is) = (String::new(), String::new());
        for piece in words(&old, &new) {
            match piece {
                Piece::Same(text) => {
                    was.push_str(&text);
                    is.push_str(&text);
                }
                Piece::Removed(text) => was.push_str(&text),
                Piece::Added(text) => is.push_str(&text),
            }
        }
        assert_eq!((was, is), (old, new));
    }
}
