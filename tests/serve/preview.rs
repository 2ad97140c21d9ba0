//! What the tests share: a small site, the running program, requests and events by plain sockets.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A site with two brands, two languages and one guide.
pub const SITE: &[(&str, &str)] = &[
    (
        "site.toml",
        "title = \"Guides\"\nlocales = [\"fr\", \"en\"]\n[brands.one]\nbase_url = \"https://one.example/\"\n[brands.two]\n",
    ),
    (
        "themes/one/theme.toml",
        "name = \"One\"\n[support]\nemail = \"help@one.example\"\n[facts]\nsender = \"no-reply@one.example\"\n",
    ),
    ("themes/two/theme.toml", "name = \"Two\"\n[facts]\nsender = \"no-reply@two.example\"\n"),
    ("themes/two/style.css", "h1 { letter-spacing: 0 }\n"),
    ("locales/fr/terms.ftl", "portal = le portail\n"),
    ("locales/en/terms.ftl", "portal = the portal\n"),
    (
        "assets/mfa/screen.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"32\" height=\"20\"><rect width=\"32\" height=\"20\"/></svg>\n",
    ),
    ("content/mfa/index.fr.md", "---\ntitle: Le guide\n---\nBienvenue chez {{ brand.name }}.\n"),
    ("content/mfa/index.en.md", "---\ntitle: The guide\n---\nWelcome to {{ brand.name }}.\n"),
    (
        "content/mfa/01-open.fr.md",
        "---\ntitle: Ouvrez\n---\nOuvrez {{ t(id=\"portal\") }}.\n\n![Un écran](screen.svg)\n",
    ),
    ("content/mfa/01-open.en.md", "---\ntitle: Open\n---\nOpen {{ t(id=\"portal\") }}.\n\n![A screen](screen.svg)\n"),
    ("content/mfa/02-code.fr.md", "---\ntitle: Le code\n---\nDe {{ brand.facts.sender }}. Voir [avant](01-open.md).\n"),
    (
        "content/mfa/02-code.en.md",
        "---\ntitle: The code\n---\nFrom {{ brand.facts.sender }}. See [before](01-open.md).\n",
    ),
];

/// How long anything is waited for; the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The program, at work on a site of its own.
pub struct Preview {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    /// What it has said and nobody has read.
    said: Receiver<String>,
    /// The site.
    pub root: TempDir,
}

impl Preview {
    /// Of the usual site, with more arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), SITE);
        let shown = root.path().to_owned();
        Self::start_at(root, &shown, arguments)
    }

    /// Of a site that stands in `root`, under the name `shown`.
    pub fn start_at(root: TempDir, shown: &Path, arguments: &[&str]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_etape")), root, shown, arguments)
    }

    /// Of the usual site, in a process that may have no more files open than so many.
    pub fn start_with_files(files: u32) -> Self {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), SITE);
        let shown = root.path().to_owned();
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n \"$0\" && exec \"$@\"", &files.to_string(), env!("CARGO_BIN_EXE_etape")]);
        Self::start_by(shell, root, &shown, &[])
    }

    fn start_by(mut program: Command, root: TempDir, shown: &Path, arguments: &[&str]) -> Self {
        let port: &[&str] = if arguments.contains(&"--port") { &[] } else { &["--port", "0"] };
        let mut child = program
            .arg("serve")
            .arg("--root")
            .arg(shown)
            .args(port)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        let mut preview = Self { child, address: SocketAddr::from(([0; 4], 0)), said, root };
        let greeting = preview.wait_for_line("http://");
        let url = greeting.split_whitespace().next().unwrap();
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        preview.address = host.parse().unwrap();
        // what is edited from now on isn't in the first build
        preview.get("/");
        preview
    }

    /// The next line on standard error that holds some words.
    pub fn wait_for_line(&self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        let mut all = Vec::new();
        loop {
            match self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => all.push(line),
                Err(_) => panic!("no line with {words:?} in {all:#?}"),
            }
        }
    }

    /// Writes a file of the site.
    pub fn write(&self, path: &str, text: &str) {
        write(self.root.path(), &[(path, text)]);
    }

    /// The answer to a GET.
    pub fn get(&self, target: &str) -> Response {
        self.ask("GET", target, "")
    }

    /// The answer to a request with more headers (`Range: bytes=0-1\r\n`).
    pub fn ask(&self, method: &str, target: &str, more: &str) -> Response {
        ask(self.address, method, target, more)
    }

    /// All that comes back for some bytes.
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        raw(self.address, bytes)
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// The stream of events, from its first one on.
    pub fn events(&self) -> Events {
        let mut stream = self.connect();
        write!(stream, "GET /_etape/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut events = Events { lines: BufReader::new(stream).lines() };
        assert_eq!(events.line(), "HTTP/1.1 200 OK");
        while !events.line().is_empty() {}
        assert_eq!(events.next().0, "hello");
        events
    }

    /// The process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The answer to a request.
pub fn ask(address: SocketAddr, method: &str, target: &str, more: &str) -> Response {
    Response::of(raw(address, format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\n{more}\r\n").as_bytes()))
}

fn raw(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // it may be turned away before it has said all
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Writes files below a folder.
pub fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// An answer, taken apart.
#[derive(Debug)]
pub struct Response {
    /// 200.
    pub status: u16,
    head: String,
    /// What came after the head.
    pub body: String,
}

impl Response {
    fn of(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A stream of events.
pub struct Events {
    lines: std::io::Lines<BufReader<TcpStream>>,
}

impl Events {
    /// The next event: its kind and its data. Signs of life are left out.
    pub fn next(&mut self) -> (String, String) {
        let (mut kind, mut data) = (String::new(), String::new());
        loop {
            let line = self.line();
            if let Some(name) = line.strip_prefix("event: ") {
                kind = name.to_owned();
            } else if let Some(text) = line.strip_prefix("data: ") {
                data = text.to_owned();
            } else if line.is_empty() && !kind.is_empty() {
                return (kind, data);
            }
        }
    }

    /// The next event of a kind.
    pub fn next_of(&mut self, kind: &str) -> String {
        loop {
            let (own, data) = self.next();
            if own == kind {
                return data;
            }
        }
    }

    /// Reloads until the site answers as expected: a change may come in two pieces.
    pub fn wait_until(&mut self, mut is_done: impl FnMut() -> bool) {
        while !is_done() {
            self.next();
        }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("the stream has ended").expect("no event came")
    }
}
