//! `etape publish TARGET`: what was built, sent to where it is read.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::Terminal;
use super::{Ending, build, site};
use crate::diagnostic::nearest;
use crate::output::{self, Built};
use crate::publish::{self, Patience, Plan, Prepared, Progress, PublishError, Target};

/// How many files may go at once without being asked for.
const DELETIONS: usize = 100;

/// What `etape publish` may be asked.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// A folder, or s3://BUCKET/FOLDER, az://CONTAINER/FOLDER, gs://BUCKET/FOLDER; each brand gets a folder in it
    #[arg(value_name = "TARGET")]
    target: String,
    /// Only this brand; may be given several times
    #[arg(long = "brand", value_name = "BRAND")]
    brands: Vec<String>,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// How many files may be deleted; if more would have to be, nothing is done
    #[arg(long, value_name = "N", default_value_t = DELETIONS)]
    delete: usize,
}

/// Runs it.
pub fn run(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Ending {
    match send(arguments, root, terminal) {
        Ok(ending) | Err(ending) => ending,
    }
}

fn send(arguments: &Arguments, root: Option<&Path>, terminal: &Terminal) -> Result<Ending, Ending> {
    let start = Instant::now();
    let root = site::find(root, terminal)?;
    let failed = |error: PublishError| {
        terminal.complain(&error.to_string());
        match error {
            PublishError::Target(_) => Ending::Misuse,
            _ => Ending::Broken,
        }
    };
    let target = Target::new(&arguments.target, environment()).map_err(failed)?;
    let dist = root.join("dist");
    let built = Built::open(&dist).map_err(|error| site::failed(&error, terminal))?;
    let Some(built) = built else {
        terminal.complain("there is nothing to publish yet: type etape build --strict");
        return Err(Ending::Misuse);
    };
    if target.folder().is_some_and(|folder| lies_in(folder, &dist)) {
        terminal.complain(&format!("{} is where the site is built: name another folder", target.shown()));
        return Err(Ending::Misuse);
    }
    let brands = chosen(&arguments.brands, &built, terminal)?;
    if has_changed(&root, &built, terminal)? {
        terminal.say("the site has changed since dist/ was built: type etape build to publish it as it is now");
    }
    let patience = Patience::default();
    let mut prepared = publish::prepare(&target, &built, &brands, patience).map_err(failed)?;
    terminal.time("looking at the target", start);
    let summary = summary(&prepared.plan);
    if arguments.dry_run {
        let listed = if terminal.result(&list(&prepared.plan)) { Ending::Done } else { Ending::Broken };
        terminal.say(&format!("{}: {summary}", target.shown()));
        return Ok(if listed == Ending::Done { bound(&prepared.plan, arguments, terminal) } else { listed });
    }
    if bound(&prepared.plan, arguments, terminal) == Ending::Misuse {
        return Err(Ending::Misuse);
    }
    terminal.say(&format!("{}: {summary}", target.shown()));
    if prepared.plan.is_empty() {
        return Ok(Ending::Done);
    }
    if terminal.verbose {
        terminal.say(list(&prepared.plan).trim_end());
    }
    if let Some(folder) = target.folder().filter(|folder| !folder.exists()) {
        output::make_folder(folder).map_err(|error| site::failed(&error, terminal))?;
        prepared = publish::prepare(&target, &built, &brands, patience).map_err(failed)?;
    }
    carry_out(prepared, &target, start, terminal)
}

fn carry_out(prepared: Prepared<'_>, target: &Target, start: Instant, terminal: &Terminal) -> Result<Ending, Ending> {
    let (files, deletions) = (prepared.plan.sendings().count(), prepared.plan.deletions.len());
    let bytes = prepared.plan.sendings().map(|sending| sending.size).sum();
    let mut bar = Bar::new(bytes, terminal.shows_progress());
    let done = prepared.carry_out(&mut bar);
    bar.bar.finish_and_clear();
    if let Err(error) = done {
        terminal.complain(&error.to_string());
        terminal.say(&format!(
            "{} of {} sent: type the same again, and it goes on from there",
            bar.files,
            site::count(files, "file")
        ));
        return Err(Ending::Broken);
    }
    let deleted = if deletions == 0 { String::new() } else { format!(", {deletions} deleted") };
    terminal.say(&format!(
        "{} sent to {}{deleted} ({:.2} s)",
        site::count(files, "file"),
        target.shown(),
        start.elapsed().as_secs_f64()
    ));
    Ok(Ending::Done)
}

/// Says whether more would be deleted than may be.
fn bound(plan: &Plan, arguments: &Arguments, terminal: &Terminal) -> Ending {
    let wanted = plan.deletions.len();
    if wanted <= arguments.delete {
        return Ending::Done;
    }
    terminal.complain(&format!(
        "{} would be deleted, and {} may be: if that is meant, add --delete {wanted}",
        site::count(wanted, "file"),
        arguments.delete
    ));
    Ending::Misuse
}

/// Has the site changed since it was built? What is published is what was built, whatever the answer.
fn has_changed(root: &Path, built: &Built, terminal: &Terminal) -> Result<bool, Ending> {
    let now = build::inputs(&*site::read(root, terminal)?, terminal)?;
    Ok(!built.inputs().eq(now.iter()))
}

/// The brands that were asked for, or all that were built.
fn chosen(asked: &[String], built: &Built, terminal: &Terminal) -> Result<Vec<String>, Ending> {
    let known = built.brands();
    if asked.is_empty() {
        return Ok(known.into_iter().map(str::to_owned).collect());
    }
    for brand in asked {
        if !known.contains(&brand.as_str()) {
            let help = match nearest(brand, known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("it holds {}: type etape build", known.join(", ")),
            };
            terminal.complain(&format!("no brand \"{brand}\" in dist/: {help}"));
            return Err(Ending::Misuse);
        }
    }
    let mut brands = asked.to_vec();
    brands.sort();
    brands.dedup();
    Ok(brands)
}

/// Every file of a plan, one a line.
fn list(plan: &Plan) -> String {
    let sendings = plan.sendings().map(|sending| {
        let what = if sending.replaces { "change" } else { "new   " };
        format!("{what}  {}  {}\n", sending.path, size(sending.size))
    });
    sendings.chain(plan.deletions.iter().map(|path| format!("delete  {path}\n"))).collect()
}

fn summary(plan: &Plan) -> String {
    let (files, bytes) = plan.sendings().fold((0, 0), |(files, bytes), sending| (files + 1, bytes + sending.size));
    let same = match plan.same {
        0 => String::new(),
        same => format!(", {} as they should be", site::count(same, "file")),
    };
    match (files, plan.deletions.len()) {
        (0, 0) => format!("nothing to do{same}"),
        (0, gone) => format!("{} to delete{same}", site::count(gone, "file")),
        (files, gone) => {
            let gone = if gone == 0 { String::new() } else { format!(", {gone} to delete") };
            format!("{} to send ({}){gone}{same}", site::count(files, "file"), size(bytes))
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// What the environment says about clouds.
fn environment() -> BTreeMap<String, String> {
    let known = |name: &str| ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|prefix| name.starts_with(prefix));
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| known(name))
        .collect()
}

/// Is one folder the other, or in it, by whatever way?
fn lies_in(folder: &Path, dist: &Path) -> bool {
    let real = folder.ancestors().find_map(|above| above.canonicalize().ok());
    real.zip(dist.canonicalize().ok()).is_some_and(|(folder, dist)| folder.starts_with(dist))
}

/// How far the sending is.
struct Bar {
    bar: ProgressBar,
    files: usize,
}

impl Bar {
    fn new(bytes: u64, allowed: bool) -> Self {
        let bar = if allowed { ProgressBar::new(bytes) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {bytes} of {total_bytes}, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, files: 0 }
    }
}

impl Progress for Bar {
    fn sent(&mut self, bytes: u64) {
        self.files += 1;
        self.bar.inc(bytes);
    }
}
