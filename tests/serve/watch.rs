//! Changes on the disk, in all the ways that editors and other programs make them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::preview::{Preview, SITE, write};

const CODE: &str = "content/mfa/02-code.fr.md";

fn text(body: &str) -> String {
    format!("---\ntitle: Le code\n---\n{body}\n")
}

#[test]
fn every_way_of_saving_is_seen() {
    let preview = Preview::start(&[]);
    let mut events = preview.events();
    let root = preview.root.path();
    let file = root.join(CODE);
    type Way<'a> = (&'a str, &'a dyn Fn(&str));
    let ways: &[Way<'_>] = &[
        ("in place", &|text| fs::write(&file, text).unwrap()),
        ("a new file moved over it", &|text| {
            let new = root.join("content/mfa/02-code.fr.md.tmp");
            fs::write(&new, text).unwrap();
            fs::rename(new, &file).unwrap();
        }),
        ("a hidden file moved over it", &|text| {
            let new = root.join("content/mfa/.02-code.fr.md.x7");
            fs::write(&new, text).unwrap();
            fs::rename(new, &file).unwrap();
        }),
        ("the old one moved away", &|text| {
            fs::rename(&file, root.join("content/mfa/02-code.fr.md~")).unwrap();
            fs::write(&file, text).unwrap();
            fs::remove_file(root.join("content/mfa/02-code.fr.md~")).unwrap();
        }),
        ("deleted and written", &|text| {
            fs::remove_file(&file).unwrap();
            fs::write(&file, text).unwrap();
        }),
        ("emptied, then written", &|text| {
            use std::io::Write;
            let mut open = fs::File::create(&file).unwrap();
            std::thread::sleep(Duration::from_millis(12));
            open.write_all(text.as_bytes()).unwrap();
        }),
        ("from another folder", &|text| {
            let new = root.join("new.txt");
            fs::write(&new, text).unwrap();
            fs::rename(new, &file).unwrap();
        }),
    ];
    for (what, save) in ways {
        save(&text(what));
        events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains(what));
    }
}

#[test]
fn files_and_folders_come_and_go() {
    let preview = Preview::start(&[]);
    let mut events = preview.events();
    let root = preview.root.path();
    let status = |target: &str| preview.get(target).status;
    let page = |title: &str| format!("---\ntitle: {title}\n---\nTexte.\n");

    write(root, &[("content/vpn/index.fr.md", &page("VPN")), ("content/vpn/01-go.fr.md", &page("Allez"))]);
    events.wait_until(|| status("/one/fr/vpn/go.html") == 200);

    write(root, &[("content/vpn/02-new.fr.md", &page("Nouveau"))]);
    events.wait_until(|| status("/one/fr/vpn/new.html") == 200);

    fs::rename(root.join("content/vpn/02-new.fr.md"), root.join("content/vpn/02-other.fr.md")).unwrap();
    events.wait_until(|| status("/one/fr/vpn/other.html") == 200);
    assert_eq!(status("/one/fr/vpn/new.html"), 404);

    fs::rename(root.join("content/vpn"), root.join("content/remote")).unwrap();
    events.wait_until(|| status("/one/fr/remote/other.html") == 200);
    assert_eq!(status("/one/fr/vpn/other.html"), 404);

    write(root, &[("content/remote/03-more.fr.md", &page("Encore"))]);
    events.wait_until(|| status("/one/fr/remote/more.html") == 200);

    fs::remove_dir_all(root.join("content/remote")).unwrap();
    events.wait_until(|| status("/one/fr/remote/more.html") == 404);
    assert_eq!(status("/one/fr/mfa/code.html"), 200);
}

#[test]
fn the_folders_of_a_site_may_be_exchanged() {
    let preview = Preview::start(&[]);
    let mut events = preview.events();
    let root = preview.root.path();
    // as a checkout of another branch does: all files at once, some folders new
    let aside = root.join("aside");
    write(&aside, SITE);
    write(&aside, &[(CODE, &text("Autre branche"))]);
    fs::rename(root.join("content"), root.join("old")).unwrap();
    fs::rename(aside.join("content"), root.join("content")).unwrap();
    events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains("Autre branche"));
    // and is watched from then on
    preview.write(CODE, &text("Encore autre chose"));
    events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains("Encore autre chose"));
}

#[test]
fn many_files_at_once() {
    let preview = Preview::start(&[]);
    let mut events = preview.events();
    let root = preview.root.path();
    for number in 10..90 {
        write(
            root,
            &[(&format!("content/mfa/{number}-page{number}.fr.md"), &format!("---\ntitle: P{number}\n---\nTexte.\n"))],
        );
    }
    events.wait_until(|| {
        preview.get("/one/fr/mfa/page10.html").status == 200 && preview.get("/one/fr/mfa/page89.html").status == 200
    });
}

