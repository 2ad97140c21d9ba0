//! The bytes at which a walk over a text has to stop, and the search for them.
//!
//! For sets that are too large for memchr. What is done at a stop is up to who asks.

/// A set of bytes.
pub struct Stops([bool; 256]);

impl Stops {
    /// Of these.
    pub const fn new(bytes: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut i = 0;
        while i < bytes.len() {
            table[bytes[i] as usize] = true;
            i += 1;
        }
        Self(table)
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Where the first of them stands.
    pub fn find(&self, text: &[u8]) -> Option<usize> {
        // stops are far apart: eight bytes are looked at without asking after each
        let (eights, _) = text.as_chunks::<8>();
        let is_clear = |eight: &&[u8; 8]| !eight.iter().fold(false, |any, byte| any | self.has(*byte));
        let clear = eights.iter().take_while(is_clear).count() * 8;
        text[clear..].iter().position(|byte| self.has(*byte)).map(|at| clear + at)
    }
}

#[cfg(test)]
mod tests {
    use super::Stops;

    #[test]
    fn the_first_one_is_found() {
        let stops = Stops::new(b"\0.\xff");
        for length in 0..30 {
            let mut text = vec![b'x'; length];
            assert_eq!(stops.find(&text), None);
            for at in (0..length).rev() {
                text[at] = b"\0.\xff"[at % 3];
                assert_eq!(stops.find(&text), Some(at));
            }
        }
    }
}
