//! `etape check`: everything that a build checks, nothing written.

use std::path::Path;

use super::terminal::Terminal;
use super::{Ending, Format, site};
use crate::output::Nothing;
use crate::pipeline::Options;

/// What `etape check` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Count warnings as errors
    #[arg(long)]
    strict: bool,
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
    let root = site::find(root, terminal)?;
    let snapshot = site::read(&root, terminal)?;
    let report = site::build(&snapshot, &Options::default(), &Nothing, arguments.format, terminal)?;
    let (ending, found) = site::verdict(&report, arguments.strict);
    let found = found.unwrap_or_else(|| "nothing to mend".to_owned());
    terminal.say(&format!(
        "{} in {}: {found}",
        site::count(report.pages, "page"),
        site::count(report.editions, "edition")
    ));
    Ok(ending)
}
