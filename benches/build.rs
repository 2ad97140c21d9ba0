//! How long a build takes, against copying what it made.
//!
//! `scripts/bench build`, or `scripts/bench build 2 50 500` for these numbers of brands. It builds the corpus with the
//! released program, in memory where the machine has /dev/shm, and prints the median of five runs of each: a build from
//! nothing (pictures that were drawn before come from the cache), `cp -r` of the tree, a build that changes nothing, one
//! with a single thread; then, one after the other, five that change one step (a shared one: of all brands).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark ends where it can't go on, and prints")]

mod program;
mod site;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use program::build;
use site::Form;
use tempfile::TempDir;

/// A build looks more closely at what was written less than two seconds before it: it may change again unseen.
const SETTLED: Duration = Duration::from_millis(2100);

/// Runs of each; the middle one counts.
const RUNS: usize = 5;

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![500] } else { asked };
    println!(
        "| form | pages | files | cp -r | fresh | ratio | unchanged | ratio | one step | ratio | 1 thread / 2 | µs a page | peak MB |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for brands in sizes {
        for form in [Form::Shared, Form::Variants] {
            println!("{}", measure(brands, form));
        }
    }
}

fn measure(brands: usize, form: Form) -> String {
    let shm = Path::new("/dev/shm");
    let folder = if shm.is_dir() { TempDir::new_in(shm) } else { TempDir::new() }.unwrap();
    let (root, copy) = (folder.path().join("site"), folder.path().join("copy"));
    let dist = root.join("dist");
    site::write(&root, brands, form);
    sleep(SETTLED);
    build(&root, None);
    let (mut fresh, mut copied, mut unchanged, mut changed, mut alone) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut peak = 0;
    for _ in 0..RUNS {
        fs::remove_dir_all(&dist).unwrap();
        alone.push(build(&root, Some(1)).0);
        fs::remove_dir_all(&dist).unwrap();
        let (time, most) = build(&root, None);
        fresh.push(time);
        peak = peak.max(most);
        let start = Instant::now();
        assert!(Command::new("cp").arg("-r").args([&dist, &copy]).status().unwrap().success());
        copied.push(start.elapsed());
        fs::remove_dir_all(&copy).unwrap();
        unchanged.push(build(&root, None).0);
    }
    for run in 0..RUNS {
        let brand = if form == Form::Shared { String::new() } else { "@brand0".to_owned() };
        let step = root.join(site::file("fr", 3, &brand));
        fs::write(step, site::step("fr", 3, &format!("Nouveau {run}."))).unwrap();
        let (time, most) = build(&root, None);
        changed.push(time);
        peak = peak.max(most);
        // the next one is over an output that has settled, as a writer's or a CI job's is
        sleep(SETTLED);
        build(&root, None);
    }
    let middle = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[RUNS / 2].as_secs_f64()
    };
    let [fresh, copied, unchanged, changed, alone] = [fresh, copied, unchanged, changed, alone].map(middle);
    let pages = brands * 26;
    format!(
        "| {form:?} | {pages} | {} | {copied:.3} s | {fresh:.3} s | {:.2} | {unchanged:.3} s | {:.2} | {changed:.3} s | {:.2} | {:.2} | {:.0} | {} |",
        count(&dist),
        fresh / copied,
        unchanged / copied,
        changed / copied,
        alone / fresh,
        fresh * 1e6 / pages as f64,
        peak / 1024,
    )
}

fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
