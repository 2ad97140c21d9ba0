//! `etape schema NAME`: what editors need to help with a file.

use super::Ending;
use super::terminal::Terminal;
use crate::schema::Schema;

/// What `etape schema` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Which file it is of
    #[arg(value_name = "NAME")]
    name: Name,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Name {
    /// site.toml
    Site,
    /// theme.toml
    Theme,
    /// The lines between --- at the top of a page
    FrontMatter,
    /// The .yaml file beside a screen
    Sidecar,
    /// The guide.json that a build writes
    Guide,
}

/// Runs it.
pub fn run(arguments: &Arguments, terminal: &Terminal) -> Ending {
    let schema = match arguments.name {
        Name::Site => Schema::Site,
        Name::Theme => Schema::Theme,
        Name::FrontMatter => Schema::FrontMatter,
        Name::Sidecar => Schema::Sidecar,
        Name::Guide => Schema::Guide,
    };
    if terminal.result(&schema.text()) { Ending::Done } else { Ending::Broken }
}
