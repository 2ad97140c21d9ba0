//! How long a writer waits: from the write to the event at an open page, and to an answer with the new text.
//!
//! `scripts/bench serve`, or `scripts/bench serve 2 50` for these numbers of brands only. It starts the released program
//! on sites that it makes, of 12 steps and a first page in two languages for each brand, and prints the median and the
//! worst of 30 edits of one step.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends where it can't go on, and prints")]

mod site;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use site::Form;

/// Edits that are measured, and those before them that aren't.
const EDITS: usize = 30;
const FIRST: usize = 3;

/// How long nothing happens between two edits.
const PAUSE: Duration = Duration::from_millis(200);

const PAGE: &str = "/brand0/fr/mfa/step3.html";
const SOURCE: &str = "content/mfa/03-step3.fr.md";

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![2, 50, 500] } else { asked };
    println!("| pages | first answer | event, median | worst | new text, median | worst |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for brands in sizes {
        let folder = tempfile::tempdir().unwrap();
        site::write(folder.path(), brands, Form::Shared);
        let figures = measure(folder.path());
        let [first, event, event_worst, text, text_worst] =
            figures.map(|time| format!("{:.1} ms", time.as_secs_f64() * 1000.0));
        println!("| {} | {first} | {event} | {event_worst} | {text} | {text_worst} |", brands * 26);
    }
}

/// First answer, event (median, worst), new text (median, worst).
fn measure(site: &Path) -> [Duration; 5] {
    let start = Instant::now();
    let (mut child, host) = serve(site);
    let first = get(&host);
    assert!(first.contains("Étape 3"), "{first}");
    let first = start.elapsed();
    let mut events = listen(&host);
    let (mut to_event, mut to_text) = (Vec::new(), Vec::new());
    for number in 0..FIRST + EDITS {
        sleep(PAUSE);
        let marker = format!("Nouveau {number}.");
        let text = site::step("fr", 3, &marker);
        let start = Instant::now();
        fs::write(site.join(SOURCE), text).unwrap();
        wait_for_reload(&mut events);
        let event = start.elapsed();
        while !get(&host).contains(&marker) {}
        let text = start.elapsed();
        if number >= FIRST {
            to_event.push(event);
            to_text.push(text);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    to_event.sort_unstable();
    to_text.sort_unstable();
    [first, to_event[EDITS / 2], to_event[EDITS - 1], to_text[EDITS / 2], to_text[EDITS - 1]]
}

fn serve(site: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_etape"))
        .args(["serve", "--port", "0", "--root"])
        .arg(site)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let greeting = lines.next().unwrap().unwrap();
    let host = greeting.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    // what it says must go somewhere
    std::thread::spawn(move || lines.for_each(drop));
    (child, host)
}

fn ask(host: &str, target: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_nodelay(true).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    stream
}

fn get(host: &str) -> String {
    let mut answer = Vec::new();
    ask(host, PAGE).read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn listen(host: &str) -> BufReader<TcpStream> {
    let mut events = BufReader::new(ask(host, "/_etape/events"));
    let mut line = String::new();
    while line != "event: hello\n" {
        line.clear();
        events.read_line(&mut line).unwrap();
    }
    events
}

fn wait_for_reload(events: &mut impl BufRead) {
    let mut is_reload = false;
    let mut line = String::new();
    loop {
        line.clear();
        events.read_line(&mut line).unwrap();
        is_reload |= line == "event: reload\n";
        if is_reload && line == "\n" {
            return;
        }
    }
}
