//! `etape new KIND NAME`: something more in a site, never over something that is there.

use std::path::Path;

use super::terminal::Terminal;
use super::{Ending, site};
use crate::config::SITE_FILE;
use crate::output;
use crate::start::{self, Ground, Plan};

/// What `etape new` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// What to add
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// Its name: for files, such as code, or a title, such as "Ask for the code". A step may name its guide, as in
    /// mfa/code, and an option its step, as in mfa/method/phone. A locale is a language tag, such as de
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// A guide with its first page and a first step
    Guide,
    /// A step behind the last one
    Step,
    /// One of several ways to do a step
    Option,
    /// A brand with a theme that builds
    Brand,
    /// A language, with every interface string to translate
    Locale,
}

/// Runs it.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    match begin(arguments, root, terminal) {
        Ok(ending) | Err(ending) => ending,
    }
}

fn begin(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Result<Ending, Ending> {
    let root = site::find(root, terminal)?;
    let snapshot = site::read(&root, terminal)?;
    let name = &arguments.name;
    let plan = Ground::new(&snapshot).and_then(|ground| match arguments.kind {
        Kind::Guide => start::guide(&ground, name),
        Kind::Step => start::step(&ground, name),
        Kind::Option => start::option(&ground, name),
        Kind::Brand => start::brand(&ground, name),
        Kind::Locale => start::locale(&ground, name),
    });
    let plan = plan.map_err(|refusal| {
        terminal.complain(&refusal.to_string());
        Ending::Misuse
    })?;
    let files = plan.files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice()));
    output::add(&root, files).map_err(|error| site::failed(&error, terminal))?;
    if let Some(settings) = &plan.settings {
        output::replace(&root.join(SITE_FILE), settings.as_bytes()).map_err(|error| site::failed(&error, terminal))?;
    }
    for file in &plan.files {
        terminal.say(&format!("new      {}", file.path));
    }
    if plan.settings.is_some() {
        terminal.say(&format!("changed  {SITE_FILE}"));
    }
    tell(&plan, terminal);
    Ok(Ending::Done)
}

/// Says what there is to know, and what to type next.
pub fn tell(plan: &Plan, terminal: &Terminal) {
    for note in &plan.notes {
        terminal.say(note);
    }
    if !plan.next.is_empty() {
        terminal.say("\nNext:");
    }
    for command in &plan.next {
        terminal.say(&format!("  {command}"));
    }
}
