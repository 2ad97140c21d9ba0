//! `etape status`: the state of each translation, edition by edition, and the files that need work.

use std::fmt::Write;
use std::path::Path;

use super::terminal::Terminal;
use super::{Ending, site};
use crate::pipeline::translations::{self, State, Status};

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
            StatusFormat::Text => table(&status),
            StatusFormat::Json => json(&status),
        };
        if terminal.result(&text) { Ok(Ending::Done) } else { Err(Ending::Broken) }
    });
    match result {
        Ok(ending) | Err(ending) => ending,
    }
}

fn table(status: &Status) -> String {
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
        "{:widest$}  {:>5}  {:>10}  {:>8}  {:>8}  {:>7}",
        "", "done", "up to date", "outdated", "unmarked", "missing"
    );
    for edition in &status.editions {
        let [current, outdated, unmarked, missing] = edition.counts;
        let _ = writeln!(
            out,
            "{:widest$}  {:>4}%  {current:>10}  {outdated:>8}  {unmarked:>8}  {missing:>7}",
            name(&edition.brand, &edition.locale),
            edition.percent()
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
            }
        }
    }
    if status.files.iter().any(|file| file.state != State::Missing) {
        out.push_str("\nWhen a translation is up to date: etape mark FILE\n");
    }
    out
}

fn json(status: &Status) -> String {
    let mut out = String::new();
    for edition in &status.editions {
        let [current, outdated, unmarked, missing] = edition.counts;
        let line = serde_json::json!({
            "brand": &*edition.brand, "locale": &*edition.locale, "percent": edition.percent(),
            "up_to_date": current, "outdated": outdated, "unmarked": unmarked, "missing": missing,
        });
        let _ = writeln!(out, "{line}");
    }
    for file in &status.files {
        let line = serde_json::json!({
            "file": file.path.as_str(), "source": file.source.as_str(), "locale": &*file.locale, "state": file.state.name(),
        });
        let _ = writeln!(out, "{line}");
    }
    out
}
