//! `etape status`: the state of each translation, edition by edition, and the files that need work.

use std::fmt::Write;
use std::path::Path;

use super::terminal::Terminal;
use super::{Ending, site};
use crate::pipeline::translations::{self, Piece, State, Status};

/// What `etape status` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: StatusFormat,
}

/// The forms of a status.
#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
enum StatusFormat {
    /// A table and a list, for people
    Text,
    /// One JSON object a line: first the editions, then the files
    Json,
}

/// Runs it.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    let result = site::find(root, terminal).and_then(|root| {
        let snapshot = site::read(&root, terminal)?;
        let Some(status) = translations::status(&snapshot) else {
            terminal.complain("site.toml can't be read: etape check says why");
            return Err(Ending::Errors);
        };
        let text = match arguments.format {
            StatusFormat::Text => table(&status, terminal.paints_results()),
            StatusFormat::Json => json(&status),
        };
        if terminal.result(&text) { Ok(Ending::Done) } else { Err(Ending::Broken) }
    });
    match result {
        Ok(ending) | Err(ending) => ending,
    }
}

fn table(status: &Status, color: bool) -> String {
    let name = |brand: &str, locale: &str| format!("{brand} {locale}");
    let widest =
        status.editions.iter().map(|edition| name(&edition.brand, &edition.locale).chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    if status.editions.is_empty() {
        return "one locale only: nothing to translate\n".to_owned();
    }
    // writing to a string can't fail
    let _ = writeln!(
        out,
        "{:widest$}  {:>5}  {:>10}  {:>8}  {:>8}  {:>7}  {:>9}",
        "", "done", "up to date", "outdated", "unmarked", "missing", "messages"
    );
    for edition in &status.editions {
        let [current, outdated, unmarked, missing] = edition.counts;
        let _ = writeln!(
            out,
            "{:widest$}  {:>4}%  {current:>10}  {outdated:>8}  {unmarked:>8}  {missing:>7}  {:>9}",
            name(&edition.brand, &edition.locale),
            edition.percent(),
            format!("{}/{}", edition.messages[0], edition.messages[1])
        );
    }
    for (state, title) in [
        (State::Missing, "Missing: the source locale's text stands in"),
        (State::Outdated, "Outdated: the source text has changed since"),
        (State::Unmarked, "Unmarked: nothing says which source text they translate"),
    ] {
        let files: Vec<_> = status.files.iter().filter(|file| file.state == state).collect();
        if !files.is_empty() {
            let _ = writeln!(out, "\n{title}");
            for file in files {
                let _ = writeln!(out, "  {}", file.path);
                for id in &file.messages {
                    let _ = writeln!(out, "    {id}");
                }
                if let Some(change) = &file.change {
                    let _ = writeln!(out, "    {} since {}:", file.source, change.date);
                    push_change(&change.pieces, color, &mut out);
                }
            }
        }
    }
    if status.files.iter().any(|file| file.state == State::Outdated || file.state == State::Unmarked) {
        out.push_str("\nWhen a translation is up to date: etape mark FILE\n");
    }
    out
}

/// The lines in which something has changed, as `[-old-]` and `{+new+}`, or in red and green.
fn push_change(pieces: &[Piece], color: bool, out: &mut String) {
    let (removed, added) = if color {
        (["\u{1b}[31m[-", "-]\u{1b}[0m"], ["\u{1b}[32m{+", "+}\u{1b}[0m"])
    } else {
        (["[-", "-]"], ["{+", "+}"])
    };
    let mut line = String::new();
    let mut has_changed = false;
    let mut end_line = |line: &mut String, has_changed: &mut bool| {
        if std::mem::take(has_changed) {
            let _ = writeln!(out, "      {}", line.replace('\n', "\n      "));
        }
        line.clear();
    };
    for piece in pieces {
        let (text, [open, close]) = match piece {
            Piece::Same(text) => {
                for (index, part) in text.split('\n').enumerate() {
                    if index > 0 {
                        end_line(&mut line, &mut has_changed);
                    }
                    line.push_str(&visible(part));
                }
                continue;
            }
            Piece::Removed(text) => (text, removed),
            Piece::Added(text) => (text, added),
        };
        line.push_str(open);
        line.push_str(&visible(text));
        line.push_str(close);
        has_changed = true;
    }
    end_line(&mut line, &mut has_changed);
}

/// A text in which nothing moves a terminal's cursor.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// The whole change, as `[-old-]` and `{+new+}`.
fn marked(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        let _ = match piece {
            Piece::Same(text) => write!(out, "{text}"),
            Piece::Removed(text) => write!(out, "[-{text}-]"),
            Piece::Added(text) => write!(out, "{{+{text}+}}"),
        };
    }
    out
}

fn json(status: &Status) -> String {
    let mut out = String::new();
    for edition in &status.editions {
        let [current, outdated, unmarked, missing] = edition.counts;
        let line = serde_json::json!({
            "brand": &*edition.brand, "locale": &*edition.locale, "percent": edition.percent(),
            "messages": edition.messages[0], "messages_in_source": edition.messages[1],
            "up_to_date": current, "outdated": outdated, "unmarked": unmarked, "missing": missing,
        });
        let _ = writeln!(out, "{line}");
    }
    for file in &status.files {
        let line = serde_json::json!({
            "file": file.path.as_str(), "source": file.source.as_str(), "locale": &*file.locale,
            "state": file.state.name(), "messages": file.messages,
            "since": file.change.as_ref().map(|change| &change.date),
            "commit": file.change.as_ref().map(|change| &change.commit),
            "change": file.change.as_ref().map(|change| marked(&change.pieces)),
        });
        let _ = writeln!(out, "{line}");
    }
    out
}
