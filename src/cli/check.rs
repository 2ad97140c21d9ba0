//! `etape check`: everything that a build checks, nothing written.

use std::path::Path;
use std::time::Instant;

use super::terminal::Terminal;
use super::{Ending, Format, site};
use crate::diagnostic;
use crate::external::{self, Patience};
use crate::output::Nothing;
use crate::pipeline::{Options, Report, Standing};

/// What `etape check` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Count warnings as errors
    #[arg(long)]
    strict: bool,
    /// Ask for every link to another site too; good answers count for a day
    #[arg(long)]
    external: bool,
    /// How messages are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Runs it.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    match check(arguments, root, terminal) {
        Ok(ending) | Err(ending) => ending,
    }
}

fn check(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Result<Ending, Ending> {
    let begin = Instant::now();
    let root = site::find(root, terminal)?;
    let snapshot = site::read(&root, terminal)?;
    terminal.time("reading the site", begin);
    let begin = Instant::now();
    let cache = site::cache(snapshot.root(), arguments.external);
    let options = Options { external: arguments.external, ..Options::default() };
    let mut report = site::run(&snapshot, &options, &Nothing, &cache, terminal)?;
    terminal.time("checking the editions", begin);
    if arguments.external {
        let begin = Instant::now();
        let broken = external::check(&report.elsewhere, &*cache, site::now().as_secs(), Patience::default());
        report.problems = diagnostic::merge([report.problems, broken].concat());
        terminal.time("asking for links", begin);
    }
    site::tell(&report, &snapshot, arguments.format, terminal)?;
    if terminal.verbose {
        tell_screens(&report, terminal);
    }
    let (ending, found) = site::verdict(&report, arguments.strict);
    let found = found.unwrap_or_else(|| "nothing to mend".to_owned());
    terminal.say(&format!(
        "{} in {}: {found}",
        site::count(report.pages, "page"),
        site::count(report.editions, "edition")
    ));
    Ok(ending)
}

/// Says which file each edition gets for the screens that have several.
fn tell_screens(report: &Report, terminal: &Terminal) {
    let mut name = "";
    let mut single = 0;
    for screen in &report.screens {
        let is_next = screen.name != name;
        name = &screen.name;
        if screen.standing == Standing::Only {
            single += usize::from(is_next);
            continue;
        }
        if is_next {
            terminal.say(&format!("screen {name}"));
        }
        let falls_back = if screen.standing == Standing::StandsIn { "falls back to" } else { "has" };
        terminal.say(&format!("  {} {falls_back} {}", screen.edition, screen.file.file_name()));
    }
    if single > 0 {
        terminal.say(&format!("{} with one file for every edition", site::count(single, "screen")));
    }
}
