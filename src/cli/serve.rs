//! `etape serve`: the preview, from the command line to the line that each rebuild prints.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use fast_qr::{ECL, QRBuilder};

use super::Ending;
use super::site::{self, count};
use super::terminal::Terminal;
use crate::pipeline::Options;
use crate::serve::{self, Door, Note, Rebuilt, Site};

/// What `etape serve` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// The port; if it is taken, the next one that is free
    #[arg(long, value_name = "PORT", default_value = "4000")]
    port: u16,
    /// The address to listen on; 0.0.0.0 opens the preview to the network, such as for a phone
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// Show pages marked as drafts too
    #[arg(long)]
    drafts: bool,
    /// Look for changes every half second, where the system doesn't tell them (network drives)
    #[arg(long)]
    poll: bool,
}

/// Runs it, until it is interrupted.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    match preview(arguments, root, terminal) {
        Ok(ending) | Err(ending) => ending,
    }
}

/// What there is to say, or that it is over.
enum Word {
    Note(Note),
    End,
}

fn preview(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Result<Ending, Ending> {
    let root = site::find(root, terminal)?;
    let options = Options { drafts: arguments.drafts, date: site::date(terminal)?, ..Options::default() };
    let failed = |what: &str, error: std::io::Error| {
        terminal.complain(&format!("{what}: {error}"));
        Ending::Broken
    };
    let door = Door::open(&arguments.host, arguments.port)
        .map_err(|error| failed(&format!("can't listen on {}", arguments.host), error))?;
    let address = door.address;
    if arguments.port != 0 && address.port() != arguments.port {
        terminal.say(&format!("port {} is taken: this is port {}", arguments.port, address.port()));
    }
    let (words, heard) = mpsc::channel();
    let end = words.clone();
    ctrlc::set_handler(move || {
        // a second time, nobody may be listening any more
        let _ = end.send(Word::End);
    })
    .map_err(|error| failed("can't wait for Ctrl-C", std::io::Error::other(error)))?;
    let store = site::cache(&root, true);
    let site = Site { root, options, store, poll: arguments.poll, color: terminal.has_color() };
    let _preview = serve::start(door, site, open_files(), move |note| {
        let _ = words.send(Word::Note(note));
    })
    .map_err(|error| failed("can't start the preview", error))?;
    greet(address, terminal);
    if arguments.open {
        open(&url(local(address)), terminal);
    }
    for word in heard {
        match word {
            Word::Note(Note::Rebuilt(rebuilt)) => {
                terminal.show(&rebuilt.messages);
                terminal.say(&line(&rebuilt));
            }
            Word::Note(Note::Trouble(what)) => terminal.complain(&what),
            Word::End => break,
        }
    }
    Ok(Ending::Done)
}

/// Where the preview is; for others on the network too, if it was opened to them.
fn greet(address: SocketAddr, terminal: &Terminal) {
    terminal.say(&format!("{}  (Ctrl-C ends it)", url(local(address))));
    if address.ip().is_loopback() {
        return;
    }
    let others: Vec<SocketAddr> = if address.ip().is_unspecified() {
        let found = if_addrs::get_if_addrs().unwrap_or_default();
        let addresses = found.into_iter().map(|interface| interface.ip());
        let fits = |ip: &IpAddr| ip.is_ipv4() && !ip.is_loopback();
        addresses.filter(fits).map(|ip| SocketAddr::new(ip, address.port())).collect()
    } else {
        vec![address]
    };
    for other in &others {
        terminal.say(&format!("{}  on the network", url(*other)));
    }
    match others.first() {
        Some(first) => terminal.say(&qr(&url(*first), terminal.has_color())),
        None => terminal.say("this machine has no address on a network"),
    }
}

/// The same port under the address that this machine has for itself.
fn local(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => SocketAddr::from(([127, 0, 0, 1], address.port())),
        IpAddr::V6(_) => SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], address.port())),
    }
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/")
}

