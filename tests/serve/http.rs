//! Answers: what is found where, with which headers, and what isn't answered.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use crate::preview::{Preview, SITE};

#[test]
fn the_site_is_there_as_it_would_be_published() {
    let preview = Preview::start(&[]);
    for (target, status, kind) in [
        ("/", 200, "text/html; charset=utf-8"),
        ("/one/", 200, "text/html; charset=utf-8"),
        ("/one/fr/mfa/", 200, "text/html; charset=utf-8"),
        ("/one/fr/mfa/code.html", 200, "text/html; charset=utf-8"),
        ("/one/fr/mfa/code.html?follow", 200, "text/html; charset=utf-8"),
        ("/one/fr/mfa/c%6Fde.html", 200, "text/html; charset=utf-8"),
        ("/two/en/mfa/code.md", 200, "text/markdown; charset=utf-8"),
        ("/one/sitemap.xml", 200, "application/xml"),
        ("/one/robots.txt", 200, "text/plain; charset=utf-8"),
        ("/one/404.html", 200, "text/html; charset=utf-8"),
        ("/_etape/editions.json", 200, "application/json"),
        ("/_etape/preview.js", 200, "text/javascript; charset=utf-8"),
        ("/_etape/preview.css", 200, "text/css; charset=utf-8"),
        ("/one/fr/mfa/nothing.html", 404, "text/html; charset=utf-8"),
        ("/three/fr/", 404, "text/html; charset=utf-8"),
        ("/favicon.ico", 404, "text/html; charset=utf-8"),
        ("/_etape/nothing", 404, "text/html; charset=utf-8"),
        ("/one/fr/mfa/code", 404, "text/html; charset=utf-8"),
        ("/one/fr/mfa/code.html/", 404, "text/html; charset=utf-8"),
        ("//one/fr/mfa/code.html", 404, "text/html; charset=utf-8"),
        ("//evil.example/one/..", 404, "text/html; charset=utf-8"),
        ("/one//fr/mfa/code.html", 404, "text/html; charset=utf-8"),
        ("/one/fr/%2e%2e/fr/mfa/code.html", 404, "text/html; charset=utf-8"),
        ("/%", 400, "text/plain; charset=utf-8"),
        ("/%FF", 400, "text/plain; charset=utf-8"),
        ("/a%00b", 400, "text/plain; charset=utf-8"),
    ] {
        let answer = preview.get(target);
        assert_eq!((answer.status, answer.header("Content-Type")), (status, Some(kind)), "{target}");
        assert_eq!(answer.header("Cache-Control"), Some("no-store"), "{target}");
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("Content-Length"), Some(answer.body.len().to_string().as_str()), "{target}");
    }
    let page = preview.get("/one/fr/mfa/code.html").body;
    assert!(page.contains("no-reply@one.example"), "{page}");
    assert_eq!(page.matches("<script src=\"/_etape/preview.js\"").count(), 1, "{page}");
    assert_eq!(page.matches("_etape").count(), 1, "{page}");
    // the 404 page is the brand's, or the first brand's
    assert!(preview.get("/two/nothing").body.contains("– Two</title>"));
    assert!(preview.get("/nothing").body.contains("– One</title>"));
}

#[test]
fn no_path_reaches_the_disk() {
    let preview = Preview::start(&[]);
    for target in [
        "/../site.toml",
        "/site.toml",
        "/content/mfa/index.fr.md",
        "/one/../../site.toml",
        "/one/%2e%2e/%2e%2e/site.toml",
        "/one/..%2f..%2fsite.toml",
        "/one/..%5c..%5csite.toml",
        "/one\\..\\..\\site.toml",
        "/%2fetc%2fpasswd",
        "/etc/passwd",
        "//etc/passwd",
        "/file:///etc/passwd",
        "/one/fr/mfa/code.html/../../../../../../etc/passwd",
        "/one/fr/mfa/%252e%252e/code.html",
    ] {
        assert_eq!(preview.get(target).status, 404, "{target}");
    }
    assert!(!preview.root.path().join("dist").exists());
    assert!(!preview.root.path().join(".etape").exists());
}

