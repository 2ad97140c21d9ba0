//! Holds docs/messages.md, docs/output.md, docs/themes.md and docs/writing.md to what the program does.
//!
//! Their examples are files: a block that begins with ```` ```md content/mfa/02-code.en.md ```` is laid over the small
//! healthy site below. With ETAPE_BLESS=1 the messages in messages.md are written anew: read them before you commit.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use etape::diagnostic::{Code, Severity};
use etape::model::colors::Role;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

/// The site that examples are laid over: every name and message is used, and there is nothing to mend.
const SITE: [(&str, &str); 14] = [
    ("site.toml", "locales = [\"en\", \"fr\"]\n\n[brands.auvenir]\n[brands.streamworks]\n"),
    (
        "themes/auvenir/theme.toml",
        "name = \"Auvenir\"\n\n[support]\nemail = \"support@auvenir.ca\"\n\n[facts]\n\
         sender = \"no-reply@auvenir.ca\"\ndomain = \"auvenir.ca\"\n",
    ),
    (
        "themes/streamworks/theme.toml",
        "name = \"Streamworks Tech\"\n\n[support]\nemail = \"help@streamworkstech.com\"\n\n[facts]\nsender = \"no-reply@streamworkstech.com\"\n",
    ),
    ("locales/en/terms.ftl", "of-brand = the brand's\npress = Press { $button }\n"),
    ("locales/fr/terms.ftl", "of-brand = de la marque\npress = Appuyez sur { $button }\n"),
    ("content/mfa/index.en.md", "---\ntitle: Sign in\n---\nHave {{ t(id=\"of-brand\") }} invitation at hand.\n"),
    (
        "content/mfa/index.fr.md",
        "---\ntitle: Se connecter\n---\nGardez l'invitation {{ t(id=\"of-brand\") }} à portée de main.\n",
    ),
    ("content/mfa/01-invitation.en.md", "---\ntitle: The invitation\n---\nIt comes from {{ brand.facts.sender }}.\n"),
    ("content/mfa/01-invitation.fr.md", "---\ntitle: L'invitation\n---\nElle vient de {{ brand.facts.sender }}.\n"),
    (
        "content/mfa/02-code.en.md",
        "---\ntitle: The code\n---\n{{ t(id=\"press\", button=\"Send code\") }}.\n\n![The button \"Send code\"](code.svg)\n",
    ),
    (
        "content/mfa/02-code.fr.md",
        "---\ntitle: Le code\n---\n{{ t(id=\"press\", button=\"Envoyer le code\") }}.\n\n\
         ![Le bouton « Envoyer le code »](code.svg)\n",
    ),
    ("content/mfa/support.en.md", "---\ntitle: Help\n---\nWrite to us.\n"),
    ("content/mfa/support.fr.md", "---\ntitle: Aide\n---\nÉcrivez-nous.\n"),
    ("assets/mfa/code.svg", PICTURE),
];

const PICTURE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\"/>\n";

#[test]
fn the_site_of_the_examples_has_nothing_to_mend() {
    let (said, status) = check(site(&[]).path(), &["--strict"]);
    assert_eq!((said.as_str(), status), ("16 pages in 4 editions: nothing to mend\n", 0));
}

#[test]
fn messages_are_as_shown() {
    let page = read("docs/messages.md");
    let (mut blessed, mut copied) = (String::new(), 0);
    let (mut files, mut failures) = (Vec::new(), Vec::new());
    for block in blocks(&page) {
        if block.file().is_some() {
            files.push(block);
            continue;
        }
        assert_eq!(block.info, "text");
        let section = page[..block.place.start].rfind("\n### ").map(|at| page[at + 5..].lines().next().unwrap());
        let got = one_message(&std::mem::take(&mut files), section, &mut failures);
        if block.text(&page) != got {
            failures.push(format!("{}\n{got}", common::difference(block.text(&page), &got)));
        }
        blessed.push_str(&page[copied..block.place.start]);
        blessed.push_str(&got);
        copied = block.place.end;
    }
    blessed.push_str(&page[copied..]);
    assert!(files.is_empty(), "an example without a message: {files:?}");
    if common::blesses() {
        fs::write(root().join("docs/messages.md"), blessed).unwrap();
    } else {
        assert!(failures.is_empty(), "\n{}\n\nETAPE_BLESS=1 writes down what comes out", failures.join("\n\n"));
    }
}