/// A QR code of characters, two modules in each: black on white, whatever the terminal's colours.
fn qr(data: &str, color: bool) -> String {
    let Ok(code) = QRBuilder::new(data).ecl(ECL::L).build() else { return String::new() };
    let size = code.size;
    // two modules of white around it are enough on a screen
    let is_black =
        |x: usize, y: usize| (2..size + 2).contains(&x) && (2..size + 2).contains(&y) && code[y - 2][x - 2].value();
    // without colours, most terminals are dark: then the blocks are the white
    let (on, off) = if color { ("\u{1b}[30;107m", "\u{1b}[0m") } else { ("", "") };
    let rows = (0..size + 4).step_by(2).map(|y| {
        let row = (0..size + 4).map(|x| match (is_black(x, y) == color, is_black(x, y + 1) == color) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        });
        format!("{on}{}{off}", row.collect::<String>())
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// The line of a rebuild: what changed, how much of the site that is, how long it took, what is wrong.
fn line(rebuilt: &Rebuilt) -> String {
    let pages = count(rebuilt.pages, "page");
    let millis = rebuilt.took.as_millis();
    let found =
        [(rebuilt.errors, "error"), (rebuilt.warnings, "warning")].into_iter().filter(|(number, _)| *number > 0);
    let found: Vec<String> = found.map(|(number, what)| count(number, what)).collect();
    let found = if found.is_empty() { String::new() } else { format!(", {}", found.join(" and ")) };
    let found = if rebuilt.errors > 0 { format!("{found}: the last good pages stay") } else { found };
    let done = match rebuilt.changed {
        None => format!("{pages} in {}", count(rebuilt.editions, "edition")),
        Some(changed) => format!("{changed} of {pages}"),
    };
    let what = match rebuilt.sources.as_slice() {
        [] => String::new(),
        [one] => format!("{one}: "),
        [one, more @ ..] => format!("{one} and {}: ", count(more.len(), "other file")),
    };
    format!("{what}{done}, {millis} ms{found}")
}

/// Opens an address in the reader's browser.
fn open(url: &str, terminal: &Terminal) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/c", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(program)
        .args(arguments)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        terminal.complain(&format!("can't open a browser with {program}: {error}"));
    }
}

/// How many files this process may have open, after asking for as many as it may get: every reader of the preview
/// needs some.
fn open_files() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        /// More than the preview ever uses, and few enough for systems that promise more than they keep.
        const ENOUGH: u64 = 10_240;
        let limit = getrlimit(Resource::Nofile);
        let current = limit.current.unwrap_or(ENOUGH);
        let wanted = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH).max(current);
        let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
        if setrlimit(Resource::Nofile, raised).is_ok() { wanted } else { current }
    }
    #[cfg(not(unix))]
    {
        4096
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::path::SourcePath;

    #[test]
    fn a_rebuild_is_one_line() {
        let sources = |names: &[&str]| names.iter().map(|name| SourcePath::new(*name)).collect();
        let rebuilt = |names, changed, errors, warnings| Rebuilt {
            sources: sources(names),
            pages: 52,
            editions: 4,
            changed,
            took: Duration::from_micros(8_700),
            errors,
            warnings,
            messages: Vec::new(),
        };
        for (rebuilt, expected) in [
            (rebuilt(&[], None, 0, 0), "52 pages in 4 editions, 8 ms"),
            (rebuilt(&[], None, 0, 2), "52 pages in 4 editions, 8 ms, 2 warnings"),
            (rebuilt(&["content/mfa/03-code.fr.md"], Some(4), 0, 0), "content/mfa/03-code.fr.md: 4 of 52 pages, 8 ms"),
            (rebuilt(&["a.md", "b.md"], Some(1), 0, 1), "a.md and 1 other file: 1 of 52 pages, 8 ms, 1 warning"),
            (
                rebuilt(&["a.md", "b.md", "c.md"], Some(0), 1, 2),
                "a.md and 2 other files: 0 of 52 pages, 8 ms, 1 error and 2 warnings: the last good pages stay",
            ),
        ] {
            assert_eq!(line(&rebuilt), expected);
        }
    }

    #[test]
    fn the_code_is_the_same_in_both_colours() {
        let (plain, colored) = (qr("http://192.168.1.7:4000/", false), qr("http://192.168.1.7:4000/", true));
        let inverse = |c: char| match c {
            '█' => ' ',
            ' ' => '█',
            '▀' => '▄',
            '▄' => '▀',
            other => other,
        };
        let bare = colored.replace("\u{1b}[30;107m", "").replace("\u{1b}[0m", "");
        assert_eq!(plain.chars().map(inverse).collect::<String>(), bare);
        assert!(plain.lines().all(|line| line.chars().count() == 29), "{plain}");
        assert_eq!(plain.lines().next().map(|line| line.chars().all(|c| c == '█')), Some(true), "{plain}");
    }

    #[test]
    fn everywhere_is_here_too() {
        for (bound, here) in [
            ("0.0.0.0:4000", "http://127.0.0.1:4000/"),
            ("[::]:4000", "http://[::1]:4000/"),
            ("127.0.0.1:4001", "http://127.0.0.1:4001/"),
            ("192.168.1.7:4000", "http://192.168.1.7:4000/"),
        ] {
            assert_eq!(url(local(bound.parse().unwrap())), here);
        }
    }
}
