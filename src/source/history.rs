//! Earlier texts of a file, from git where there is a repository. Read only, bounded, and silent where there is none.
//!
//! Not here: what they are compared with (`pipeline::translations`).

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{TEXT_LIMIT, plain_lines};
use crate::path::SourcePath;

/// An earlier text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The commit, in full.
    pub commit: String,
    /// Its day: 2026-11-22.
    pub date: String,
    /// The text as the snapshot would hold it.
    pub text: String,
}

/// How many versions of a file are looked at.
const MOST: usize = 500;

/// The newest committed version of a file that `is_it` accepts.
pub fn find(root: &Path, path: &SourcePath, is_it: &dyn Fn(&str) -> bool) -> Option<Version> {
    let most = format!("--max-count={MOST}");
    let log = git(root).args(["log", "--format=%H %cs", &most, "--", path.as_str()]).output().ok()?;
    let log = String::from_utf8(log.stdout).ok().filter(|_| log.status.success())?;
    let mut git = git(root).args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let found = git.stdin.take().zip(git.stdout.take()).and_then(|(mut ask, answers)| {
        let mut answers = BufReader::new(answers);
        log.lines().find_map(|line| {
            let (commit, date) = line.split_once(' ')?;
            writeln!(ask, "{commit}:./{path}").and_then(|()| ask.flush()).ok()?;
            let text = read(&mut answers)?;
            let text = plain_lines(text.strip_prefix('\u{feff}').unwrap_or(&text));
            is_it(&text).then(|| Version { commit: commit.to_owned(), date: date.to_owned(), text: text.to_string() })
        })
    });
    // it has nothing more to say
    let _ = git.kill();
    let _ = git.wait();
    found
}

/// One answer of `git cat-file --batch`: a line with the size, the text, an end of line.
fn read(answers: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    answers.read_line(&mut head).ok()?;
    let mut words = head.split_whitespace().skip(1);
    let (kind, size) = (words.next()?, words.next()?.parse::<u64>().ok()?);
    let mut bytes = Vec::new();
    answers.by_ref().take(size + 1).read_to_end(&mut bytes).ok()?;
    bytes.pop();
    String::from_utf8(bytes).ok().filter(|_| kind == "blob" && size <= TEXT_LIMIT)
}

/// Git in the site's folder, with nothing that would wait for a person, lock the repository or start a program.
fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false"]);
    git.args(["-c", "log.showSignature=false"]);
    git.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    git.stdin(Stdio::null()).stderr(Stdio::null());
    git
}
