//! Runs the released program on a site: how long it takes, and how much memory.

#![expect(clippy::unwrap_used, reason = "a benchmark ends where it can't go on")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Builds the site; gives back the time and the most memory, in KB, or 0 where the system doesn't say.
pub fn build(root: &Path, threads: Option<usize>) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
    command.args(["build", "--root"]).arg(root).stdout(Stdio::null()).stderr(Stdio::null());
    command.envs(threads.map(|threads| ("RAYON_NUM_THREADS", threads.to_string())));
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        sleep(Duration::from_millis(2));
    };
    let time = start.elapsed();
    assert!(status.success());
    (time, peak)
}
