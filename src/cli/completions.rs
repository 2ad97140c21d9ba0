//! `etape completions SHELL` and `etape man`: what shells and `man` know about the command, made from the command itself.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Ending;
use super::terminal::Terminal;

/// What `etape completions` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Which shell
    #[arg(value_name = "SHELL", value_parser = clap::value_parser!(Shell))]
    shell: Shell,
}

/// Writes a shell's completions.
pub fn run(arguments: &Arguments, terminal: &Terminal) -> Ending {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "etape", &mut script);
    write(&script, terminal)
}

/// Writes the manual page: the command, then each subcommand.
pub fn man(terminal: &Terminal) -> Ending {
    let mut page = Vec::new();
    let mut command = super::Arguments::command();
    command.build();
    let rendered = clap_mangen::Man::new(command.clone()).render(&mut page).and_then(|()| {
        command.get_subcommands().filter(|own| !own.is_hide_set() && own.get_name() != "help").try_for_each(|own| {
            let man = clap_mangen::Man::new(own.clone());
            page.extend_from_slice(format!(".SH \"ETAPE {}\"\n", own.get_name().to_uppercase()).as_bytes());
            man.render_description_section(&mut page)?;
            man.render_synopsis_section(&mut page)?;
            man.render_options_section(&mut page)
        })
    });
    match rendered {
        Ok(()) => write(&page, terminal),
        Err(error) => {
            terminal.complain(&format!("can't write the manual page: {error}"));
            Ending::Broken
        }
    }
}

fn write(bytes: &[u8], terminal: &Terminal) -> Ending {
    if terminal.result(&String::from_utf8_lossy(bytes)) { Ending::Done } else { Ending::Broken }
}