/// The message about an example, without the last line, which counts. There is one, of the section's code.
fn one_message(files: &[Block<'_>], section: Option<&str>, failures: &mut Vec<String>) -> String {
    let (said, status) = check(site(files).path(), &[]);
    let (messages, _) = said.rsplit_once("\n\n").unwrap_or_default();
    let is_head = |line: &&str| ["error[", "warning["].iter().any(|severity| line.starts_with(severity));
    let heads: Vec<&str> = messages.lines().filter(is_head).collect();
    let code = Code::ALL.iter().find(|code| section.is_none_or(|name| name == code.name()));
    let severity = code.map_or(Severity::Error, |code| code.severity());
    let head = match severity {
        Severity::Error => format!("error[{}", section.unwrap_or_default()),
        Severity::Warning => format!("warning[{}", section.unwrap_or_default()),
    };
    if heads.len() != 1 || !heads[0].starts_with(&head) || status != i32::from(severity == Severity::Error) {
        failures.push(format!("{section:?}: one message of this code wanted, status {status}:\n{said}"));
    }
    format!("{messages}\n")
}

#[test]
fn every_code_has_its_section() {
    let page = read("docs/messages.md");
    let told: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(told, Code::ALL.iter().map(|code| code.name()).collect::<Vec<_>>(), "sections, errors first");
}

#[test]
fn examples_of_themes_work() {
    let page = read("docs/themes.md");
    let site = site(&blocks(&page).into_iter().filter(|block| block.file().is_some()).collect::<Vec<_>>());
    write(site.path(), "locales/fr/theme.ftl", b"keep-open = Gardez cette page ouverte.\n");
    write(site.path(), "themes/auvenir/logo.svg", PICTURE.as_bytes());
    write(site.path(), "themes/auvenir/cover.svg", PICTURE.as_bytes());
    let run = common::etape(site.path(), &["build", "--strict"]);
    assert!(run.status.success(), "{}", String::from_utf8(run.stderr).unwrap());
    let step = fs::read_to_string(site.path().join("dist/auvenir/en/mfa/code.html")).unwrap();
    for part in ["Keep this page open. <img src=\"../../assets/cover.", "<p>© Auvenir</p>", "The button “Send code”"]
    {
        assert!(step.contains(part), "{part}\n{step}");
    }
}

#[test]
fn colours_properties_blocks_and_templates_are_the_real_ones() {
    let page = read("docs/themes.md");
    let colours = rows(&page, "| colour |");
    assert_eq!(colours.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), Role::KEYS);
    let style = read("themes/base/style.css");
    for row in rows(&page, "| property |") {
        assert!(style.contains(&format!("    {}: ", row[0])), "{}", row[0]);
    }
    let mut blocks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut templates = BTreeSet::new();
    for entry in fs::read_dir(root().join("themes/base")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".html") {
            continue;
        }
        let text = read(&format!("themes/base/{name}"));
        let own = ["{% block ", "{%- block "].map(|tag| text.split(tag).skip(1)).into_iter().flatten();
        let own: BTreeSet<String> = own.map(|rest| rest.split(' ').next().unwrap().to_owned()).collect();
        if !own.is_empty() {
            blocks.insert(name.clone(), own);
        }
        templates.insert(name);
    }
    let shown = rows(&page, "| template | blocks |").into_iter();
    let shown = shown.map(|row| (row[0].clone(), row[1].split_whitespace().map(str::to_owned).collect()));
    assert_eq!(shown.collect::<BTreeMap<_, _>>(), blocks);
    let shown = rows(&page, "| template | page |").into_iter().map(|row| row[0].clone());
    assert_eq!(shown.chain(["layout.html".to_owned()]).collect::<BTreeSet<_>>(), templates);
}

