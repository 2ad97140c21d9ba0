//! Holds the code to docs/architecture.md: the modules it names, who may import whom, and the rules that a compiler
//! doesn't know.
//!
//! The table of that page is the law; this file only reads it. Comments, and modules for tests alone, are left out.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

const PAGE: &str = "docs/architecture.md";

/// More than this, and a file has a second room in it.
const MOST_LINES: usize = 450;

/// What only some modules may do, by the words that it takes.
const KEPT_TO: &[(&str, &[&str], &[&str])] = &[
    ("printing", &["println!", "eprintln!", "print!(", "eprint!(", "dbg!", "io::stdout", "io::stderr"], &["cli"]),
    ("asking the environment", &["std::env", "env::var", "env::args", "env::current_dir"], &["cli"]),
    ("the clock", &["SystemTime::now", "Instant::now"], &["serve", "cli"]),
    (
        "the disk",
        &["std::fs", "fs::read", "fs::write", "File::open", "WalkDir", "rustix::fs"],
        &["source", "stamp", "output"],
    ),
    (
        "threads",
        &["rayon", "thread::spawn", "thread::scope", "thread::Builder"],
        &["source", "config", "external", "pipeline", "serve", "cli"],
    ),
    ("asking other machines", &["ureq"], &["external", "publish"]),
    ("sockets", &["TcpListener", "TcpStream", "socket2", "mio::", "tiny_http"], &["serve"]),
    ("ending the process", &["process::exit", "process::abort"], &["cli"]),
];

#[test]
fn every_module_has_its_row_and_every_row_its_module() {
    let rows: BTreeSet<String> = table().into_iter().map(|row| row.module).collect();
    let modules: BTreeSet<String> = sources().into_iter().filter_map(|source| source.module).collect();
    assert_eq!(modules, rows, "left: the modules in src/; right: the rows of the table in {PAGE}");
    for row in table() {
        assert!(row.purpose.len() > 20, "{PAGE} doesn't say what `{}` is for", row.module);
    }
}

