//! Links to other sites, asked for with `etape check --external`: only this machine's own server is asked here.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use etape::diagnostic::Place;
use etape::external::{Patience, check};
use etape::output::NoStore;
use etape::path::SourcePath;
use tempfile::TempDir;

/// A server that notes what it is asked: `HEAD /path`, and how often.
#[derive(Clone)]
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { address: listener.local_addr().unwrap(), asked: Arc::default() };
        let own = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let own = own.clone();
                thread::spawn(move || own.answer(&stream));
            }
        });
        server
    }

    fn answer(&self, mut stream: &TcpStream) {
        let mut lines = BufReader::new(stream).lines();
        let Some(Ok(first)) = lines.next() else { return };
        let request = first.rsplit_once(' ').unwrap().0.to_owned();
        lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
        let count = {
            let mut asked = self.asked.lock().unwrap();
            let count = asked.entry(request.clone()).or_default();
            *count += 1;
            *count
        };
        let (method, path) = request.split_once(' ').unwrap();
        let head = match path {
            "/good" | "/new" => "200 OK",
            "/get-only" if method == "HEAD" => "405 Method Not Allowed",
            "/get-only" => "200 OK",
            "/login" => "401 Unauthorized",
            "/moved" => "301 Moved Permanently\r\nLocation: /new",
            "/circle" => "302 Found\r\nLocation: /circle",
            "/tired" if count < 2 => "503 Service Unavailable",
            "/tired" => "200 OK",
            "/down" => "500 Internal Server Error",
            "/slow" => {
                thread::sleep(Duration::from_secs(3));
                "200 OK"
            }
            _ => "404 Not Found",
        };
        let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn count(&self, request: &str) -> usize {
        self.asked.lock().unwrap().get(request).copied().unwrap_or_default()
    }
}

fn patience() -> Patience {
    Patience { timeout: Duration::from_secs(1), wait: Duration::from_millis(5), tries: 3 }
}

#[test]
fn answers_are_judged() {
    let server = Server::start();
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = |line: usize| Place::new(&SourcePath::new("content/g/index.en.md"), line..line + 1);
    for (url, told) in [
        (server.url("/good"), None),
        (server.url("/good#a"), None),
        (server.url("/get-only"), None),
        (server.url("/login"), None),
        (server.url("/moved"), None),
        (server.url("/tired"), None),
        (server.url("/gone"), Some("answers 404 Not Found")),
        (server.url("/down"), Some("answers 500 Internal Server Error")),
        (server.url("/circle"), Some("leads in a circle")),
        (server.url("/slow"), Some("doesn't answer")),
        (format!("http://{dead}/"), Some("can't be reached")),
    ] {
        let found = check(&[(url.clone(), place(0))], &NoStore, 0, patience());
        let message = found.first().map(|problem| problem.message.as_str());
        match told {
            None => assert_eq!(message, None, "{url}"),
            Some(told) => assert!(message.unwrap().starts_with(&format!("{url} {told}")), "{url}: {message:?}"),
        }
    }
    assert_eq!(server.count("GET /get-only"), 1);
    assert_eq!((server.count("HEAD /tired"), server.count("HEAD /down")), (2, 3), "tried again while it may help");
    assert_eq!(server.count("HEAD /gone"), 1, "what is gone isn't asked again");
    let links = [(server.url("/a"), place(0)), (server.url("/a#b"), place(9)), (server.url("/a"), place(20))];
    let found = check(&links, &NoStore, 0, patience());
    assert_eq!(server.count("HEAD /a"), 1);
    let told: Vec<_> = found.iter().map(|problem| (problem.message.clone(), problem.place.span.clone())).collect();
    let message = format!("{} answers 404 Not Found (and in 2 more places)", server.url("/a"));
    assert_eq!(told, [(message, 0..1)]);
}

#[test]
fn broken_addresses_are_told_where_they_are_written() {
    let server = Server::start();
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    common::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/site"), site);
    let theme = fs::read_to_string(site.join("themes/auvenir/theme.toml")).unwrap();
    let theme = theme.replace("https://ca.auvenir.com", &server.url("/gone"));
    let theme = theme.replace("https://ap.auvenir.com", &server.url("/good"));
    fs::write(site.join("themes/auvenir/theme.toml"), theme).unwrap();
    let other = site.join("themes/streamworks/theme.toml");
    let theme = fs::read_to_string(&other).unwrap().replace("https://", &server.url("/good#"));
    fs::write(&other, theme).unwrap();
    let text = format!(
        "---\ntitle: Aide\n---\n{{% if brand.id == \"auvenir\" %}}\n{{% for url in brand.facts.firewall %}}\n- <{{{{ url }}}}>\n\
         {{% endfor %}}\n{{% endif %}}\n\nÉté [a]({0}), ![QR](qr:{0}), <a href=\"{1}\">b</a>, [c](mailto:a@b.ca)\n",
        server.url("/good"),
        server.url("/lost")
    );
    fs::write(site.join("content/mfa/support.fr.md"), text).unwrap();
    let quiet = common::etape(site, &["check"]);
    assert_eq!(quiet.status.code(), Some(0), "{quiet:?}");
    assert!(server.asked.lock().unwrap().is_empty(), "nobody is asked without --external");
    let run = common::etape(site, &["check", "--external", "--format", "json"]);
    assert_eq!(run.status.code(), Some(1));
    let told: Vec<serde_json::Value> =
        String::from_utf8(run.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<_> = told
        .iter()
        .map(|told| (told["code"].as_str().unwrap(), told["line"].as_u64().unwrap(), told["column"].as_u64().unwrap()))
        .collect();
    let column = u64::try_from("Été [a](), ![QR](qr:), <a href=\"".chars().count() + 2 * server.url("/good").len() + 1);
    // the fact is asked for in another file too, where it is told
    assert_eq!(places, [("link-broken", 5, 4), ("link-broken", 10, column.unwrap())], "{told:#?}");
    assert_eq!(server.count("HEAD /good"), 1, "each address is asked once");
    common::etape(site, &["check", "--external"]);
    assert_eq!(server.count("HEAD /good"), 1, "a good answer counts for a day");
    assert_eq!(server.count("HEAD /gone"), 2, "a broken one is asked again");
}
