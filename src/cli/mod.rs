//! The command line: what may be asked, a file for each subcommand, and all printing of the program.
//!
//! Raw arguments become validated types once, here. Not here: doing the work.

mod build;
mod check;
mod completions;
mod init;
mod mark;
mod new;
mod overview;
mod progress;
#[cfg(feature = "publish")]
mod publish;
mod schema;
mod serve;
mod site;
mod status;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use terminal::Terminal;

/// Builds step-by-step guides for several brands, in several languages, from one text.
#[derive(Parser, Debug)]
#[command(
    name = "etape",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  etape init guides    begins a site in the folder guides\n  etape                in a site: says what may be done there"
)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "For every command")]
struct Global {
    /// The site's folder [default: the nearest parent with a site.toml]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How many threads work [default: one for each processor]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// In any case
    Always,
    /// In no case
    Never,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Builds the sites of all brands into dist/
    #[command(
        after_help = "Examples:\n  etape build\n  etape build --brand auvenir --output /srv/www/mfa\n  etape build --strict --format github"
    )]
    Build(build::Arguments),
    /// Checks everything that a build checks, and writes nothing
    #[command(
        after_help = "Examples:\n  etape check\n  etape check --strict --format sarif > etape.sarif\n  etape check --external"
    )]
    Check(check::Arguments),
    /// Shows the state of each translation
    #[command(after_help = "Examples:\n  etape status\n  etape status --format json")]
    Status(status::Arguments),
    /// Says that translations are up to date with their source text
    #[command(after_help = "Example:\n  etape mark content/mfa/03-code.en.md")]
    Mark(mark::Arguments),
    /// Shows the site while it is written: http://127.0.0.1:4000/
    #[command(
        after_help = "Examples:\n  etape serve --open\n  etape serve --drafts --port 8080\n  etape serve --host 0.0.0.0"
    )]
    Serve(serve::Arguments),
    /// Begins a site, with a guide that shows how to write guides
    #[command(after_help = "Example:\n  etape init guides\n  cd guides\n  etape serve --open")]
    Init(init::Arguments),
    /// Adds a guide, a step, an option, a brand or a language
    #[command(
        after_help = "Examples:\n  etape new guide vpn\n  etape new step vpn/install\n  etape new option vpn/install/phone\n  etape new brand acme\n  etape new locale de"
    )]
    New(new::Arguments),
    /// Sends what has changed in dist/ to a folder or a cloud
    #[cfg(feature = "publish")]
    #[command(
        after_help = "Examples:\n  etape publish /srv/www/help\n  etape publish s3://my-bucket/help --dry-run\n  etape publish az://my-container --brand auvenir\n\nCredentials come from the environment:\n  s3://  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION\n  az://  AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY\n  gs://  GOOGLE_APPLICATION_CREDENTIALS"
    )]
    Publish(publish::Arguments),
    /// Writes the JSON Schema of a file, for editors
    #[command(after_help = "Example:\n  etape schema theme > schemas/theme.schema.json")]
    Schema(schema::Arguments),
    /// Writes the completions of a shell
    #[command(
        after_help = "Examples:\n  etape completions bash > ~/.local/share/bash-completion/completions/etape\n  etape completions fish > ~/.config/fish/completions/etape.fish"
    )]
    Completions(completions::Arguments),
    /// Writes the manual page
    #[command(after_help = "Example:\n  etape man > ~/.local/share/man/man1/etape.1")]
    Man,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Format {
    /// For people, on standard error
    Text,
    /// One JSON object a line
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0
    Sarif,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    /// Done.
    Done,
    /// There are errors among the messages.
    Errors,
    /// The call is wrong.
    Misuse,
    /// Reading or writing failed.
    Broken,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        ExitCode::from(match ending {
            Ending::Done => 0,
            Ending::Errors => 1,
            Ending::Misuse => 2,
            Ending::Broken => 3,
        })
    }
}

/// Runs the command that the process was called with.
pub fn run() -> ExitCode {
    let matches = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let Global { color, quiet, verbose, .. } = arguments.global;
    let terminal = Terminal::new(color, quiet, verbose, is_strict(&matches));
    let Some(command) = arguments.command else {
        return overview::run(arguments.global.root.as_deref(), &terminal).unwrap_or_else(|| help(&terminal)).into();
    };
    if let Err(error) = threads(arguments.global.jobs.map_or(0, usize::from), &command) {
        terminal.complain(&format!("can't start threads: {error}"));
        return Ending::Broken.into();
    }
    let ending = match command {
        Command::Build(own) => build::run(&own, arguments.global.root.as_deref(), &terminal),
        Command::Check(own) => check::run(&own, arguments.global.root.as_deref(), &terminal),
        Command::Status(own) => status::run(&own, arguments.global.root.as_deref(), &terminal),
        Command::Mark(own) => mark::run(&own, arguments.global.root.as_deref(), &terminal),
        Command::Serve(own) => serve::run(&own, arguments.global.root.as_deref(), &terminal),
        Command::Init(own) => init::run(&own, &terminal),
        Command::New(own) => new::run(&own, arguments.global.root.as_deref(), &terminal),
        #[cfg(feature = "publish")]
        Command::Publish(own) => publish::run(&own, arguments.global.root.as_deref(), &terminal),
        Command::Schema(own) => schema::run(&own, &terminal),
        Command::Completions(own) => completions::run(&own, &terminal),
        Command::Man => completions::man(&terminal),
    };
    ending.into()
}

/// Sees to the threads that work: `jobs`, or as many as there are processors if that is 0.
fn threads(jobs: usize, command: &Command) -> Result<(), rayon::ThreadPoolBuildError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs);
    match command {
        // this one is one of them, and uses what others have done with: a tenth less memory
        Command::Build(_) | Command::Check(_) => pool.use_current_thread().build_global(),
        _ if jobs > 0 => pool.build_global(),
        // begun when something asks for them
        _ => Ok(()),
    }
}

/// Does the command have a flag `--strict`, and was it given?
fn is_strict(matches: &ArgMatches) -> bool {
    let own = matches.subcommand().and_then(|(_, own)| own.try_get_one::<bool>("strict").ok().flatten());
    own.copied().unwrap_or_default()
}

/// Says what may be asked, where there is no site that could be meant.
fn help(terminal: &Terminal) -> Ending {
    let help = Arguments::command().render_help();
    terminal.show(&[if terminal.has_color() { help.ansi().to_string() } else { help.to_string() }]);
    Ending::Misuse
}
