//! Runs what README.md tells a newcomer to type, and follows what it and docs/ link to.
//!
//! Commands of `etape` run in a copy of this repository's site. `scripts/test` can't run inside itself: it is only
//! looked at.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use walkdir::WalkDir;

/// The folders of a site.
const FOLDERS: [&str; 4] = ["assets", "content", "locales", "themes"];

#[test]
fn every_command_of_the_readme_works() {
    let readme = read(&root().join("README.md"));
    let commands = commands(&readme);
    let site = copy_of_the_site();
    for command in &commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["cargo", "run", "--release", "--", ref arguments @ ..] => {
                let run = common::etape(site.path(), arguments);
                assert!(run.status.success(), "{command}: {run:?}");
            }
            [script, ..] if script.starts_with("scripts/") => assert!(is_executable(&root().join(script)), "{script}"),
            _ => panic!("README.md says `{command}`: teach this test how to try it"),
        }
    }
    assert!(commands.iter().any(|command| command == "cargo run --release -- build"), "{commands:?}");
    assert!(commands.iter().any(|command| command == "scripts/test"), "{commands:?}");
    for page in ["dist/auvenir/fr/mfa/index.html", "dist/streamworks/en/mfa/index.html"] {
        assert!(site.path().join(page).is_file(), "{page} wasn't built");
    }
}

#[test]
fn links_and_pictures_lead_somewhere() {
    let docs = WalkDir::new(root().join("docs")).sort_by_file_name();
    let docs = docs.into_iter().map(|entry| entry.unwrap().into_path());
    let pages = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut broken = Vec::new();
    for page in pages.chain([root().join("README.md")]) {
        for target in targets(&read(&page)) {
            let file = page.parent().unwrap().join(target.split('#').next().unwrap());
            if !file.exists() {
                broken.push(format!("{}: {target}", page.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
}

/// The lines of the blocks marked `sh`, without comments.
fn commands(readme: &str) -> Vec<String> {
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let lines = blocks.flat_map(str::lines).map(|line| line.split(" #").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// Where a page's links lead within the repository. Examples in code don't count.
fn targets(page: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let events = Parser::new_ext(page, Options::ENABLE_TABLES);
    let links = events.filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    });
    links
        .filter(|target| !target.contains("://") && !target.starts_with(['#', '/']) && !target.contains("mailto:"))
        .collect()
}

fn copy_of_the_site() -> TempDir {
    let copy = TempDir::new().unwrap();
    fs::copy(root().join("site.toml"), copy.path().join("site.toml")).unwrap();
    for folder in FOLDERS {
        fs::create_dir(copy.path().join(folder)).unwrap();
        common::copy(&root().join(folder), &copy.path().join(folder));
    }
    copy
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
