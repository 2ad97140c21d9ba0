//! Publishing: to a folder, and to a server that speaks S3, also when it doesn't answer as it should.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod common;
mod server;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::Tree;
use etape::output::Built;
use etape::publish::{self, Patience, Progress, PublishError, Target};
use hyper::Method;
use server::{Faults, SECRET, Server, missing_assets};
use tempfile::TempDir;

/// A new site with two brands, built.
fn site() -> TempDir {
    let site = TempDir::new().unwrap();
    for arguments in [&["init", "."][..], &["new", "brand", "acme"], &["build", "--zip"]] {
        assert!(common::etape(site.path(), arguments).status.success(), "{arguments:?}");
    }
    site
}

/// Takes a page with its screen away, changes another one, adds a third one, and builds.
fn change(site: &Path) {
    for locale in ["en", "fr"] {
        fs::remove_file(site.join(format!("content/writing/03-screen.{locale}.md"))).unwrap();
    }
    fs::remove_dir_all(site.join("assets")).unwrap();
    fs::write(site.join("themes/example/style.css"), ":root { --radius: 0.125rem; }\n").unwrap();
    assert!(common::etape(site, &["new", "step", "Été"]).status.success());
    assert!(common::etape(site, &["build"]).status.success());
}

fn publish(site: &Path, server: Option<&Server>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
    command.current_dir(site).arg("publish").args(arguments).env("NO_COLOR", "1");
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(name);
    }
    command.envs(server.into_iter().flat_map(Server::environment));
    command.output().unwrap()
}

/// Status and standard error, with the seconds taken out.
fn said(run: &Output) -> (i32, String) {
    let said = String::from_utf8(run.stderr.clone()).unwrap();
    assert!(!said.contains(SECRET), "{said}");
    let lines = said.lines().map(|line| line.split(" (0").next().unwrap().split(" (1").next().unwrap());
    (run.status.code().unwrap(), lines.map(|line| format!("{line}\n")).collect())
}