#[test]
fn templates_see_what_the_page_says() {
    let page = read("docs/themes.md");
    let of_a_page: Vec<String> = rows(&page, "| of a page |").into_iter().map(|row| row[0].clone()).collect();
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows(&page, "| name | where |") {
        let kinds = kinds(&row[1]);
        if row[2].starts_with("*a page*") {
            told.extend(of_a_page.iter().map(|key| (format!("{}.{key}", row[0]), kinds.clone())));
        } else {
            told.insert(row[0].clone(), kinds);
        }
    }
    let seen = seen_by_templates();
    for (name, kinds) in &seen {
        assert_eq!(told.get(name), Some(kinds), "docs/themes.md should name {name}, on pages of these kinds");
    }
    let unseen: Vec<&String> = told.keys().filter(|name| !seen.contains_key(*name)).collect();
    assert!(unseen.is_empty(), "no template sees {unseen:?}");
}

#[test]
fn what_comes_out_is_what_the_page_says() {
    let page = read("docs/output.md");
    let site = site(&[]);
    let brands = "[brands.auvenir]\nbase_url = \"https://help.example.com/\"\n[brands.streamworks]\n";
    write(site.path(), "site.toml", format!("locales = [\"en\", \"fr\"]\n{brands}").as_bytes());
    let commands: Vec<&str> = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next()).collect();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let run = common::etape(site.path(), &words);
        assert!(run.status.success(), "{command}: {}", String::from_utf8(run.stderr).unwrap());
        // the file that the sentence behind the command names
        let named = page.split(command).nth(1).unwrap().split("`dist/").nth(1).unwrap().split('`').next().unwrap();
        assert!(site.path().join("dist").join(named).is_file(), "{command} writes {named}");
    }
    for row in rows(&page, "| file |") {
        assert!(site.path().join(&row[0]).is_file(), "{}", row[0]);
    }
    let data = fs::read(site.path().join("dist/auvenir/en/mfa/guide.json")).unwrap();
    let data: Value = serde_json::from_slice(&data).unwrap();
    let told: BTreeSet<String> =
        rows(&page, "| member |").iter().flat_map(|row| row[0].split(' ')).map(str::to_owned).collect();
    assert_eq!(told, data.as_object().unwrap().keys().cloned().collect());
    for member in data["steps"][1].as_object().unwrap().keys() {
        assert!(page.contains(&format!("`{member}`")), "{member}");
    }
}

#[test]
fn examples_of_writing_work() {
    let page = read("docs/writing.md");
    let files: Vec<Block<'_>> = blocks(&page).into_iter().filter(|block| block.file().is_some()).collect();
    let site = site(&files);
    let alike = |name: &str, bytes: &[u8]| {
        write(site.path(), &format!("{name}.en.md"), bytes);
        write(site.path(), &format!("{name}.fr.md"), bytes);
    };
    for block in &files {
        alike(block.file().unwrap().strip_suffix(".en.md").unwrap(), &block.bytes);
    }
    // what the tables say, one item for each; options only in an option
    let values = rows(&page, "| you write | you get |");
    let forms = rows(&page, "| you write | what it is |");
    let typed = rows(&page, "| you type |");
    let list = |rows: &[Vec<String>]| rows.iter().map(|row| format!("- {}\n", row[0])).collect::<String>();
    let text = format!("---\ntitle: Ways\n---\n{}{}", list(&values), list(&forms));
    alike("content/mfa/05.1-way", text.as_bytes());
    alike("content/mfa/06-typed", format!("---\ntitle: Typed\n---\n{}", list(&typed)).as_bytes());
    let mut front = String::new();
    let keys = rows(&page, "| key |");
    for row in keys.iter().filter(|row| !["draft", "translates"].contains(&row[0].as_str())) {
        front.push_str(&format!("{}: {}\n", row[0], row[2]));
    }
    write(site.path(), "content/mfa/07-keys.en.md", format!("---\n{front}---\n").as_bytes());
    let front = front.replace("get-code", "demander").replace("old-name", "ancien").replace("/en/", "/fr/");
    write(site.path(), "content/mfa/07-keys.fr.md", format!("---\n{front}---\n").as_bytes());

    let run = common::etape(site.path(), &["build", "--strict"]);
    assert!(run.status.success(), "{}", String::from_utf8(run.stderr).unwrap());
    for (locale, column) in [("en", 1), ("fr", 2)] {
        let html = site.path().join(format!("dist/auvenir/{locale}/mfa/typed.html"));
        let html = fs::read_to_string(html).unwrap();
        let text = html.split("<div class=\"text\"").nth(1).unwrap().split("</ul>").next().unwrap();
        let seen: Vec<&str> = text.split("<li>").skip(1).map(|item| item.split("</li>").next().unwrap()).collect();
        assert_eq!(seen, typed.iter().map(|row| row[column].as_str()).collect::<Vec<_>>(), "{locale}");
    }
    for page in ["auvenir/en/mfa/get-code.html", "auvenir/en/mfa/old-name.html", "auvenir/en/old/name.html"] {
        assert!(site.path().join("dist").join(page).is_file(), "{page}");
    }
}

