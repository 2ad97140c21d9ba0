//! How long a writer waits: from the write to the event at an open page, and to an answer with the new text.
//!
//! `scripts/bench serve`, or `scripts/bench serve 2 50` for these numbers of brands only. It starts the released program
//! on sites that it makes, of 12 steps and a first page in two languages for each brand, and prints the median and the
//! worst of 30 edits of one step.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends where it can't go on, and prints")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

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
        let site = tempfile::tempdir().unwrap();
        corpus(site.path(), brands);
        let figures = measure(site.path());
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
        let text = step("fr", 3, &marker);
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

/// Writes a site with so many brands.
fn corpus(root: &Path, brands: usize) {
    let put = |path: String, text: String| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let mut site = "title = \"Guides\"\nlocales = [\"fr\", \"en\"]\n".to_owned();
    for brand in 0..brands {
        site.push_str(&format!("[brands.brand{brand}]\nbase_url = \"https://brand{brand}.example/\"\n"));
        put(
            format!("themes/brand{brand}/theme.toml"),
            format!(
                "name = \"Brand {brand}\"\n[colors]\nprimary = \"#0b5f{:02x}\"\n[support]\nemail = \"help@brand{brand}.example\"\n\
                 [facts]\nsender = \"no-reply@brand{brand}.example\"\n",
                brand % 256
            ),
        );
        put(format!("locales/fr/terms@brand{brand}.ftl"), format!("of-brand = de Brand {brand}\n"));
        put(format!("locales/en/terms@brand{brand}.ftl"), format!("of-brand = Brand {brand}'s\n"));
    }
    put("site.toml".to_owned(), site);
    put(
        "assets/mfa/screen.svg".to_owned(),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"320\" height=\"200\"><rect width=\"320\" height=\"200\"/></svg>\n"
            .to_owned(),
    );
    for locale in ["fr", "en"] {
        let index = format!("---\ntitle: Guide\nduration: 15\n---\n\n{} {{{{ brand.name }}}}.\n", words(locale, 80));
        put(format!("content/mfa/index.{locale}.md"), index);
        for number in 1..=12 {
            put(format!("content/mfa/{number:02}-step{number}.{locale}.md"), step(locale, number, ""));
        }
    }
}

/// A step of a guide: paragraphs, a list, a screen, a note with a link, what else may be seen.
fn step(locale: &str, number: usize, first: &str) -> String {
    let some = |count| words(locale, count);
    let next = (number + 1).min(12);
    format!(
        "---\ntitle: \"Étape {number}\"\ndescription: \"{}\"\nduration: 2\ndevice: computer\n---\n\n\
         {first} {} {{{{ t(id=\"of-brand\") }}}}. {}\n\n\
         1. {} **{}**\n2. {} {{{{ brand.name }}}}.\n3. {} {{{{ brand.facts.sender }}}}.\n\n\
         ![{}](screen.svg)\n\n> [!NOTE]\n> {} [{}]({next:02}-step{next}.md).\n\n## {}\n\n{}\n: {}\n\n\
         {}\n: {} [{{{{ brand.support.email }}}}](mailto:{{{{ brand.support.email }}}}).\n",
        some(8),
        some(25),
        some(12),
        some(8),
        some(1),
        some(10),
        some(9),
        some(6),
        some(18),
        some(2),
        some(6),
        some(4),
        some(22),
        some(4),
        some(18),
    )
}

/// Words that mean nothing, the same each time.
fn words(locale: &str, count: usize) -> String {
    let all = if locale == "fr" {
        "un compte avec son code et sa page puis un message pour le téléphone ou bien un bouton sur la page de sécurité"
    } else {
        "an account with its code and its page then a message for the phone or a button on the page for security"
    };
    all.split(' ').cycle().take(count).collect::<Vec<_>>().join(" ")
}
