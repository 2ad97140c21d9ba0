//! A new site and what is added to it: it builds without a warning, nothing is overwritten, and what is said names the
//! next command.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

#[test]
fn a_new_site_builds_in_either_language() {
    for (language, locales) in [("fr_CA.UTF-8", "\"fr\", \"en\""), ("C", "\"en\", \"fr\""), ("en_CA", "\"en\", \"fr\"")]
    {
        let scratch = TempDir::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_etape"));
        command.current_dir(scratch.path()).args(["init", "guides"]).env("LC_ALL", language);
        let run = command.output().unwrap();
        assert!(run.status.success(), "{run:?}");
        let site = scratch.path().join("guides");
        assert!(read(&site, "site.toml").contains(&format!("locales = [{locales}]")), "{language}");
        assert_eq!(said(&site, &["build", "--strict"]).0, 0);
        let (_, status) = said_on(&site, &["status"]);
        assert_eq!((status.lines().count(), status.contains(" 100% ")), (2, true), "{status}");
        for page in ["index.html", "fr/writing/index.html", "en/writing/step.html", "en/writing/folder.html"] {
            assert!(site.join("dist/example").join(page).is_file(), "{page}");
        }
    }
}

#[test]
fn init_says_what_comes_next() {
    let scratch = TempDir::new().unwrap();
    let (status, said) = said(scratch.path(), &["init", "my guides"]);
    assert_eq!(
        (status, said.as_str()),
        (0, "30 files in my guides\n\nNext:\n  cd \"my guides\"\n  etape serve --open\n")
    );
}

#[test]
fn everything_new_builds_without_a_warning() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    for (arguments, expected) in [
        (&["init", "."][..], "30 files in .\n\nNext:\n  cd .\n  etape serve --open\n"),
        (
            &["new", "step", "confirm"],
            "new      content/writing/06-confirm.en.md\nnew      content/writing/06-confirm.fr.md\n\n\
             Next:\n  etape serve --open\n",
        ),
        (
            &["new", "option", "by phone"],
            "new      content/writing/06.1-by-phone.en.md\nnew      content/writing/06.1-by-phone.fr.md\n\
             It is an option of content/writing/06-confirm.en.md: say there when to choose it.\n\n\
             Next:\n  etape serve --open\n",
        ),
        (
            &["new", "option", "publish/by-mail"],
            "new      content/writing/05.3-by-mail.en.md\nnew      content/writing/05.3-by-mail.fr.md\n\
             It is an option of content/writing/05-publish.en.md: say there when to choose it.\n\n\
             Next:\n  etape serve --open\n",
        ),
        (
            &["new", "guide", "Étape \"2\""],
            "new      content/étape-2/index.en.md\nnew      content/étape-2/index.fr.md\n\
             new      content/étape-2/01-start.en.md\nnew      content/étape-2/01-start.fr.md\n\n\
             Next:\n  etape new step étape-2/NAME\n  etape serve --open\n",
        ),
        (
            &["new", "step", "étape-2/07-last"],
            "new      content/étape-2/07-last.en.md\nnew      content/étape-2/07-last.fr.md\n\n\
             Next:\n  etape serve --open\n",
        ),
        (
            &["new", "option", "étape-2/7/one"],
            "new      content/étape-2/07.1-one.en.md\nnew      content/étape-2/07.1-one.fr.md\n\
             It is an option of content/étape-2/07-last.en.md: say there when to choose it.\n\n\
             Next:\n  etape serve --open\n",
        ),
        (
            &["new", "brand", "acme"],
            "new      themes/acme/theme.toml\nchanged  site.toml\n\
             Put its own values into themes/acme/theme.toml: support.email, facts.sender.\n\n\
             Next:\n  etape serve --open\n  etape check\n",
        ),
    ] {
        let (status, said) = said(site, arguments);
        assert_eq!((status, said.as_str()), (0, expected), "{arguments:?}");
        let (status, said) = self::said(site, &["build", "--strict"]);
        assert_eq!(status, 0, "after {arguments:?}\n{said}");
    }
    assert!(read(site, "themes/acme/theme.toml").starts_with("#:schema ../../schemas/theme.schema.json\n"));
    assert!(read(site, "content/étape-2/index.fr.md").starts_with("---\ntitle: \"Étape \\\"2\\\"\"\n"));
    let (_, status) = said_on(site, &["status"]);
    assert!(status.lines().skip(1).all(|line| line.contains("100 %") || line.contains("100%")), "{status}");
}

