//! Bytes as they stand in addresses where they may not stand themselves: `%C3`.
//!
//! Which bytes these are is up to who asks. Not here: reading them back (`serve`), which refuses what is wrong.

/// Is it a byte that means the same with and without a percent sign, wherever it stands in an address?
pub fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Appends a text, with a percent sign and two digits for every byte that doesn't stay. Only those of ASCII may.
pub fn push(text: &str, stays: impl Fn(u8) -> bool, out: &mut String) {
    let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| !(byte.is_ascii() && stays(*byte))) {
        // nothing stands between two bytes of one character
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push('%');
        out.push(digit(byte >> 4));
        out.push(digit(byte & 15));
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// Appends a character, each of its bytes so.
pub fn push_char(character: char, out: &mut String) {
    push(character.encode_utf8(&mut [0; 4]), |_| false, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_stays_and_the_rest_can_be_read_back() {
        let mut out = "x".to_owned();
        push("a-Z_0.~/é%\0", is_unreserved, &mut out);
        push("plain", is_unreserved, &mut out);
        push("é", |_| true, &mut out);
        push_char('€', &mut out);
        push_char('#', &mut out);
        assert_eq!(out, "xa-Z_0.~%2F%C3%A9%25%00plain%C3%A9%E2%82%AC%23");
    }
}
