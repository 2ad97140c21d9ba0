//! The head of a request as the gate reads it: within limits, and written anew with the little that is needed.
//!
//! What passes is one request without a body, in the form that tiny_http reads best. Not here: sockets.

use crate::text::percent;

/// The longest head that is read, in bytes; browsers stay far below it.
pub const LIMIT: usize = 16 << 10;

/// How many headers a request may have.
const MOST_HEADERS: usize = 100;

/// The headers that the preview looks at; no other passes.
const WANTED: [&str; 4] = ["Host", "If-None-Match", "If-Range", "Range"];

/// What the bytes of a connection are so far.
#[derive(Debug, PartialEq)]
pub enum Head {
    /// The beginning of a head.
    Beginning,
    /// A request.
    Whole(Passed),
    /// Nothing to be answered but with this.
    Refused(Refusal),
}

/// A request, written anew.
#[derive(Debug, PartialEq)]
pub struct Passed {
    /// For the server behind the gate.
    pub bytes: Vec<u8>,
    /// It asks for the stream of events.
    pub is_stream: bool,
}

/// Why a request is turned away at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It can't be read.
    Malformed,
    /// It took too long to come.
    Late,
    /// It is too long, or has too many headers.
    TooLarge,
    /// There are too many others.
    Busy,
    /// The server behind the gate doesn't answer.
    Silent,
}

impl Refusal {
    /// The whole answer.
    pub fn bytes(self) -> Vec<u8> {
        let (status, words) = match self {
            Self::Malformed => ("400 Bad Request", "This request can't be read.\n"),
            Self::Late => ("408 Request Timeout", "This request took too long to come.\n"),
            Self::TooLarge => ("431 Request Header Fields Too Large", "This request's head is too long.\n"),
            Self::Busy => ("503 Service Unavailable", "Too many requests at once.\n"),
            Self::Silent => ("504 Gateway Timeout", "The preview doesn't answer.\n"),
        };
        let retry = if self == Self::Busy { "Retry-After: 1\r\n" } else { "" };
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\n{retry}Connection: close\r\n\r\n{words}",
            words.len()
        )
        .into_bytes()
    }
}

/// Reads what has come so far. `before` of it were read already and were no whole head; `mark` is a header line that
/// tells the server where the request comes from, and `stream` the path of the stream of events.
pub fn read(bytes: &[u8], before: usize, mark: &str, stream: &str) -> Head {
    let blank = |byte: &u8| matches!(byte, b'\r' | b'\n');
    match bytes.iter().find(|byte| !blank(byte)) {
        // `https://`, or no HTTP at all
        Some(first) if !first.is_ascii_alphabetic() => return Head::Refused(Refusal::Malformed),
        _ => {}
    }
    // the end may have begun in what was read before
    let from = before.saturating_sub(3);
    let has_end = [&b"\r\n\r\n"[..], b"\n\n", b"\n\r\n"]
        .iter()
        .any(|end| bytes[from..].windows(end.len()).any(|window| window == *end));
    match has_end.then(|| parse(bytes, mark, stream)).flatten() {
        Some(head) => head,
        None if bytes.len() > LIMIT => Head::Refused(Refusal::TooLarge),
        None => Head::Beginning,
    }
}

/// None if the head goes on.
fn parse(bytes: &[u8], mark: &str, stream: &str) -> Option<Head> {
    let refused = |refusal| Some(Head::Refused(refusal));
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) if length > LIMIT => return refused(Refusal::TooLarge),
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return None,
        Err(httparse::Error::TooManyHeaders) => return refused(Refusal::TooLarge),
        Err(_) => return refused(Refusal::Malformed),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else { return refused(Refusal::Malformed) };
    let hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("Host")).count();
    if !target.starts_with('/') || hosts != 1 {
        return refused(Refusal::Malformed);
    }
    let mut out = format!("{method} {} HTTP/1.1\r\n{mark}\r\nConnection: close\r\n", ascii(target));
    for name in WANTED {
        let found = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        // a value that isn't plain text can be left out: none of these must be understood
        if let Some(value) = found.and_then(|header| std::str::from_utf8(header.value).ok())
            && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    out.push_str("\r\n");
    let path = target.split(['?', '#']).next().unwrap_or_default();
    Some(Head::Whole(Passed { bytes: out.into_bytes(), is_stream: method == "GET" && path == stream }))
}

/// A target as tiny_http takes it: whatever isn't a visible ASCII character, as `%C3`.
fn ascii(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    percent::push(target, |byte| byte.is_ascii_graphic(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        read(text.as_bytes(), 0, "Mark: 1", "/events")
    }

    fn passed(first: &str, more: &str) -> String {
        format!("{first}\r\nMark: 1\r\nConnection: close\r\n{more}\r\n")
    }

    #[test]
    fn only_what_is_needed_passes() {
        for (text, bytes, is_stream) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", passed("GET / HTTP/1.1", "Host: a\r\n"), false),
            (
                "GET /a?b HTTP/1.0\r\nrange: bytes=0-1\r\nCookie: c=d\r\nMark: 2\r\nhost: a:1\r\nContent-Length: 9\r\n\
                 Transfer-Encoding: chunked\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\nrest",
                passed("GET /a?b HTTP/1.1", "Host: a:1\r\nRange: bytes=0-1\r\n"),
                false,
            ),
            ("GET /é HTTP/1.1\r\nHost: a\r\nRange: é\r\n\r\n", passed("GET /%C3%A9 HTTP/1.1", "Host: a\r\n"), false),
            ("\r\nGET /events?x HTTP/1.1\nHost: a\n\n", passed("GET /events?x HTTP/1.1", "Host: a\r\n"), true),
            ("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n", passed("HEAD /events HTTP/1.1", "Host: a\r\n"), false),
            ("BREW /x HTTP/1.1\r\nHost: a\r\n\r\n", passed("BREW /x HTTP/1.1", "Host: a\r\n"), false),
        ] {
            assert_eq!(head(text), Head::Whole(Passed { bytes: bytes.into_bytes(), is_stream }), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "y".repeat(LIMIT));
        let long_and_whole = format!("{long}\r\n\r\n");
        let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(MOST_HEADERS));
        for (text, refusal) in [
            ("\u{16}\u{3}\u{1}", Refusal::Malformed),
            ("GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::Malformed),
            ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", Refusal::Malformed),
            ("GET / HTTP/1.1\r\n\r\n", Refusal::Malformed),
            ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Refusal::Malformed),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Refusal::Malformed),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", Refusal::Malformed),
            ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", Refusal::Malformed),
            ("GET /\r\n\r\n", Refusal::Malformed),
            (&long, Refusal::TooLarge),
            (&long_and_whole, Refusal::TooLarge),
            (&many, Refusal::TooLarge),
        ] {
            assert_eq!(head(text), Head::Refused(refusal), "{}", &text[..text.len().min(60)]);
        }
    }

    #[test]
    fn heads_come_in_any_pieces() {
        let text = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for end in 0..text.len() {
            for before in 0..=end {
                assert_eq!(read(&text[..end], before, "Mark: 1", "/events"), Head::Beginning, "{end}");
                let whole = read(text, before, "Mark: 1", "/events");
                assert!(matches!(whole, Head::Whole(_)), "{before}");
            }
        }
    }

    #[test]
    fn every_refusal_is_a_whole_answer() {
        for refusal in [Refusal::Malformed, Refusal::Late, Refusal::TooLarge, Refusal::Busy, Refusal::Silent] {
            let text = String::from_utf8(refusal.bytes()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{text}");
            assert!(head.ends_with("\r\nConnection: close"), "{text}");
        }
    }
}
