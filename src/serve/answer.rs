//! A request in, an answer out: what is found where, under which conditions, with which headers.
//!
//! Everything comes from memory: a path is a key of the build's files or of none, and reaches no disk. Not here:
//! sockets (`http`, `gate`), and the stream of events (`events`).

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::built::Built;
use super::hosts::Hosts;
use super::page::{self, version_of};
use super::sides;
use crate::model::media::media_type;
use crate::path::push_encoded;

/// A request, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask<'a> {
    /// `GET`.
    pub method: &'a str,
    /// The path as it was sent, with its query: `/auvenir/fr/?follow`.
    pub target: &'a str,
    /// The headers that are looked at.
    pub host: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `If-Range`.
    pub if_range: Option<&'a str>,
    /// `Range`.
    pub range: Option<&'a str>,
}

/// What to do about it.
#[derive(Debug, PartialEq)]
pub enum Answer {
    /// Open a stream of events.
    Events,
    /// Send this.
    Content(Content),
}

/// A whole answer.
#[derive(Debug, PartialEq)]
pub struct Content {
    /// 200.
    pub status: u16,
    /// Name, value.
    pub headers: Vec<(&'static str, String)>,
    /// What the body is a part of.
    pub bytes: Arc<[u8]>,
    /// Which part, in bytes.
    pub part: Range<usize>,
}

/// Where the stream of events is.
pub const EVENTS: &str = "/_etape/events";

/// What the preview brings itself, beside the site.
const OWN: &[(&str, &str)] = &[
    (page::SCRIPT, include_str!("browser/preview.js")),
    ("/_etape/preview.css", include_str!("browser/preview.css")),
    ("/_etape/worker.js", include_str!("browser/worker.js")),
    ("/_etape/sides.js", include_str!("browser/sides.js")),
    ("/_etape/sides.css", include_str!("browser/sides.css")),
];

const SIDES: &str = include_str!("browser/sides.html");

/// What the page with all editions may do: show frames of this preview, and nothing from elsewhere.
const SIDES_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers a request. `site` waits for the first build where it must; none: there is none yet.
pub fn answer(ask: &Ask<'_>, hosts: &Hosts, site: impl FnOnce() -> Option<Arc<Built>>) -> Answer {
    if !ask.host.is_some_and(|host| hosts.allow(host)) {
        return plain(403, "This preview answers only under its own address.\n");
    }
    if !matches!(ask.method, "GET" | "HEAD") {
        let mut refusal = text(405, "The preview only shows: GET and HEAD.\n");
        refusal.headers.push(("Allow", "GET, HEAD".to_owned()));
        return Answer::Content(refusal);
    }
    let (path, query) = ask.target.split_once('?').map_or((ask.target, None), |(path, query)| (path, Some(query)));
    let Some(path) = decoded(path) else { return plain(400, "This address can't be read.\n") };
    if path == EVENTS {
        return if ask.method == "GET" { Answer::Events } else { events_head() };
    }
    if let Some((name, own)) = OWN.iter().find(|(name, _)| *name == path) {
        return file(ask, media_type(name), Arc::from(own.as_bytes()), None);
    }
    let Some(built) = site() else {
        return Answer::Content(bare(503, "The site is being built", "This page comes by itself when it is there."));
    };
    match path.as_str() {
        "/" => {
            let page = page::with_script(SIDES.as_bytes(), "/", &version_of(SIDES.as_bytes()));
            let mut answer = file(ask, "text/html; charset=utf-8", page.into(), None);
            if let Answer::Content(content) = &mut answer {
                content.headers.retain(|(name, _)| *name != "Content-Security-Policy");
                content.headers.push(("Content-Security-Policy", SIDES_POLICY.to_owned()));
            }
            answer
        }
        "/_etape/editions.json" => file(ask, "application/json", sides::editions(&built).into_bytes().into(), None),
        _ => of_site(ask, &path, query, &built),
    }
}

/// A file of the site, found as any static host would find it.
fn of_site(ask: &Ask<'_>, path: &str, query: Option<&str>, built: &Built) -> Answer {
    let key = path.trim_start_matches('/');
    // `//evil.example` names no file, and must not become an address to go to
    let is_plain = path.len() == key.len() + 1;
    let found = if key.ends_with('/') { format!("{key}index.html") } else { key.to_owned() };
    if is_plain && let Some(bytes) = built.get(&found) {
        return published(ask, &found, bytes, 200);
    }
    if is_plain && built.contains(&format!("{key}/index.html")) {
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        let mut moved = text(307, "");
        moved.headers.push(("Location", format!("{}/{query}", encoded(path))));
        return Answer::Content(moved);
    }
    let brand = key.split('/').next().unwrap_or_default();
    let own = built.get(&format!("{brand}/404.html")).map(|bytes| (brand, bytes));
    let any = || {
        let brand = built.first_brand()?;
        Some((brand, built.get(&format!("{brand}/404.html"))?))
    };
    match own.or_else(any) {
        Some((_, bytes)) => published(ask, "", bytes, 404),
        None if built.is_broken() => {
            Answer::Content(bare(503, "This page can't be built yet", "It comes by itself when the errors are mended."))
        }
        None => Answer::Content(bare(404, "This page doesn't exist", "It comes by itself when it is written.")),
    }
}

/// A published file; `key` is empty when it stands in for another one.
fn published(ask: &Ask<'_>, key: &str, bytes: Arc<[u8]>, status: u16) -> Answer {
    let version = version_of(&bytes);
    let kind = if status == 404 { "text/html; charset=utf-8" } else { media_type(key) };
    let bytes = if kind.starts_with("text/html") {
        let address = if key.is_empty() { String::new() } else { format!("/{key}") };
        page::with_script(&bytes, &address, &version).into()
    } else {
        bytes
    };
    if status == 200 {
        return file(ask, kind, bytes, Some(version));
    }
    Answer::Content(Content { status, headers: headers(kind), part: 0..bytes.len(), bytes })
}

/// A file, as a whole or in part, or the word that the reader has it already. `version`: of what it was made from,
/// if that isn't the bytes themselves.
fn file(ask: &Ask<'_>, kind: &str, bytes: Arc<[u8]>, version: Option<String>) -> Answer {
    let tag = format!("\"{}\"", version.unwrap_or_else(|| version_of(&bytes)));
    let mut headers = headers(kind);
    headers.push(("ETag", tag.clone()));
    headers.push(("Accept-Ranges", "bytes".to_owned()));
    let whole = 0..bytes.len();
    if ask.if_none_match.is_some_and(|list| names(list, &tag)) {
        // the length is told, the body isn't sent
        return Answer::Content(Content { status: 304, headers, bytes, part: whole });
    }
    let range = ask.range.filter(|_| ask.method == "GET" && ask.if_range.is_none_or(|wanted| wanted == tag));
    let (status, part) = match range.and_then(|range| part_of(range, bytes.len())) {
        None => (200, whole),
        Some(Ok(part)) => {
            headers.push(("Content-Range", format!("bytes {}-{}/{}", part.start, part.end - 1, bytes.len())));
            (206, part)
        }
        Some(Err(Unsatisfiable)) => {
            headers.push(("Content-Range", format!("bytes */{}", bytes.len())));
            (416, 0..0)
        }
    };
    Answer::Content(Content { status, headers, bytes, part })
}

/// The headers of every answer.
fn headers(kind: &str) -> Vec<(&'static str, String)> {
    [
        ("Content-Type", kind),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "frame-ancestors 'self'"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn events_head() -> Answer {
    let bytes: Arc<[u8]> = Arc::from(&b""[..]);
    Answer::Content(Content { status: 200, headers: headers("text/event-stream"), bytes, part: 0..0 })
}

fn plain(status: u16, words: &str) -> Answer {
    Answer::Content(text(status, words))
}

fn text(status: u16, words: &str) -> Content {
    let bytes: Arc<[u8]> = Arc::from(words.as_bytes());
    Content { status, headers: headers("text/plain; charset=utf-8"), part: 0..bytes.len(), bytes }
}

/// A page of the preview's own, where the site has none to show.
fn bare(status: u16, title: &str, words: &str) -> Content {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/_etape/sides.css\">\n</head>\n\
         <body class=\"bare\">\n<h1>{title}</h1>\n<p>{words}</p>\n</body>\n</html>\n"
    );
    let bytes: Arc<[u8]> = page::with_script(html.as_bytes(), "", &version_of(html.as_bytes())).into();
    Content { status, headers: headers("text/html; charset=utf-8"), part: 0..bytes.len(), bytes }
}

/// A path with its `%C3%A9` read; none if it isn't one.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            // `+1` is a number to Rust
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    let path = String::from_utf8(bytes).ok()?;
    (path.starts_with('/') && !path.contains('\0')).then_some(path)
}

fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    push_encoded(path, &mut out);
    out
}

/// Is a tag in the list of an `If-None-Match`?
fn names(list: &str, tag: &str) -> bool {
    list.split(',').map(str::trim).any(|own| own == "*" || own.strip_prefix("W/").unwrap_or(own) == tag)
}

#[derive(Debug, PartialEq)]
struct Unsatisfiable;

/// The part that a `Range` asks for; none if it asks for something that isn't one part, which is then left out of
/// account.
fn part_of(range: &str, length: usize) -> Option<Result<Range<usize>, Unsatisfiable>> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |digits: &str| -> Option<usize> {
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        // more than any file has
        is_number.then(|| digits.parse().unwrap_or(usize::MAX))
    };
    let (first, last) = (first.trim(), last.trim());
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return None,
    };
    Some(if part.start < part.end { Ok(part) } else { Err(Unsatisfiable) })
}

/// The rest of a file as a reader.
impl Content {
    /// The bytes that are sent.
    pub fn body(&self) -> io::Cursor<&[u8]> {
        io::Cursor::new(&self.bytes[self.part.clone()])
    }
}
