//! Old or new, never half: `dist/` after builds that were killed at any moment, or that found the disk full.
//!
//! A few of each in every run of the tests; `scripts/faults` tries 300 and 30. Each begins from one of two states of a
//! site, builds the other, and is interrupted: `dist/` must then be exactly the one tree or the other, and the next
//! build must leave the new one and nothing else.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a helper of tests fails like a test, and says what it tried"
)]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

/// How often, if the environment doesn't say.
const KILLS: u64 = 12;
const FULL: u64 = 3;

/// Brands of a small output, and of one with thousands of files.
const BRANDS: usize = 12;
const MANY_BRANDS: usize = 100;

/// A site in the first or the second of its states: most files are the same, some differ; of a small one some are gone.
fn write(root: &Path, state: u64, brands: usize) {
    let put = |path: String, text: String| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let mut site = "title = \"Help\"\nlocales = [\"en\"]\n".to_owned();
    for brand in 0..brands {
        site.push_str(&format!("[brands.brand{brand}]\n"));
        put(format!("themes/brand{brand}/theme.toml"), format!("name = \"Brand {brand}\"\n"));
    }
    put("site.toml".to_owned(), site);
    put("content/a/index.en.md".to_owned(), "---\ntitle: Guide\n---\n\n{{ brand.name }}\n".to_owned());
    for step in 1..=9 {
        let text = if step % 3 == 0 { format!("State {state}.") } else { "The same.".to_owned() };
        put(format!("content/a/0{step}-step{step}.en.md"), format!("---\ntitle: Step {step}\n---\n\n{text}\n"));
    }
    let last = root.join("content/a/09-step9.en.md");
    // without it every page has another list of steps
    if state == 1 && brands < MANY_BRANDS {
        fs::remove_file(last).unwrap();
    }
}

fn build(root: &Path, output: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
    command.arg("build").arg("--root").arg(root).arg("--output").arg(output);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// How often to try, and a number to begin the dice with, which is printed.
fn asked(variable: &str, default: u64) -> (u64, u64) {
    let times = std::env::var(variable).ok().and_then(|times| times.parse().ok()).unwrap_or(default);
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into();
    eprintln!("{times} times, from {seed}");
    (times, seed)
}

/// The next of numbers that look as if thrown.
fn throw(dice: &mut u64) -> u64 {
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *dice >> 33
}

/// What both states come to.
fn wanted(scratch: &Path, brands: usize) -> [common::Tree; 2] {
    [0, 1].map(|state| {
        let root = scratch.join(format!("state{state}"));
        write(&root, state, brands);
        let output = scratch.join(format!("wanted{state}"));
        assert!(build(&root, &output).status().unwrap().success());
        common::read(&output)
    })
}

/// Which tree is there.
fn which(output: &Path, wanted: &[common::Tree; 2]) -> Option<usize> {
    let there = common::read(output);
    wanted.iter().position(|tree| *tree == there)
}

/// What stands beside the output folder, but for itself.
fn left(output: &Path) -> Vec<String> {
    let name = output.file_name().unwrap();
    let beside = fs::read_dir(output.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    let ours = beside.filter(|other| other != name).map(|other| other.to_string_lossy().into_owned());
    ours.filter(|other| other.contains("etape-")).collect()
}

#[test]
fn a_killed_build_leaves_the_old_tree_or_the_new() {
    let (times, dice) = asked("ETAPE_KILLS", KILLS);
    kill(BRANDS, times, dice);
}

/// A large output is made of the tree before the last.
#[test]
fn so_does_a_killed_build_of_a_large_output() {
    let (times, dice) = asked("ETAPE_KILLS", KILLS);
    let spare = kill(MANY_BRANDS, times.div_ceil(3), dice);
    assert!(spare, "no old tree was kept: the output isn't large enough");
}

/// Kills builds of so many brands, so many times; says whether an old tree was kept for the next one.
fn kill(brands: usize, times: u64, mut dice: u64) -> bool {
    let scratch = TempDir::new().unwrap();
    let wanted = wanted(scratch.path(), brands);
    let output = scratch.path().join("here/dist");
    fs::create_dir(scratch.path().join("here")).unwrap();
    let roots = [0, 1].map(|state| scratch.path().join(format!("state{state}")));
    assert!(build(&roots[0], &output).status().unwrap().success());
    let start = Instant::now();
    assert!(build(&roots[1], &output).status().unwrap().success());
    let long = u64::try_from(start.elapsed().as_micros()).unwrap() * 5 / 4;
    let (mut old, mut new, mut state) = (0, 0, 1);
    for time in 0..times {
        let (before, after) = (state, 1 - state);
        let mut child = build(&roots[after], &output).spawn().unwrap();
        sleep(Duration::from_micros(throw(&mut dice) % long));
        child.kill().unwrap();
        child.wait().unwrap();
        match which(&output, &wanted) {
            Some(found) if found == before => old += 1,
            Some(_) => new += 1,
            None => panic!("kill {time}: neither the old tree nor the new in {}", scratch.keep().display()),
        }
        assert!(build(&roots[after], &output).status().unwrap().success(), "kill {time}: it can't be built again");
        assert_eq!(which(&output, &wanted), Some(after), "kill {time}");
        assert_eq!(left(&output), Vec::<String>::new(), "kill {time}");
        state = after;
    }
    eprintln!("{old} times the old tree, {new} times the new");
    let kept = fs::read_dir(roots[0].join(".etape")).unwrap().map(|entry| entry.unwrap().file_name());
    kept.into_iter().any(|name| name.to_string_lossy().starts_with("spare-"))
}

#[test]
fn a_full_disk_leaves_the_old_tree_or_the_new() {
    let scratch = TempDir::new().unwrap();
    let wanted = wanted(scratch.path(), BRANDS);
    let roots = [0, 1].map(|state| scratch.path().join(format!("state{state}")));
    let disk = scratch.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mount = |size: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&disk).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let output = disk.join("dist");
    let (times, mut dice) = asked("ETAPE_FULL", FULL);
    let mut full = 0;
    for time in 0..times {
        if !mount("3m") {
            eprintln!("not tried: this user may not mount a small disk");
            return;
        }
        let unmount = Unmount(&disk);
        assert!(build(&roots[0], &output).status().unwrap().success());
        let used: u64 = common::read(&output).values().map(|bytes| bytes.len().next_multiple_of(4096) as u64).sum();
        // room for some of the new files
        let room = throw(&mut dice) % (used / 2);
        let filler = disk.join("filler");
        let free = free_bytes(&disk);
        fs::write(&filler, vec![1; usize::try_from(free.saturating_sub(room)).unwrap()]).unwrap();
        let is_built = build(&roots[1], &output).status().unwrap().success();
        full += u64::from(!is_built);
        assert_eq!(which(&output, &wanted), Some(usize::from(is_built)), "disk {time}");
        fs::remove_file(&filler).unwrap();
        assert!(build(&roots[1], &output).status().unwrap().success(), "disk {time}: it can't be built again");
        assert_eq!(which(&output, &wanted), Some(1), "disk {time}");
        assert_eq!(left(&output), Vec::<String>::new(), "disk {time}");
        drop(unmount);
    }
    eprintln!("{full} of {times} found the disk full");
}

struct Unmount<'d>(&'d Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

fn free_bytes(folder: &Path) -> u64 {
    let run = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines().nth(1).unwrap().trim().parse().unwrap()
}