#[test]
fn a_new_locale_lacks_nothing_but_its_pages() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    said(site, &["init", "."]);
    let (status, told) = said(site, &["new", "locale", "de"]);
    assert_eq!(
        (status, told.as_str()),
        (
            0,
            "new      locales/de/interface.ftl\nnew      locales/de/screens.ftl\nchanged  site.toml\n\
             They hold the words of \"en\": translate what stands behind each =.\n\
             Pages show the text of \"en\" with a notice until they are translated: 9 to do.\n\n\
             Next:\n  etape status\n  etape serve --open\n"
        )
    );
    assert!(read(site, "site.toml").contains("locales = [\"en\", \"fr\", \"de\"]\n"));
    let (interface, own) =
        (read(site, "locales/de/interface.ftl"), fs::read_to_string("themes/base/locales/en/interface.ftl").unwrap());
    let behind_head = own.split_once("\n\n").unwrap().1.replace("language-name = English", "language-name = de");
    assert!(interface.ends_with(&behind_head), "every string with its comment:\n{interface}");
    let (status, told) = said(site, &["build", "--strict"]);
    let heads: Vec<&str> =
        told.lines().filter(|line| line.starts_with("warning[") || line.starts_with("error[")).collect();
    assert_eq!((status, heads.len()), (1, 9), "{told}");
    assert!(heads.iter().all(|head| head.starts_with("warning[translation-missing]")), "{told}");
    assert_eq!(said(site, &["build"]).0, 0);
}

#[test]
fn a_locale_that_the_base_theme_knows_needs_no_interface() {
    let scratch = TempDir::new().unwrap();
    said(scratch.path(), &["init", "."]);
    let (status, told) = said(scratch.path(), &["new", "locale", "fr-CA"]);
    assert_eq!(status, 0);
    assert!(told.starts_with("new      locales/fr-CA/screens.ftl\nchanged  site.toml\n"), "{told}");
}

/// The hard case: a site whose brands each have words, facts and screens that the texts can't do without.
#[test]
fn a_new_brand_builds_in_this_repository_too() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["assets", "content", "locales", "themes"] {
        common::copy(&root.join(folder), &{
            fs::create_dir(site.join(folder)).unwrap();
            site.join(folder)
        });
    }
    // screens of a few pixels, with nothing beside them: there are many, and nobody looks at them here
    let small = etape::screen::blank("small.png", (8, 8)).unwrap();
    for entry in fs::read_dir(site.join("assets/mfa")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            fs::remove_file(path).unwrap();
        } else {
            fs::write(path, &small).unwrap();
        }
    }
    fs::remove_file(site.join("locales/en/screens.ftl")).unwrap();
    fs::remove_file(site.join("locales/fr/screens.ftl")).unwrap();
    fs::copy(root.join("site.toml"), site.join("site.toml")).unwrap();
    let (status, told) = said(site, &["new", "brand", "acme"]);
    assert_eq!(status, 0, "{told}");
    let (status, found) = said(site, &["check", "--strict"]);
    assert_eq!(status, 0, "{told}\n{found}");
    assert!(told.contains("new      locales/fr/terms@acme.ftl\n"), "{told}");
    assert!(read(site, "locales/en/terms@acme.ftl").contains("of-brand = Acme's\n"));
    // nothing of another company's may pass for the new one's
    let theme = read(site, "themes/acme/theme.toml");
    assert!(!theme.contains("auvenir") && !theme.contains("DMC"), "{theme}");
}

#[test]
fn what_is_there_stays() {
    let scratch = TempDir::new().unwrap();
    let site = scratch.path();
    said(site, &["init", "."]);
    fs::create_dir_all(site.join("themes/wolf")).unwrap();
    fs::write(site.join("themes/wolf/theme.toml"), "name = \"Wolf\"\n").unwrap();
    let before = common::read(site);
    for (arguments, status, expected) in [
        (&["init", "."][..], 2, "error: ./site.toml is there already: add to it with etape new\n"),
        (
            &["new", "guide", "writing"],
            2,
            "error: there is a guide \"writing\" already: choose another name, or add to it with etape new step writing/NAME\n",
        ),
        (
            &["new", "step", "05-publish"],
            2,
            "error: there is a step 05 in \"writing\" already: leave the number out, and the next free one is taken\n",
        ),
        (
            &["new", "brand", "example"],
            2,
            "error: there is a brand \"example\" already: its theme is themes/example/theme.toml\n",
        ),
        (&["new", "brand", "wolf"], 3, "error: ./themes/wolf/theme.toml is there already: nothing was written\n"),
        (
            &["new", "locale", "fr"],
            2,
            "error: the site has \"fr\" already: etape status says what is left to translate\n",
        ),
        (
            &["new", "locale", "FR"],
            2,
            "error: the site has \"fr\" already: etape status says what is left to translate\n",
        ),
        (
            &["new", "locale", "French"],
            2,
            "error: \"French\" is no language tag: write it like \"de\", \"es\" or \"fr-CA\"\n",
        ),
        (&["new", "step", "writting/x"], 2, "error: no guide \"writting\": did you mean \"writing\"?\n"),
        (&["new", "step", "vpn/x"], 2, "error: no guide \"vpn\": etape new guide vpn makes one\n"),
        (
            &["new", "option", "publsh/x"],
            2,
            "error: no step \"publsh\" in guide \"writing\": did you mean \"05-publish\"?\n",
        ),
        (
            &["new", "option", "writing/way/x"],
            2,
            "error: no step \"way\" in guide \"writing\": it has 01-look, 02-step, 03-screen, 04-brand, 05-publish\n",
        ),
        (&["new", "step", "../x"], 2, "error: no guide \"..\": etape new guide .. makes one\n"),
        (
            &["new", "brand", "base"],
            2,
            "error: \"base\" can't be a brand's id: use letters from a to z, digits and hyphens\n",
        ),
    ] {
        let (got, said) = said(site, arguments);
        let said = said.replace(site.to_str().unwrap(), ".");
        assert_eq!((got, said.as_str()), (status, expected), "{arguments:?}");
        assert!(common::read(site) == before, "{arguments:?} changed something");
    }
    said(site, &["new", "guide", "vpn"]);
    assert_eq!(
        said(site, &["new", "step", "install"]),
        (2, "error: which guide? There are vpn, writing: type etape new step vpn/install\n".to_owned())
    );
}