#[test]
fn the_table_goes_one_way() {
    let mut above = BTreeSet::new();
    for row in table() {
        for import in &row.imports {
            assert!(above.contains(import), "`{}` imports `{import}`, which has no row above it in {PAGE}", row.module);
        }
        above.insert(row.module);
    }
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let allowed: BTreeMap<String, BTreeSet<String>> =
        table().into_iter().map(|row| (row.module, row.imports)).collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(module) = &source.module else { continue };
        for (line, text) in source.code() {
            for import in imports(&text, source.depth) {
                let fits = import == *module || allowed.get(module).is_some_and(|allowed| allowed.contains(&import));
                if !fits {
                    wrong.push(format!("{}:{line}: `{module}` may not import `{import}`", source.shown()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn some_things_are_done_in_one_place() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(module) = &source.module else { continue };
        for (line, text) in source.code() {
            for (what, words, modules) in KEPT_TO {
                if !modules.contains(&module.as_str()) && words.iter().any(|word| text.contains(word)) {
                    wrong.push(format!("{}:{line}: {what} belongs in {}", source.shown(), modules.join(", ")));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_file_says_what_it_is_for() {
    let all = rust_files("src").into_iter().chain(rust_files("tests"));
    let silent: Vec<_> = all.filter(|path| !read(path).starts_with("//! ")).collect();
    assert_eq!(silent, [""; 0].map(PathBuf::from), "these don't open with //!");
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources()
        .iter()
        .map(|source| (source.text.lines().count(), source.shown()))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert_eq!(long, [""; 0], "over {MOST_LINES} lines: is there a second room in it?");
}

#[test]
fn imports_are_found_however_they_are_written() {
    for (line, depth, found) in [
        ("use crate::path::Address;", 1, vec!["path"]),
        ("use crate::{path::Address, model::{site::Site, body}, text};", 1, vec!["path", "model", "text"]),
        ("    crate::text::armour::push_html(&self.alt, out);", 2, vec!["text"]),
        ("use super::super::config;", 2, vec!["config"]),
        ("use super::super::config;", 3, vec![]),
        ("use super::{config, path};", 1, vec!["config", "path"]),
        ("fn f(x: crate::path::Address) -> crate::model::site::Site {", 1, vec!["path", "model"]),
        ("use std::path::Path; let supercrate = mycrate::path;", 1, vec![]),
    ] {
        assert_eq!(imports(line, depth), found, "{line}");
    }
}

/// A row of the table: `| `path` | what for | `a`, `b` |`.
struct Row {
    module: String,
    purpose: String,
    imports: BTreeSet<String>,
}

fn table() -> Vec<Row> {
    let page = read(&root().join(PAGE));
    let rows: Vec<Row> = page.lines().filter_map(row).collect();
    assert!(!rows.is_empty(), "{PAGE} has lost its table");
    rows
}

fn row(line: &str) -> Option<Row> {
    let [module, purpose, imports] =
        line.strip_prefix('|')?.strip_suffix('|')?.split('|').collect::<Vec<_>>().try_into().ok()?;
    let name = |cell: &str| Some(cell.trim().strip_prefix('`')?.strip_suffix('`')?.to_owned());
    Some(Row {
        module: name(module)?,
        purpose: purpose.trim().to_owned(),
        imports: imports.split(',').filter_map(name).collect(),
    })
}

/// A file of src/ that the program is made of.
struct Source {
    path: PathBuf,
    /// Which module directly in src/ it belongs to; none for lib.rs and main.rs.
    module: Option<String>,
    /// How many `super::` lead from it to the crate's root.
    depth: usize,
    text: String,
}

impl Source {
    fn shown(&self) -> String {
        self.path.strip_prefix(root()).unwrap().display().to_string()
    }

    /// Its statements, up to the tests at its end, without comments: each in one piece, with the line it begins in.
    fn code(&self) -> Vec<(usize, String)> {
        let mut found: Vec<(usize, String)> = Vec::new();
        let mut open = false;
        let mut lines = self.text.lines().enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let next = lines.peek().map_or("", |(_, next)| next.trim());
            if line == "#[cfg(test)]" && next.starts_with("mod ") && next.ends_with('{') {
                break;
            }
            let line = line.trim();
            if line.starts_with("//") {
                continue;
            }
            if !open {
                found.push((index + 1, String::new()));
            }
            found.last_mut().unwrap().1.push_str(line);
            // a list of imports goes on to its end; anything else is taken by the line
            open = (open || line.contains("use ") || line.contains("crate::{")) && !line.contains(';');
        }
        found
    }
}

fn sources() -> Vec<Source> {
    let files = rust_files("src");
    let tests: Vec<PathBuf> = files.iter().flat_map(|path| test_modules(path)).collect();
    let is_test = |path: &Path| tests.iter().any(|test| path.with_extension("").starts_with(test));
    files.iter().filter(|path| !is_test(path)).map(|path| source(path)).collect()
}

fn source(path: &Path) -> Source {
    let text = read(path);
    let inside = path.strip_prefix(root().join("src")).unwrap().with_extension("");
    let mut names: Vec<String> = inside.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    if matches!(names.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        names.pop();
    }
    Source { path: path.to_owned(), module: names.first().cloned(), depth: names.len(), text }
}

/// The files and folders, without extension, that a file declares as modules for tests alone.
fn test_modules(path: &Path) -> Vec<PathBuf> {
    let folder = match path.file_name().unwrap().to_str().unwrap() {
        "mod.rs" | "lib.rs" | "main.rs" => path.parent().unwrap().to_owned(),
        _ => path.with_extension(""),
    };
    let text = read(path);
    let after = text.split("#[cfg(test)]\n").skip(1);
    let names = after.filter_map(|after| {
        let line = after.lines().next()?;
        line.rsplit_once("mod ")?.1.strip_suffix(';').map(str::to_owned)
    });
    names.map(|name| folder.join(name)).collect()
}

/// The modules directly in src/ that a statement names: by `crate::`, or by enough `super::` to reach the root.
fn imports(statement: &str, depth: usize) -> Vec<String> {
    let supers = "super::".repeat(depth);
    let mut found = Vec::new();
    for (at, _) in statement.match_indices("crate::") {
        if !is_inside_word(statement, at) {
            found.extend(first_names(&statement[at + "crate::".len()..]));
        }
    }
    for (at, _) in statement.match_indices(&supers) {
        let after = &statement[at + supers.len()..];
        if depth > 0 && !is_inside_word(statement, at) && !after.starts_with("super::") {
            found.extend(first_names(after));
        }
    }
    found
}

fn is_inside_word(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
}

/// `path` of `path::Address`; `path` and `model` of `{path::Address, model::{site, body}}`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut depth = 0;
    let mut names = vec![name(group)];
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let walk = WalkDir::new(root().join(folder)).sort_by_file_name();
    let paths = walk.into_iter().map(|entry| entry.unwrap().into_path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