/// What is there is what was built: all of it, and nothing else but the ledgers.
fn assert_whole(site: &Path, target: &Path) {
    let without = |tree: Tree| -> Tree {
        tree.into_iter().filter(|(path, _)| path.contains('/') && !path.ends_with("/manifest.json")).collect()
    };
    let (built, there) = (without(common::read(&site.join("dist"))), without(common::read(target)));
    assert_eq!(built.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    assert!(built == there, "other bytes");
}

#[test]
fn a_folder_gets_what_has_changed() {
    let site = site();
    let site = site.path();
    let target = site.join("../").canonicalize().unwrap().join(format!("{}-www", site.file_name().unwrap().display()));
    let name = target.to_str().unwrap();
    let count = common::read(&site.join("dist")).keys().filter(|path| path.contains('/')).count();

    let dry = publish(site, None, &[name, "--dry-run"]);
    assert_eq!(String::from_utf8(dry.stdout.clone()).unwrap().lines().count(), count);
    assert!(!target.exists(), "a dry run makes nothing");

    let (status, told) = said(&publish(site, None, &[name]));
    assert_eq!(status, 0, "{told}");
    assert!(told.ends_with(&format!("{count} files sent to {name}\n")), "{told}");
    assert_whole(site, &target);
    let again = said(&publish(site, None, &[name]));
    assert_eq!(again, (0, format!("{name}: nothing to do, {count} files as they should be\n")));

    // what isn't ours stays
    fs::write(target.join("acme/theirs.txt"), "x").unwrap();
    change(site);
    let too_many = said(&publish(site, None, &[name, "--delete", "3"]));
    assert_eq!(
        too_many,
        (2, "error: 11 files would be deleted, and 3 may be: if that is meant, add --delete 11\n".to_owned())
    );
    assert!(target.join("acme/en/writing/screen.html").exists(), "nothing was done");
    let (status, told) = said(&publish(site, None, &[name, "--brand", "acme"]));
    assert_eq!(status, 0, "{told}");
    assert!(
        !target.join("acme/en/writing/screen.html").exists() && target.join("example/en/writing/screen.html").exists()
    );
    assert!(target.join("acme/theirs.txt").exists());
    fs::remove_file(target.join("acme/theirs.txt")).unwrap();
    assert_eq!(said(&publish(site, None, &[name])).0, 0);
    assert_whole(site, &target);

    // what somebody took away comes back
    fs::remove_file(target.join("acme/index.html")).unwrap();
    let (_, told) = said(&publish(site, None, &[name]));
    assert!(told.contains(": 1 file to send"), "{told}");
    assert_whole(site, &target);
    fs::remove_dir_all(target).unwrap();
}

#[test]
fn what_is_wrong_is_told_before_anything_is_done() {
    let site = site();
    let site = site.path();
    let foreign = TempDir::new().unwrap();
    fs::create_dir(foreign.path().join("acme")).unwrap();
    fs::write(foreign.path().join("acme/index.html"), "theirs").unwrap();
    let foreign_name = foreign.path().to_str().unwrap();
    for (arguments, status, expected) in [
        (
            vec![foreign_name],
            3,
            format!(
                "error: {foreign_name}/acme/index.html wasn't published by etape: choose another target, or move it away\n"
            ),
        ),
        (
            vec!["s3://help"],
            2,
            "error: no credentials for s3://help: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment\n"
                .to_owned(),
        ),
        (vec!["dist/www"], 2, "error: dist/www is where the site is built: name another folder\n".to_owned()),
        (vec!["www", "--brand", "acm"], 2, "error: no brand \"acm\" in dist/: did you mean \"acme\"?\n".to_owned()),
    ] {
        assert_eq!(said(&publish(site, None, &arguments)), (status, expected), "{arguments:?}");
    }
    assert_eq!(fs::read(foreign.path().join("acme/index.html")).unwrap(), b"theirs");
    fs::write(site.join("themes/acme/style.css"), "").unwrap();
    let (status, told) = said(&publish(site, None, &["www", "--dry-run"]));
    let first = "the site has changed since dist/ was built: type etape build to publish it as it is now\n";
    assert_eq!((status, told.starts_with(first)), (0, true), "{told}");
    fs::remove_file(site.join("themes/acme/style.css")).unwrap();
    fs::write(site.join("dist/acme/index.html"), "changed by hand").unwrap();
    let (status, told) = said(&publish(site, None, &["www"]));
    assert_eq!(status, 3);
    assert!(told.contains("dist/acme/index.html has changed since it was built: type etape build"), "{told}");
    fs::remove_dir_all(site.join("dist")).unwrap();
    assert_eq!(
        said(&publish(site, None, &["www"])),
        (2, "error: there is nothing to publish yet: type etape build --strict\n".to_owned())
    );
}

#[test]
fn a_cloud_gets_types_lifetimes_and_a_safe_order() {
    let (site, server) = (site(), Server::start());
    let site = site.path();
    let run = publish(site, Some(&server), &["s3://help/a/b"]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_whole(site, &server.bucket().join("a/b"));
    let done = server.done();
    for (path, content_type, cache_control) in [
        ("a/b/acme/index.html", "text/html; charset=utf-8", "public, max-age=300"),
        ("a/b/acme/en/writing/guide.json", "application/json", "public, max-age=300"),
        ("a/b/acme/en/writing/step.md", "text/markdown; charset=utf-8", "public, max-age=300"),
        ("a/b/acme/assets/style.", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("a/b/acme/assets/window.", "image/svg+xml", "public, max-age=31536000, immutable"),
    ] {
        let found = done.iter().find(|done| done.path.starts_with(path)).unwrap_or_else(|| panic!("{path}"));
        assert_eq!((&*found.content_type, &*found.cache_control), (content_type, cache_control), "{path}");
    }

    change(site);
    let run = publish(site, Some(&server), &["s3://help/a/b"]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_whole(site, &server.bucket().join("a/b"));
    let done = server.done();
    let places = |is_it: &dyn Fn(&server::Done) -> bool| -> Vec<usize> {
        done.iter().enumerate().filter(|(_, done)| is_it(done)).map(|(at, _)| at).collect()
    };
    let is_ledger = |done: &server::Done| done.path.ends_with("/manifest.json");
    let is_put = |done: &server::Done| done.method == Method::PUT && !is_ledger(done);
    let is_new = |done: &server::Done| done.path.contains("été");
    let assets = places(&|done| is_put(done) && done.path.contains("/assets/"));
    let new = places(&|done| is_put(done) && is_new(done));
    let changed = places(&|done| is_put(done) && !done.path.contains("/assets/") && !is_new(done));
    let deleted = places(&|done| done.method == Method::DELETE || done.method == Method::POST);
    for group in [&assets, &new, &changed, &deleted] {
        assert!(!group.is_empty(), "{done:?}");
    }
    let in_order = assets.last() < new.first() && new.last() < changed.first() && changed.last() < deleted.first();
    assert!(in_order, "{done:#?}");
    // a run with nothing to do asks, and changes nothing
    assert_eq!(publish(site, Some(&server), &["s3://help/a/b"]).status.code(), Some(0));
    assert!(server.done().iter().all(|done| done.method == Method::GET));
}

#[test]
fn errors_cuts_and_slow_answers_are_got_over() {
    let (site, server) = (site(), Server::start());
    server.go_wrong(Faults { error_every: 7, cut_every: 11, slow: Duration::from_millis(3), dead_after: None });
    let run = publish(site.path(), Some(&server), &["s3://help"]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_whole(site.path(), &server.bucket());
}

/// Hears nothing.
struct Quiet;

impl Progress for Quiet {
    fn sent(&mut self, _bytes: u64) {}
}

#[test]
fn when_the_network_goes_readers_keep_whole_pages_and_the_next_run_finishes() {
    let (site, server) = (site(), Server::start());
    let site = site.path();
    let patience = Patience {
        tries: 2,
        wait: Duration::from_millis(5),
        request: Duration::from_secs(5),
        total: Duration::from_secs(5),
    };
    let target = Target::new("s3://help", server.environment().into()).unwrap();
    let brands = ["acme".to_owned(), "example".to_owned()];
    let run = || -> Result<(), PublishError> {
        let built = Built::open(&site.join("dist")).unwrap().unwrap();
        publish::prepare(&target, &built, &brands, patience)?.carry_out(&mut Quiet)
    };
    // gone at the first file, among the assets, among the pages, near the end; each time a bit further
    for after in [0, 1, 5, 20, 60] {
        server.go_wrong(Faults { dead_after: Some(after), ..Faults::default() });
        let error = run().unwrap_err().to_string();
        assert!(error.starts_with("can't ") && !error.contains(SECRET), "{error}");
        assert_eq!(missing_assets(&server.bucket()), [""; 0], "after {after}");
    }
    server.go_wrong(Faults::default());
    run().unwrap();
    assert_whole(site, &server.bucket());

    change(site);
    for after in [0, 3, 8, 15, 30] {
        server.go_wrong(Faults { dead_after: Some(after), ..Faults::default() });
        run().unwrap_err();
        assert_eq!(missing_assets(&server.bucket()), [""; 0], "after {after}");
    }
    server.go_wrong(Faults::default());
    run().unwrap();
    assert_whole(site, &server.bucket());
}

#[test]
fn killed_and_run_again_it_finishes() {
    let (site, server) = (site(), Server::start());
    for after in [1, 10, 40] {
        server.go_wrong(Faults { slow: Duration::from_millis(20), ..Faults::default() });
        let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
        command.current_dir(site.path()).args(["-q", "publish", "s3://help"]).envs(server.environment());
        let mut child = command.spawn().unwrap();
        let begin = Instant::now();
        while server.puts() < after && begin.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(missing_assets(&server.bucket()), [""; 0], "after {after}");
    }
    server.go_wrong(Faults::default());
    let run = publish(site.path(), Some(&server), &["s3://help"]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_whole(site.path(), &server.bucket());
}

#[test]
fn wrong_credentials_are_told_without_them() {
    let (site, server) = (site(), Server::start());
    let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
    command.current_dir(site.path()).args(["publish", "s3://help"]).envs(server.environment());
    command.env("AWS_SECRET_ACCESS_KEY", "another secret that must not be told");
    let run = command.output().unwrap();
    let told = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(3), "{told}");
    assert_eq!(told, "error: can't read s3://help/acme: 403 Forbidden (SignatureDoesNotMatch)\n");
}

/// What docs/operating.md tells to type.
#[test]
fn every_command_of_the_page_works() {
    let (site, server) = (site(), Server::start());
    let page = fs::read_to_string("docs/operating.md").unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands: Vec<&str> = blocks.flat_map(str::lines).collect();
    for command in &commands {
        let mut run = Command::new(env!("CARGO_BIN_EXE_etape"));
        let arguments = command.strip_prefix("etape ").unwrap_or_else(|| panic!("{command}")).split(' ');
        let target = format!("{}-www", site.path().display());
        let arguments = arguments.map(|word| if word == "../www" { target.as_str() } else { word });
        let run = run.current_dir(site.path()).args(arguments).envs(server.environment()).output().unwrap();
        assert!(run.status.success(), "{command}: {run:?}");
    }
    assert_eq!(commands.len(), 4);
    let www = format!("{}-www", site.path().display());
    assert!(Path::new(&www).join("acme/index.html").is_file());
    fs::remove_dir_all(www).unwrap();
    assert!(server.bucket().join("guides/example/index.html").is_file());
}
