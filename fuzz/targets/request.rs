//! What a client may send to the preview: its head read by the gate, and the answer to what passes.
//!
//! Not here: sockets, and tiny_http, which reads again what has passed.

#![no_main]

use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock};

use etape::output::NoStore;
use etape::pipeline::Options;
use etape::serve::answer::{self, Answer, Ask, Content};
use etape::serve::built::{Builder, Built};
use etape::serve::gate::head::{self, Head, Passed};
use etape::serve::hosts::Hosts;
use etape_fuzz::site;

const MARK: &str = "Mark: 1";

static SITE: LazyLock<Arc<Built>> = LazyLock::new(|| {
    let snapshot = site::snapshot("content/g/02-café.en.md", b"---\ntitle: Two\nslug: caf\xc3\xa9\n---\n");
    Arc::new(Builder::new(Options::default(), Arc::new(NoStore)).build(&snapshot).unwrap())
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let whole = read(bytes, 0);
    let half = bytes.len() / 2;
    match read(&bytes[..half], 0) {
        // blank lines before a head that can't be read: that is told when it is whole
        Head::Beginning if matches!(whole, Head::Refused(_)) => assert!(!matches!(read(bytes, half), Head::Whole(_))),
        Head::Beginning => assert_eq!(read(bytes, half), whole, "it comes in two pieces"),
        passed @ Head::Whole(_) => assert_eq!(passed, whole, "something follows"),
        Head::Refused(_) => {}
    }
    match whole {
        Head::Beginning => assert!(bytes.len() <= head::LIMIT),
        Head::Refused(refusal) => assert!(refusal.bytes().ends_with(b".\n")),
        Head::Whole(passed) => assert_passed(&passed),
    }
});

fn read(bytes: &[u8], before: usize) -> Head {
    head::read(bytes, before, MARK, answer::EVENTS)
}

/// What passes is one request with one host and nothing that wasn't wanted; it gets an answer.
fn assert_passed(passed: &Passed) {
    assert!(passed.bytes.is_ascii());
    let mut headers = [httparse::EMPTY_HEADER; 8];
    let mut request = httparse::Request::new(&mut headers);
    assert_eq!(request.parse(&passed.bytes), Ok(httparse::Status::Complete(passed.bytes.len())));
    let header = |name: &str| {
        let mut all = request.headers.iter().filter(|header| header.name == name);
        let found = all.next().map(|header| std::str::from_utf8(header.value).unwrap());
        assert_eq!(all.next(), None, "{name} twice");
        found
    };
    assert_eq!((header("Mark"), header("Connection")), (Some("1"), Some("close")));
    let ask = Ask {
        method: request.method.unwrap(),
        target: request.path.unwrap(),
        host: header("Host"),
        if_none_match: header("If-None-Match"),
        if_range: header("If-Range"),
        range: header("Range"),
    };
    let others = [ask.host, ask.if_none_match, ask.if_range, ask.range].iter().flatten().count();
    assert_eq!(request.headers.len(), 2 + others);
    if let Answer::Content(content) = answer::answer(&ask, &Hosts::new("127.0.0.1", Ipv4Addr::LOCALHOST.into()), site) {
        assert_answered(&ask, &content);
    }
}

fn site() -> Option<Arc<Built>> {
    Some(SITE.clone())
}

/// The answer can be sent as it is, and leads nowhere else.
fn assert_answered(ask: &Ask<'_>, content: &Content) {
    assert!([200, 206, 304, 307, 400, 403, 404, 405, 416].contains(&content.status), "{}", content.status);
    assert_eq!(content.body().get_ref().len(), content.part.len());
    for (name, value) in &content.headers {
        assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{name}: {value:?}");
        let leads_out = *name == "Location" && (!value.starts_with('/') || value[1..].starts_with(['/', '\\']));
        assert!(!leads_out, "{value}");
    }
    // no name but this machine's is answered, so that no page of another site can read anything
    let host = ask.host.unwrap_or_default().to_ascii_lowercase();
    let is_ours = ["localhost", "127.", "["].iter().any(|start| host.starts_with(start));
    assert!(is_ours || content.status == 403, "{host}: {}", content.status);
}