#[test]
fn writing_names_every_key_of_front_matter() {
    let source = read("src/parse/content.rs");
    let list = source.split("const KEYS: &[&str] =").nth(1).unwrap().split(';').next().unwrap();
    let keys: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let told = rows(&read("docs/writing.md"), "| key |");
    assert_eq!(told.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), keys);
}

/// The kinds of pages in a cell of the table.
fn kinds(cell: &str) -> BTreeSet<String> {
    let guides = ["guide", "step", "option", "page", "all"];
    let others = ["single", "guides", "languages", "redirect", "not-found"];
    let parts = cell.split(", ").flat_map(|part| match part {
        "everywhere" => [&guides[..], &others[..]].concat(),
        "guides" => guides.to_vec(),
        "guide list" => vec!["guides"],
        part => vec![part],
    });
    parts.map(str::to_owned).collect()
}

/// What pages of each kind see, found by templates that write down all they see. Tables that are the writer's own are
/// not looked into.
fn seen_by_templates() -> BTreeMap<String, BTreeSet<String>> {
    let site = site(&[]);
    let brand = "base_url = \"https://help.example.com/\"";
    let config = format!("locales = [\"en\", \"fr\"]\n[brands.auvenir]\n{brand}\n[brands.streamworks]\n{brand}\n");
    write(site.path(), "site.toml", config.as_bytes());
    let theme = "name = \"Auvenir\"\nlogo = \"logo.svg\"\n[support]\nemail = \"a@b.ca\"\nphone = \"911\"\nhours = \"8\"\n\
                 [facts]\nsender = \"x\"\n";
    write(site.path(), "themes/auvenir/theme.toml", theme.as_bytes());
    write(site.path(), "themes/auvenir/logo.svg", PICTURE.as_bytes());
    // a list of one is written with quotes, and what is none as nothing
    let all = roots().into_iter().map(|root| {
        format!("\"{root}\": {{% if {root} is defined %}}{{{{ [{root}] | safe }}}}{{% else %}}[]{{% endif %}}")
    });
    let all = format!("{{{{ \"{{\" }}}}{}{{{{ \"}}\" }}}}", all.collect::<Vec<_>>().join(", "));
    for template in rows(&read("docs/themes.md"), "| template | page |") {
        write(site.path(), &format!("themes/auvenir/{}", template[0]), all.as_bytes());
    }
    for guide in ["all", "vpn"] {
        for name in ["index", "01-a", "02-b", "02.1-c", "02.2-d", "03-e", "support"] {
            let text = format!(
                "---\ntitle: T\ndescription: D\nduration: 3\ndevice: both\naliases: [old-{name}]\n\
                 extra: {{ recommended: true }}\n---\nText.\n"
            );
            write(site.path(), &format!("content/{guide}/{name}.en.md"), text.as_bytes());
        }
    }
    let run = common::etape(site.path(), &["build", "--brand", "auvenir", "--single-file"]);
    assert!(run.status.success(), "{}", String::from_utf8(run.stderr).unwrap());
    let mut seen = BTreeMap::new();
    for entry in WalkDir::new(site.path().join("dist/auvenir")) {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "html") {
            // texts are escaped as Rust does it
            let text = fs::read_to_string(entry.path()).unwrap().replace("\\u{", "").replace("\\'", "'");
            let all: BTreeMap<String, Vec<Value>> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            let kind = all["page"][0]["kind"].as_str().unwrap().to_owned();
            for (root, value) in all.iter().filter_map(|(root, list)| Some((root, list.first()?))) {
                leaves(value, root, &mut |name| {
                    seen.entry(name.to_owned()).or_insert_with(BTreeSet::new).insert(kind.clone());
                });
            }
        }
    }
    seen
}

