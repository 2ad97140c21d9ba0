//! Clients that mean no good, or don't know better, while the writer goes on writing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::preview::{Preview, ask};

fn edit(preview: &Preview, body: &str) {
    preview.write("content/mfa/02-code.fr.md", &format!("---\ntitle: Le code\n---\n{body}\n"));
}

#[test]
fn idle_and_half_sent_requests_harm_nobody() {
    let preview = Preview::start(&[]);
    let mut events = preview.events();
    let idle: Vec<TcpStream> = (0..200).map(|_| preview.connect()).collect();
    let half: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = preview.connect();
            stream.write_all(b"GET /one/fr/mfa/code.html HTTP/1.1\r\nHost: loc").unwrap();
            stream
        })
        .collect();
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| {
            // asks, and never reads
            let mut stream = preview.connect();
            write!(stream, "GET /one/fr/mfa/code.html HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address).unwrap();
            stream
        })
        .collect();
    for round in 0..5 {
        let words = format!("Tour {round}");
        edit(&preview, &words);
        events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains(&words));
    }
    drop((idle, half, silent));
}

#[test]
fn a_head_without_end_is_cut_off() {
    let preview = Preview::start(&[]);
    let mut stream = preview.connect();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: {}\r\n", preview.address).unwrap();
    let line = format!("X-Long: {}\r\n", "y".repeat(8_000));
    let mut sent = 0;
    let start = Instant::now();
    // far beyond what is read; it must be refused, and closed soon after
    while sent < 40 << 20 && stream.write_all(line.as_bytes()).is_ok() {
        sent += line.len();
    }
    assert!(sent < 40 << 20, "{sent} bytes were taken");
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());

    let long = format!("GET / HTTP/1.1\r\nHost: {}\r\nX: {}\r\n\r\n", preview.address, "y".repeat(20_000));
    let answer = String::from_utf8(preview.raw(long.as_bytes())).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(preview.get("/").status, 200);
}

#[test]
fn what_is_no_request_gets_a_refusal() {
    let preview = Preview::start(&[]);
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"hello\r\n\r\n",
    ] {
        let answer = preview.raw(bytes);
        assert!(answer.starts_with(b"HTTP/1.1 400 "), "{bytes:?}: {}", String::from_utf8_lossy(&answer));
    }
}

#[test]
fn requests_come_in_pieces_and_in_haste() {
    let preview = Preview::start(&[]);
    let request = format!("GET /one/robots.txt HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address);
    let mut slow = preview.connect();
    for byte in request.as_bytes() {
        slow.write_all(&[*byte]).unwrap();
    }
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // two at once: the first is answered, and the connection ends
    let twice = String::from_utf8(preview.raw(request.repeat(2).as_bytes())).unwrap();
    assert_eq!(twice.matches("HTTP/1.1 200 ").count(), 1, "{twice}");
    // nothing more to say, but ready to listen
    let mut half = preview.connect();
    half.write_all(request.as_bytes()).unwrap();
    half.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn five_hundred_listen_at_once() {
    let preview = Preview::start(&[]);
    let mut all: Vec<_> = (0..500).map(|_| preview.events()).collect();
    edit(&preview, "Pour tous");
    for events in &mut all {
        assert!(events.next_of("reload").contains("/one/fr/mfa/code.html"));
    }
    assert_eq!(preview.get("/one/fr/mfa/code.html").status, 200);
    // and those who leave make room for others
    drop(all);
    let mut again: Vec<_> = (0..500)
        .map(|_| {
            let end = Instant::now() + Duration::from_secs(10);
            loop {
                match listen(&preview) {
                    Some(stream) => break stream,
                    None => assert!(Instant::now() < end, "no room after ten seconds"),
                }
            }
        })
        .collect();
    edit(&preview, "Pour les suivants");
    let mut piece = [0; 4096];
    assert!(again[499].read(&mut piece).is_ok_and(|count| count > 0));
}

/// A stream of events whose greeting has come; none if there was no room.
fn listen(preview: &Preview) -> Option<TcpStream> {
    let mut stream = preview.connect();
    write!(stream, "GET /_etape/events HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address).unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    head.starts_with(b"HTTP/1.1 200 ").then_some(stream)
}

#[test]
fn many_ask_at_once() {
    let preview = Preview::start(&[]);
    let address = preview.address;
    preview.get("/");
    let visit = move || (0..20).filter(|_| ask(address, "GET", "/two/en/mfa/code.html", "").status == 200).count();
    let all: Vec<_> = (0..25).map(|_| std::thread::spawn(visit)).collect();
    let good: usize = all.into_iter().map(|one| one.join().unwrap()).sum();
    assert_eq!(good, 500);
}

/// With one number of files tiny_http finds none for a connection, with another none for the second one that it wants
/// for each: then its thread panics.
#[test]
fn it_answers_again_when_files_can_be_opened_again() {
    for files in [80, 95, 100, 115, 120, 125] {
        crowded(files);
    }
}

fn crowded(files: u32) {
    let preview = Preview::start_with_files(files);
    let mut events = preview.events();
    // more than the process may have open
    let ask = || {
        let mut stream = preview.connect();
        let _ = write!(stream, "GET /_etape/events HTTP/1.1\r\nHost: {}\r\n\r\n", preview.address);
        stream
    };
    let crowd: Vec<TcpStream> = (0..400).map(|_| ask()).collect();
    std::thread::sleep(Duration::from_millis(500));
    edit(&preview, "Dans la foule");
    let told = events.next_of("reload");
    assert!(told.contains("/one/fr/mfa/code.html"), "{told}");
    drop(crowd);
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        // whoever came before may still hold the last place
        let answer = std::panic::catch_unwind(|| preview.get("/one/fr/mfa/code.html"));
        if answer.is_ok_and(|answer| answer.status == 200 && answer.body.contains("Dans la foule")) {
            break;
        }
        assert!(Instant::now() < end, "it doesn't answer any more, with {files} files");
        std::thread::sleep(Duration::from_millis(100));
    }
}