#[test]
fn a_mistake_leaves_the_last_good_pages() {
    let preview = Preview::start(&[]);
    // the answer waits for the first build, so that there is a good page to be left
    assert_eq!(preview.get("/one/fr/mfa/code.html").status, 200);
    let mut events = preview.events();
    preview.write(CODE, &text("Voir [là](03-nowhere.md)."));
    let problems = events.next_of("problems");
    let problems: serde_json::Value = serde_json::from_str(&problems).unwrap();
    let problem = &problems[0];
    let text_form = "\
error[link-broken]: no step or page \"03-nowhere.md\" in guide \"mfa\"
 --> content/mfa/02-code.fr.md:4:11
  |
4 | Voir [là](03-nowhere.md).
  |           ^^^^^^^^^^^^^";
    assert!(problem["text"].as_str().unwrap().starts_with(text_form), "{problem:#}");
    assert_eq!((&problem["file"], &problem["line"], &problem["column"]), (&CODE.into(), &4.into(), &11.into()));
    assert_eq!((&problem["severity"], &problem["code"]), (&"error".into(), &"link-broken".into()));
    assert!(preview.get("/one/fr/mfa/code.html").body.contains("no-reply@one.example"));
    // whoever comes now is told too
    assert_eq!(preview.events().next().0, "problems");
    preview.write(CODE, &text("Réparé."));
    let changed = events.next_of("reload");
    assert!(changed.contains("\"/one/fr/mfa/code.html\""), "{changed}");
    assert!(preview.get("/one/fr/mfa/code.html").body.contains("Réparé."));
}

#[test]
fn what_is_no_input_is_not_built() {
    let preview = Preview::start(&[]);
    let mut events = preview.events();
    let root = preview.root.path();
    for (path, text) in [
        ("dist/one/index.html", "x"),
        (".etape/cache/x", "x"),
        (".git/index", "x"),
        ("target/debug/x", "x"),
        ("notes.md", "x"),
        ("content/mfa/.02-code.fr.md.swp", "x"),
        ("content/mfa/02-code.fr.md~", "x"),
        ("content/mfa/#02-code.fr.md#", "x"),
        ("content/mfa/.git/x.fr.md", "x"),
        // the same text once more
        (CODE, SITE.iter().find(|(path, _)| *path == CODE).unwrap().1),
    ] {
        write(root, &[(path, text)]);
        std::thread::sleep(Duration::from_millis(80));
    }
    let _ = fs::read(root.join(CODE)).unwrap();
    preview.write("content/mfa/02-code.en.md", "---\ntitle: The code\n---\nChanged.\n");
    let (kind, data) = events.next();
    assert_eq!(kind, "reload");
    assert!(data.contains("/one/en/mfa/code.html") && !data.contains("/fr/"), "{data}");
    assert!(preview.wait_for_line("content/mfa").starts_with("content/mfa/02-code.en.md: "));
}

#[cfg(unix)]
#[test]
fn a_site_behind_a_link_and_links_in_it() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let real = root.path().join("real");
    write(&real, SITE);
    write(&real, &[("shared/support.fr.md", "---\ntitle: Aide\n---\nUn.\n")]);
    symlink("../../shared/support.fr.md", real.join("content/mfa/support.fr.md")).unwrap();
    let link = root.path().join("site");
    symlink("real", &link).unwrap();
    let preview = Preview::start_at(root, &link, &[]);
    let mut events = preview.events();
    write(&real, &[(CODE, &text("Par le vrai nom"))]);
    events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains("Par le vrai nom"));
    write(&link, &[(CODE, &text("Par le lien"))]);
    events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains("Par le lien"));
    write(&real, &[("shared/support.fr.md", "---\ntitle: Aide\n---\nDeux.\n")]);
    events.wait_until(|| preview.get("/one/fr/mfa/support.html").body.contains("Deux."));
}

#[test]
fn without_the_systems_help() {
    let preview = Preview::start(&["--poll"]);
    let mut events = preview.events();
    preview.write(CODE, &text("Plus lentement"));
    events.wait_until(|| preview.get("/one/fr/mfa/code.html").body.contains("Plus lentement"));
    fs::remove_file(preview.root.path().join(Path::new(CODE))).unwrap();
    fs::remove_file(preview.root.path().join("content/mfa/02-code.en.md")).unwrap();
    events.wait_until(|| preview.get("/one/fr/mfa/code.html").status == 404);
}