/// What templates can name, as src/render says it.
fn roots() -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    for entry in fs::read_dir(root().join("src/render")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for name in text.split("insert_value(").skip(1).map(str::trim_start) {
            if let Some(name) = name.strip_prefix('"') {
                roots.insert(name.split('"').next().unwrap().to_owned());
            } else {
                assert!(name.starts_with("name,"), "a name that this test can't read: {name:.40}");
            }
        }
    }
    roots
}

fn leaves(value: &Value, name: &str, tell: &mut dyn FnMut(&str)) {
    match value {
        Value::Null => {}
        Value::Object(map) if map.is_empty() => {}
        Value::Object(map) if !["assets", "brand.facts", "page.extra"].contains(&name) => {
            for (key, value) in map {
                leaves(value, &format!("{name}.{key}"), tell);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| leaves(value, &format!("{name}[]"), tell)),
        _ => tell(name),
    }
}

/// A fenced block of a page.
#[derive(Debug)]
struct Block<'p> {
    /// What stands behind the fence.
    info: &'p str,
    /// The file it is, as bytes.
    bytes: Vec<u8>,
    /// Where its text stands in the page.
    place: Range<usize>,
}

impl Block<'_> {
    fn file(&self) -> Option<&str> {
        self.info.split(' ').nth(1)
    }

    fn text<'p>(&self, page: &'p str) -> &'p str {
        &page[self.place.clone()]
    }
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = page[at..].find("\n```").map(|open| at + open + 1) {
        let fence = page[open..].bytes().take_while(|byte| *byte == b'`').count();
        let start = open + page[open..].find('\n').unwrap() + 1;
        let info = page[open + fence..start].trim();
        // the text of an empty block ends where it begins
        let end = start - 1 + page[start - 1..].find(&format!("\n{}\n", &page[open..open + fence])).unwrap() + 1;
        let bytes = match info.split(' ').nth(2) {
            Some("latin-1") => page[start..end].chars().map(|character| u8::try_from(character).unwrap()).collect(),
            _ => page.as_bytes()[start..end].to_vec(),
        };
        found.push(Block { info, bytes, place: start..end });
        at = end + fence;
    }
    found
}

/// The rows of the table whose head begins so, the marks of code taken off their cells.
fn rows(page: &str, head: &str) -> Vec<Vec<String>> {
    let table = page.find(&format!("\n{head}")).unwrap_or_else(|| panic!("no table {head}"));
    let lines = page[table + 1..].lines().skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()).collect()
}

fn site(files: &[Block<'_>]) -> TempDir {
    let site = TempDir::new().unwrap();
    for (name, text) in SITE {
        write(site.path(), name, text.as_bytes());
    }
    for block in files {
        write(site.path(), block.file().unwrap_or_else(|| panic!("whose text is this? {block:?}")), &block.bytes);
    }
    site
}

fn write(site: &Path, name: &str, bytes: &[u8]) {
    let path = site.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn check(site: &Path, more: &[&str]) -> (String, i32) {
    let root = site.to_str().unwrap();
    let run = common::etape(site, &[&["check", "--root", root, "--color", "never"], more].concat());
    (String::from_utf8(run.stderr).unwrap(), run.status.code().unwrap())
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