#[test]
fn a_folder_under_git_keeps_what_it_ignores() {
    let scratch = TempDir::new().unwrap();
    fs::write(scratch.path().join(".gitignore"), "/x\n").unwrap();
    let (status, told) = said(scratch.path(), &["init", "."]);
    assert_eq!(status, 0);
    assert!(told.contains("Add /dist and /.etape to ./.gitignore: they can be made again.\n"), "{told}");
    assert_eq!(read(scratch.path(), ".gitignore"), "/x\n");
}

/// What a page tells to type is typed, from an empty folder on. A preview would never end, and `cd` is this test's own.
#[test]
fn every_command_of_the_pages_works() {
    let scratch = TempDir::new().unwrap();
    let mut here = scratch.path().to_owned();
    for page in ["start", "editors"] {
        let mut count = 0;
        for command in commands(page) {
            count += 1;
            let words: Vec<&str> = command.split(" > ").next().unwrap().split(' ').collect();
            match words[..] {
                ["cd", folder] => here.push(folder),
                ["etape", "serve", ..] => assert_eq!(command, "etape serve --open"),
                ["etape", ref arguments @ ..] => {
                    let run = common::etape(&here, arguments);
                    assert!(run.status.success(), "{page}.md: {command}: {run:?}");
                    assert_eq!(command.contains(" > "), !run.stdout.is_empty(), "{command}");
                }
                _ => panic!("docs/{page}.md says `{command}`: teach this test how to try it"),
            }
        }
        assert!(count > 5, "docs/{page}.md");
    }
    assert!(scratch.path().join("www/acme/en/vpn/install.html").is_file());
}

/// The lines of the blocks marked `sh`.
fn commands(page: &str) -> Vec<String> {
    let page = fs::read_to_string(format!("docs/{page}.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn shells_and_man_know_every_command() {
    let run = |arguments: &[&str]| {
        let run = common::etape(Path::new("."), arguments);
        assert!(run.status.success(), "{arguments:?}");
        String::from_utf8(run.stdout).unwrap()
    };
    let commands = ["build", "check", "status", "mark", "serve", "init", "new", "publish", "schema", "completions"];
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = run(&["completions", shell]);
        for command in commands.iter().chain(&["dry-run"]) {
            assert!(script.contains(command), "{shell} doesn't know {command}");
        }
    }
    let page = run(&["man"]);
    for command in commands {
        assert!(page.contains(&format!(".SH \"ETAPE {}\"\n", command.to_uppercase())), "{command}:\n{page}");
    }
}

#[test]
fn etape_alone_says_what_may_be_done() {
    let scratch = TempDir::new().unwrap();
    let elsewhere = common::etape(scratch.path(), &[]);
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(String::from_utf8(elsewhere.stderr).unwrap().contains("etape init guides    begins a site"));
    said(scratch.path(), &["init", "g"]);
    let site = scratch.path().join("g");
    let (status, told) = said_on(&site.join("content"), &[]);
    let told = told.replace(site.to_str().unwrap(), "[site]");
    assert_eq!(
        (status, told.as_str()),
        (
            0,
            "Guides in [site]: 1 guide for example, in en, fr.\n\n  \
             etape serve --open    shows the site while you write\n  \
             etape check           says what is wrong, and how to mend it\n  \
             etape new step NAME   adds a step; also guide, option, brand, locale\n  \
             etape status          says what is left to translate\n  \
             etape build --strict  writes the sites of all brands into dist/\n\n\
             etape --help tells the rest.\n"
        )
    );
    fs::write(site.join("site.toml"), "locales = 3\n").unwrap();
    let (status, told) = said_on(&site, &[]);
    assert_eq!((status, told.contains("etape check    says why")), (1, true), "{told}");
}

/// Status and standard error.
fn said(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let run = common::etape(folder, arguments);
    assert!(run.stdout.is_empty() || arguments[0] == "status", "{arguments:?}");
    (run.status.code().unwrap(), String::from_utf8(run.stderr).unwrap())
}

/// Status and standard output.
fn said_on(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let run = common::etape(folder, arguments);
    (run.status.code().unwrap(), String::from_utf8(run.stdout).unwrap())
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
