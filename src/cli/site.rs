//! What the commands that work on a site share: finding it, reading it, building it, telling what is wrong.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::progress::Bar;
use super::terminal::Terminal;
use super::{Ending, Format};
use crate::config::SITE_FILE;
use crate::diagnostic::{Severity, nearest};
use crate::output::{Cache, OutputError, Sink};
use crate::pipeline::{self, Options, Report, Tools, Unknown};
use crate::source::Snapshot;

/// The site's folder: the one that was named, or the nearest parent with a site.toml.
pub fn find(named: Option<&Path>, terminal: &Terminal) -> Result<PathBuf, Ending> {
    if let Some(root) = named {
        if root.join(SITE_FILE).is_file() {
            return Ok(root.to_owned());
        }
        let root = root.display();
        terminal.complain(&format!("no {SITE_FILE} in {root}: etape init {root} begins a site there"));
        return Err(Ending::Misuse);
    }
    if let Err(error) = std::env::current_dir() {
        terminal.complain(&format!("can't tell the current folder: {error}"));
        return Err(Ending::Broken);
    }
    look(None).ok_or_else(|| {
        terminal.complain(&format!(
            "no {SITE_FILE} here or in a folder above: go to a site, name one with --root DIR, or begin one with etape init DIR"
        ));
        Ending::Misuse
    })
}

/// The same without a word about it.
pub fn look(named: Option<&Path>) -> Option<PathBuf> {
    let is_site = |folder: &&Path| folder.join(SITE_FILE).is_file();
    match named {
        Some(root) => Some(root).filter(is_site).map(Path::to_owned),
        None => std::env::current_dir().ok()?.ancestors().find(is_site).map(Path::to_owned),
    }
}

/// Reads a site.
pub fn read(root: &Path, terminal: &Terminal) -> Result<Arc<Snapshot>, Ending> {
    Snapshot::read(root).map(Arc::new).map_err(|error| unreadable(root, &error, terminal))
}

/// Tells that a site can't be read.
pub fn unreadable(root: &Path, error: &io::Error, terminal: &Terminal) -> Ending {
    broken(&format!("can't read the site in {}", root.display()), error, terminal)
}

/// Builds a site into a sink and writes the messages.
pub fn build(
    snapshot: &Arc<Snapshot>,
    options: &Options,
    sink: &dyn Sink,
    store: &Arc<Cache>,
    format: Format,
    terminal: &Terminal,
) -> Result<Report, Ending> {
    let report = run(snapshot, options, sink, store, terminal)?;
    tell(&report, snapshot, format, terminal)?;
    Ok(report)
}

/// Builds a site into a sink.
pub fn run(
    snapshot: &Arc<Snapshot>,
    options: &Options,
    sink: &dyn Sink,
    store: &Arc<Cache>,
    terminal: &Terminal,
) -> Result<Report, Ending> {
    let progress = Arc::new(Bar::new(terminal.shows_progress()));
    let tools = Tools { store: store.clone(), progress, ..Tools::default() };
    let built = pipeline::build(snapshot, options, &tools, sink);
    // the bar goes
    drop(tools);
    match built {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(unknown)) => {
            terminal.complain(&describe(&unknown));
            Err(Ending::Misuse)
        }
        Err(error) => Err(failed(&error, terminal)),
    }
}

/// Writes the messages of a build.
pub fn tell(report: &Report, snapshot: &Snapshot, format: Format, terminal: &Terminal) -> Result<(), Ending> {
    if !terminal.messages(&report.problems, format, |path| snapshot.shown(path)) {
        return Err(Ending::Broken);
    }
    Ok(())
}

/// The site's cache. If it only reads, nothing on the disk changes.
pub fn cache(root: &Path, writes: bool) -> Arc<Cache> {
    // a clock before 1970 makes entries look new, which does no harm
    Arc::new(Cache::new(root, now(), writes))
}

/// The time since 1970.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Tells why the output can't be written.
pub fn failed(error: &OutputError, terminal: &Terminal) -> Ending {
    terminal.complain(&error.to_string());
    if matches!(error, OutputError::NoName { .. }) { Ending::Misuse } else { Ending::Broken }
}

/// How a build ended, and the line that says so: « 2 errors and 1 warning ».
pub fn verdict(report: &Report, strict: bool) -> (Ending, Option<String>) {
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    let ending = if errors > 0 || (strict && warnings > 0) { Ending::Errors } else { Ending::Done };
    let found = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(number, _)| *number > 0);
    let found: Vec<String> = found.map(|(number, what)| count(number, what)).collect();
    (ending, (!found.is_empty()).then(|| found.join(" and ")))
}

/// « 1 page », « 2 pages ».
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The day of SOURCE_DATE_EPOCH, for builds that can be repeated; none if it isn't set.
pub fn date(terminal: &Terminal) -> Result<Option<String>, Ending> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds: Option<i64> =
        value.to_str().and_then(|text| text.parse().ok()).filter(|seconds| (0..=253_402_300_799).contains(seconds));
    match seconds {
        Some(seconds) => Ok(Some(day(seconds / 86_400))),
        None => {
            terminal.complain("SOURCE_DATE_EPOCH must be a number of seconds since 1970");
            Err(Ending::Misuse)
        }
    }
}

/// The date of a day counted from 1970-01-01, by the calendar that begins its year in March.
fn day(days: i64) -> String {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn describe(unknown: &Unknown) -> String {
    let Unknown { kind, name, known } = unknown;
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("no {kind} \"{name}\" in {SITE_FILE}: did you mean \"{near}\"?"),
        None => format!("no {kind} \"{name}\" in {SITE_FILE}: it lists {}", known.join(", ")),
    }
}

/// Tells an error of the disk.
pub fn broken(what: &str, error: &io::Error, terminal: &Terminal) -> Ending {
    terminal.complain(&format!("{what}: {error}"));
    Ending::Broken
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_have_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_779, "2026-11-22"),
            (47_540, "2100-02-28"),
        ] {
            assert_eq!(day(days), date);
        }
    }
}
