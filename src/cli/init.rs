//! `etape init DIR`: a new site, complete and ready to be looked at.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use super::{Ending, new, site};
use crate::config::SITE_FILE;
use crate::output;
use crate::source::FOLDERS;
use crate::start::{self, First, IGNORE_FILE};

/// What `etape init` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// The site's folder; it may be there, without a site in it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs it.
pub fn run(arguments: &Arguments, terminal: &Terminal) -> Ending {
    let folder = &arguments.folder;
    let taken = std::iter::once(SITE_FILE).chain(FOLDERS).find(|name| folder.join(name).symlink_metadata().is_ok());
    if let Some(taken) = taken {
        let next = if taken == SITE_FILE { "add to it with etape new" } else { "choose another folder" };
        terminal.complain(&format!("{} is there already: {next}", folder.join(taken).display()));
        return Ending::Misuse;
    }
    let mut plan = start::site(first());
    // a folder under git may have one, and it is its owner's
    if folder.join(IGNORE_FILE).exists() {
        plan.files.retain(|file| file.path.as_str() != IGNORE_FILE);
        plan.notes
            .push(format!("Add /dist and /.etape to {}: they can be made again.", folder.join(IGNORE_FILE).display()));
    }
    let files = plan.files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice()));
    if let Err(error) = output::add(folder, files) {
        return site::failed(&error, terminal);
    }
    terminal.say(&format!("{} in {}", site::count(plan.files.len(), "file"), folder.display()));
    plan.next = vec![format!("cd {}", shell_word(folder)), "etape serve --open".to_owned()];
    new::tell(&plan, terminal);
    Ending::Done
}

/// The language of the person at the keyboard, as far as the environment tells.
fn first() -> First {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter();
    let told = variables.filter_map(std::env::var_os).find(|value| !value.is_empty());
    match told.as_ref().and_then(|value| value.to_str()) {
        Some(value) if value == "fr" || value.starts_with("fr_") => First::French,
        _ => First::English,
    }
}

/// A folder as it can be typed.
fn shell_word(folder: &Path) -> String {
    let word = folder.display().to_string();
    let is_plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+@:\\".contains(c));
    if is_plain { word } else { format!("\"{word}\"") }
}
