//! `etape status` in a repository: what needs work, and what has become of the source text since.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

fn git(site: &Path, date: &str, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(site).args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]);
    git.args(arguments).env("GIT_COMMITTER_DATE", date).env("GIT_AUTHOR_DATE", date);
    assert!(git.output().unwrap().status.success(), "git {arguments:?}");
}

fn change(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old));
    fs::write(path, text.replace(old, new)).unwrap();
}

fn status(site: &Path, more: &[&str]) -> String {
    let run = common::etape(site, &[&["status"], more].concat());
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn the_change_since_is_shown_word_by_word() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    common::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages/site"), site);
    for page in ["index", "01-invitation", "02-code", "support"] {
        let run = common::etape(site, &["mark", &format!("content/mfa/{page}.en.md")]);
        assert_eq!(run.status.code(), Some(0), "{run:?}");
    }
    let up_to_date = "                 done  up to date  outdated  unmarked  missing   messages
auvenir en       100%           4         0         0        0        3/3
streamworks en   100%           4         0         0        0        3/3
";
    assert_eq!(status(site, &[]), up_to_date);
    git(site, "2026-09-02T12:00:00Z", &["init", "-q"]);
    git(site, "2026-09-02T12:00:00Z", &["add", "-A"]);
    git(site, "2026-09-02T12:00:00Z", &["commit", "-qm", "Begin"]);
    change(&site.join("content/mfa/support.fr.md"), "Aide", "Obtenir de l’aide");
    git(site, "2026-10-01T12:00:00Z", &["commit", "-qam", "Another title"]);
    assert_eq!(common::etape(site, &["mark", "content/mfa/support.en.md"]).status.code(), Some(0));
    // changed again, and not committed
    change(&site.join("content/mfa/support.fr.md"), "Obtenir", "Demander");
    change(&site.join("content/mfa/02-code.fr.md"), "champ", "grand champ");
    fs::remove_file(site.join("content/mfa/01-invitation.en.md")).unwrap();
    change(&site.join("locales/fr/terms.ftl"), "of-brand", "extra = x\nof-brand");
    assert_eq!(
        status(site, &[]),
        "                 done  up to date  outdated  unmarked  missing   messages
auvenir en        50%           1         2         0        1        3/4
streamworks en    50%           1         2         0        1        3/4

Missing: the source locale's text stands in
  content/mfa/01-invitation.en.md
  locales/en/terms.ftl
    extra

Outdated: the source text has changed since
  content/mfa/02-code.en.md
    content/mfa/02-code.fr.md since 2026-09-02:
      ![Le {+grand +}champ du code](code.svg)
  content/mfa/support.en.md
    content/mfa/support.fr.md since 2026-10-01:
      title: [-Obtenir-]{+Demander+} de l’aide

When a translation is up to date: etape mark FILE
"
    );
    let json: Vec<serde_json::Value> =
        status(site, &["--format", "json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outdated = json.iter().find(|line| line["file"] == "content/mfa/support.en.md").unwrap();
    assert_eq!(outdated["state"], "outdated");
    assert_eq!(outdated["since"], "2026-10-01");
    assert!(outdated["change"].as_str().unwrap().contains("title: [-Obtenir-]{+Demander+} de l’aide\n"));
    // without the repository everything else is the same
    fs::remove_dir_all(site.join(".git")).unwrap();
    let plain = status(site, &[]);
    assert!(plain.contains("  content/mfa/02-code.en.md\n  content/mfa/support.en.md\n"), "{plain}");
}
