//! `etape mark FILE…`: "this translation is up to date".
//!
//! It writes the fingerprint of the source text into the translation's front matter, and touches nothing else.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use super::{Ending, site};
use crate::output;
use crate::path::SourcePath;
use crate::pipeline::translations::{self, MarkError};

/// What `etape mark` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Translations that are up to date
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs it.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    match mark(arguments, root, terminal) {
        Ok(ending) | Err(ending) => ending,
    }
}

fn mark(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Result<Ending, Ending> {
    let root = site::find(root, terminal)?;
    let snapshot = site::read(&root, terminal)?;
    let mut ending = Ending::Done;
    for file in &arguments.files {
        let Some(path) = within(&root, file) else {
            terminal.complain(&format!("{} isn't in this site: name a file of content/", file.display()));
            ending = Ending::Misuse;
            continue;
        };
        let disk = root.join(path.as_str());
        let bytes =
            snapshot.original(&path).map_err(|error| site::broken(&format!("can't read {path}"), &error, terminal))?;
        match translations::mark(&snapshot, &path, &bytes) {
            Ok(None) => terminal.say(&format!("{path} was up to date")),
            Ok(Some(marked)) => {
                output::replace(&disk, &marked).map_err(|error| site::failed(&error, terminal))?;
                terminal.say(&format!("{path} is up to date"));
            }
            Err(error) => {
                terminal.complain(&explain(&path, &error));
                ending = Ending::Misuse;
            }
        }
    }
    Ok(ending)
}

fn explain(path: &SourcePath, error: &MarkError) -> String {
    match error {
        MarkError::NoPage => format!("{path} is no page of a guide: name a file of content/"),
        MarkError::IsSource => format!("{path} is the source text itself: mark its translations"),
        MarkError::NoSource => format!("{path} translates nothing: there is no such page in the source locale"),
        MarkError::NoFrontMatter => {
            format!("{path} has no front matter that could be marked: mend what etape check says first")
        }
        MarkError::Form(fingerprint) => {
            format!("{path} isn't marked: write `translates: {fingerprint}` into its front matter yourself")
        }
    }
}

/// The site's spelling of a path that the caller gave.
fn within(root: &Path, file: &Path) -> Option<SourcePath> {
    let real = file.canonicalize().ok().or_else(|| root.join(file).canonicalize().ok())?;
    let rest = real.strip_prefix(root.canonicalize().ok()?).ok()?;
    let parts: Option<Vec<&str>> = rest.iter().map(|part| part.to_str()).collect();
    Some(SourcePath::new(parts?.join("/")))
}
