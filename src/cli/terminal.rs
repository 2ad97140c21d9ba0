//! Printing: what goes to standard output and what to standard error, with or without colours.

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use rayon::prelude::*;

use super::{Color, Format};
use crate::diagnostic::{self, Diagnostic, Severity, Texts};
use crate::path::SourcePath;

/// Where a command speaks.
pub struct Terminal {
    color: bool,
    /// Results on standard output may have colours.
    paints: bool,
    quiet: bool,
    /// Warnings are told, also when it is quiet: they count as errors.
    is_strict: bool,
    /// Standard error is a terminal that can be drawn on.
    draws: bool,
    /// Say more than usual.
    pub verbose: bool,
}

impl Terminal {
    /// As the arguments and the environment ask.
    pub fn new(color: Color, quiet: bool, verbose: bool, is_strict: bool) -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let plain = is_dumb || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let asked = color;
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !plain && io::stderr().is_terminal(),
        };
        let paints = match asked {
            Color::Auto => !plain && io::stdout().is_terminal(),
            _ => color,
        };
        let draws = !is_dumb && io::stderr().is_terminal();
        Self { color, paints, quiet, is_strict, draws, verbose }
    }

    /// May a bar be shown?
    pub fn shows_progress(&self) -> bool {
        self.draws && !self.quiet
    }

    /// Says what has been done.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            tell(line);
        }
    }

    /// Says how long something took, if asked to say more.
    pub fn time(&self, what: &str, since: Instant) {
        if self.verbose {
            tell(&format!("{:>8.1} ms  {what}", since.elapsed().as_secs_f64() * 1000.0));
        }
    }

    /// Are messages written in colours?
    pub fn has_color(&self) -> bool {
        self.color
    }

    /// Are results written in colours?
    pub fn paints_results(&self) -> bool {
        self.paints
    }

    /// Writes messages in their form for people, each ending in a line end.
    pub fn show(&self, messages: &[String]) {
        for message in messages {
            tell(message);
        }
    }

    /// Says why something can't be done.
    pub fn complain(&self, line: &str) {
        let (on, off) = if self.color { ("\u{1b}[1m\u{1b}[91m", "\u{1b}[0m") } else { ("", "") };
        tell(&format!("{on}error{off}: {line}"));
    }

    /// Writes a command's result. False if standard output can't be written.
    pub fn result(&self, text: &str) -> bool {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
    }

    /// Writes a command's messages in the form that was asked for. False if standard output can't be written.
    pub fn messages<'s>(
        &self,
        problems: &'s [Diagnostic],
        format: Format,
        source: impl Fn(&SourcePath) -> Option<&'s str>,
    ) -> bool {
        let texts = Texts::of(problems, source);
        let mut text = String::new();
        match format {
            Format::Text => {
                let is_all = !self.quiet || self.is_strict;
                let shown = problems.par_iter().filter(|problem| is_all || problem.severity() == Severity::Error);
                let one = |problem: &Diagnostic| diagnostic::text(problem, texts.get(problem), self.color);
                text = shown.map(|problem| one(problem) + "\n").collect();
                let _ = io::stderr().lock().write_all(text.as_bytes());
                return true;
            }
            Format::Json => {
                for problem in problems {
                    text.push_str(&diagnostic::json(problem, texts.get(problem)));
                }
            }
            Format::Github => {
                for problem in problems {
                    text.push_str(&diagnostic::github(problem, texts.get(problem)));
                }
            }
            Format::Sarif => {
                text = diagnostic::sarif(problems, &texts);
            }
        }
        self.result(&text)
    }
}

/// A line on standard error. Nobody is left to be told when that is closed or full, and the work goes on.
fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