#[test]
fn folders_lead_to_their_page() {
    let preview = Preview::start(&[]);
    for (target, location) in [("/one", "/one/"), ("/one/fr/mfa?follow&x=%20", "/one/fr/mfa/?follow&x=%20")] {
        let answer = preview.get(target);
        assert_eq!((answer.status, answer.header("Location")), (307, Some(location)), "{target}");
    }
}

#[test]
fn what_the_reader_has_is_not_sent_again() {
    let preview = Preview::start(&[]);
    let target = "/one/fr/mfa/code.html";
    let whole = preview.get(target);
    let tag = whole.header("ETag").unwrap();
    for (wanted, status) in [
        (tag.to_owned(), 304),
        (format!("\"x\", W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
        (tag.trim_matches('"').to_owned(), 200),
    ] {
        let answer = preview.ask("GET", target, &format!("If-None-Match: {wanted}\r\n"));
        let length = if status == 304 { 0 } else { whole.body.len() };
        assert_eq!((answer.status, answer.body.len()), (status, length), "{wanted}");
        assert_eq!(answer.header("ETag"), Some(tag), "{wanted}");
    }
    preview.write("content/mfa/02-code.fr.md", "---\ntitle: Le code\n---\nAutre chose.\n");
    preview.wait_for_line("content/mfa/02-code.fr.md");
    assert_eq!(preview.ask("GET", target, &format!("If-None-Match: {tag}\r\n")).status, 200);
}

#[test]
fn parts_of_files() {
    let preview = Preview::start(&[]);
    let target = "/one/robots.txt";
    let whole = preview.get(target);
    let (body, tag) = (whole.body.as_str(), whole.header("ETag").unwrap());
    assert_eq!(whole.header("Accept-Ranges"), Some("bytes"));
    let last = body.len() - 1;
    for (more, status, expected, range) in [
        ("Range: bytes=0-3".to_owned(), 206, &body[..4], Some(format!("bytes 0-3/{}", body.len()))),
        ("Range: bytes=4-".to_owned(), 206, &body[4..], Some(format!("bytes 4-{last}/{}", body.len()))),
        (
            "Range: bytes=-5".to_owned(),
            206,
            &body[body.len() - 5..],
            Some(format!("bytes {}-{last}/{}", last - 4, body.len())),
        ),
        ("Range: bytes=0-99999".to_owned(), 206, body, Some(format!("bytes 0-{last}/{}", body.len()))),
        (format!("Range: bytes=0-3\r\nIf-Range: {tag}"), 206, &body[..4], Some(format!("bytes 0-3/{}", body.len()))),
        ("Range: bytes=0-3\r\nIf-Range: \"x\"".to_owned(), 200, body, None),
        ("Range: bytes=99999-".to_owned(), 416, "", Some(format!("bytes */{}", body.len()))),
        ("Range: bytes=-0".to_owned(), 416, "", Some(format!("bytes */{}", body.len()))),
        // neither is one part; a server may answer with the whole
        ("Range: bytes=0-1,3-4".to_owned(), 200, body, None),
        ("Range: bytes=3-1".to_owned(), 200, body, None),
        ("Range: lines=1-2".to_owned(), 200, body, None),
    ] {
        let answer = preview.ask("GET", target, &format!("{more}\r\n"));
        assert_eq!((answer.status, answer.body.as_str()), (status, expected), "{more}");
        assert_eq!(answer.header("Content-Range"), range.as_deref(), "{more}");
    }
}

#[test]
fn only_get_and_head() {
    let preview = Preview::start(&[]);
    let whole = preview.get("/one/fr/mfa/code.html");
    let head = preview.ask("HEAD", "/one/fr/mfa/code.html", "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("Content-Length"), Some(whole.body.len().to_string().as_str()));
    assert_eq!(preview.ask("HEAD", "/_etape/events", "").status, 200);
    for (method, more) in [
        ("POST", "Content-Length: 5\r\n\r\nhello"),
        ("PUT", "Transfer-Encoding: chunked\r\n"),
        ("DELETE", ""),
        ("OPTIONS", "Origin: http://evil.example\r\n"),
        ("BREW", ""),
    ] {
        for target in ["/one/fr/mfa/code.html", "/", "/_etape/events"] {
            let answer = preview.ask(method, target, more);
            assert_eq!((answer.status, answer.header("Allow")), (405, Some("GET, HEAD")), "{method} {target}");
        }
    }
}

#[test]
fn a_foreign_host_is_refused() {
    let preview = Preview::start(&[]);
    let port = preview.address.port();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        ("localhost".to_owned(), 200),
        (format!("[::1]:{port}"), 200),
        ("evil.example".to_owned(), 403),
        (format!("evil.example:{port}"), 403),
        (format!("localhost.evil.example:{port}"), 403),
        (format!("192.168.1.7:{port}"), 403),
        (String::new(), 403),
    ] {
        for target in ["/", "/one/fr/mfa/code.html", "/_etape/preview.js", "/_etape/nothing", "/nothing"] {
            let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            let answer = String::from_utf8(preview.raw(request.as_bytes())).unwrap();
            let expected = if target.ends_with("nothing") && status == 200 { 404 } else { status };
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{host} {target}: {answer}");
        }
    }
    let events = preview.raw(b"GET /_etape/events HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    assert!(events.starts_with(b"HTTP/1.1 403 "));
}

#[test]
fn drafts_are_shown_when_asked_for() {
    let draft = "---\ntitle: Plus tard\ndraft: true\n---\nBientôt.\n";
    for (arguments, status) in [(&[][..], 404), (&["--drafts"][..], 200)] {
        let root = tempfile::tempdir().unwrap();
        crate::preview::write(root.path(), SITE);
        crate::preview::write(root.path(), &[("content/mfa/03-later.fr.md", draft)]);
        let shown = root.path().to_owned();
        let preview = Preview::start_at(root, &shown, arguments);
        assert_eq!(preview.get("/one/fr/mfa/later.html").status, status);
    }
}

#[test]
fn a_taken_port_is_said() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let preview = Preview::start(&["--port", &port.to_string()]);
    assert_ne!(preview.address.port(), port);
    assert!(preview.address.ip().is_loopback());
    assert_eq!(preview.get("/").status, 200);
}

#[cfg(unix)]
#[test]
fn it_ends_at_once() {
    use rustix::process::{Pid, Signal, kill_process};
    for signal in [Signal::INT, Signal::TERM] {
        let mut preview = Preview::start(&[]);
        let _events = preview.events();
        let _idle = preview.connect();
        let pid = Pid::from_child(preview.child());
        let start = Instant::now();
        kill_process(pid, signal).unwrap();
        let status = preview.child().wait().unwrap();
        assert_eq!(status.code(), Some(0), "{signal:?}");
        assert!(start.elapsed() < Duration::from_secs(2), "{signal:?}: {:?}", start.elapsed());
    }
}

#[test]
fn without_a_good_build_the_problems_are_there() {
    let root = tempfile::tempdir().unwrap();
    crate::preview::write(root.path(), SITE);
    fs::write(root.path().join("site.toml"), "locales = ").unwrap();
    let shown = root.path().to_owned();
    let preview = Preview::start_at(root, &shown, &[]);
    let answer = preview.get("/one/fr/mfa/code.html");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("/_etape/preview.js"), "{}", answer.body);
    let mut events = preview.events();
    assert!(events.next_of("problems").contains("\"code\":\"config-invalid\""));
    preview.write("site.toml", SITE[0].1);
    events.next_of("reload");
    assert_eq!(preview.get("/one/fr/mfa/code.html").status, 200);
}

#[test]
fn every_command_of_its_page_works() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/preview.md")).unwrap();
    let commands: Vec<&str> = page
        .split("```sh\n")
        .skip(1)
        .flat_map(|block| block.split("```").next().unwrap_or_default().lines())
        .map(|line| line.strip_prefix("etape serve").unwrap_or_else(|| panic!("teach this test to try `{line}`")))
        .collect();
    assert!(commands.len() > 2, "{commands:?}");
    for arguments in commands {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let preview = Preview::start(&arguments);
        assert_eq!(preview.get("/one/fr/mfa/open.html").status, 200, "{arguments:?}");
    }
}
