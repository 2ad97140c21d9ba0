//! Holds docs/schemas to the types that they are made from, and the files of this repository and of a new site to them.
//!
//! With ETAPE_BLESS=1 the schemas are written anew.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails like a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use etape::parse::content::front_matter_range;
use etape::parse::data::{self, Node};
use etape::schema::Schema;
use serde_json::{Value, json};
use tempfile::TempDir;
use walkdir::WalkDir;

#[test]
fn the_schemas_in_docs_are_those_of_the_program() {
    for schema in Schema::ALL {
        let file = root().join(format!("docs/schemas/{}.schema.json", schema.name()));
        if common::blesses() {
            fs::write(&file, schema.text()).unwrap();
        }
        let run = common::etape(&root(), &["schema", schema.name()]);
        assert_eq!(String::from_utf8(run.stdout).unwrap(), schema.text());
        assert_eq!(fs::read_to_string(&file).unwrap_or_default(), schema.text(), "ETAPE_BLESS=1 writes it anew");
    }
}

#[test]
fn the_files_of_this_repository_fit() {
    let fresh = TempDir::new().unwrap();
    assert!(common::etape(fresh.path(), &["init", "."]).status.success());
    assert!(common::etape(fresh.path(), &["new", "brand", "acme"]).status.success());
    let mut counts = [0; 4];
    for site in [root(), root().join("tests/golden/whole/site"), fresh.path().to_owned()] {
        for (schema, file) in files(&site) {
            let problems = problems(schema, &value_of(schema, &fs::read_to_string(&file).unwrap()));
            assert_eq!(problems, [""; 0], "{}", file.display());
            counts[Schema::OF_FILES.iter().position(|of_files| *of_files == schema).unwrap()] += 1;
        }
    }
    assert!(counts.iter().all(|count| *count >= 2), "{counts:?}");
}

/// A schema that takes everything helps nobody. Each line: a file with one mistake, and where the schema sees it.
#[test]
fn mistakes_are_seen() {
    for (schema, text, place) in [
        (Schema::Site, "locales = [\"fr\"]\ntitel = \"x\"\n[brands.a]\n", ""),
        (Schema::Site, "locales = []\n[brands.a]\n", "/locales"),
        (Schema::Site, "locales = [\"fr\", \"francais_\"]\n[brands.a]\n", "/locales/1"),
        (Schema::Site, "locales = [\"fr\"]\n[brands.base]\n", "/brands"),
        (Schema::Site, "locales = [\"fr\"]\n[brands.a]\nbase_url = \"help.a.ca\"\n", "/brands/a/base_url"),
        (Schema::Site, "locales = [\"fr\"]\n[brands.a]\n[budget]\npage = 0\n", "/budget/page"),
        (Schema::Theme, "logo = \"x.svg\"\n", ""),
        (Schema::Theme, "name = \"A\"\n[colors]\nprimary = \"blue\"\n", "/colors/primary"),
        (Schema::Theme, "name = \"A\"\n[colors.dark]\ndark = {}\n", "/colors/dark"),
        (Schema::Theme, "name = \"A\"\n[support]\nphone = 911\n", "/support/phone"),
        (Schema::FrontMatter, "---\ntitle: A\nduration: 0\n---\n", "/duration"),
        (Schema::FrontMatter, "---\ntitle: A\ndevice: tablet\n---\n", "/device"),
        (Schema::FrontMatter, "---\ntitle: A\ntranslates: \"12\"\n---\n", "/translates"),
        (Schema::FrontMatter, "---\ntitle:\n---\n", "/title"),
        (Schema::FrontMatter, "---\ntitle: A\ndescription:\n---\n", "/description"),
        (Schema::Sidecar, "marks:\n  - box: [1, 2, 3]\n    text: a\n", "/marks/0/box"),
        (Schema::Sidecar, "redact:\n  - box: [1, 2, 3, 4]\n    text: a\n", "/redact/0"),
    ] {
        let validator = jsonschema::validator_for(&schema.value()).unwrap();
        let value = value_of(schema, text);
        let places: Vec<String> =
            validator.iter_errors(&value).map(|error| error.instance_path().to_string()).collect();
        assert_eq!(places, [place], "{text}");
    }
}

/// What a schema names is what the program knows, key by key.
#[test]
fn keys_are_the_known_ones() {
    let keys = |file: &str, before: &str| -> Vec<String> {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let list = text.split(before).nth(1).unwrap_or_else(|| panic!("{before} in {file}")).split(']').next().unwrap();
        let mut keys: Vec<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
        keys.sort();
        keys
    };
    let named = |schema: Schema, pointer: &str| -> Vec<String> {
        let value = schema.value();
        value.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).as_object().unwrap().keys().cloned().collect()
    };
    for (schema, pointer, file, before) in [
        (Schema::Site, "/properties", "src/config/mod.rs", "Table::of(node, &["),
        (Schema::Site, "/$defs/Brand/properties", "src/config/mod.rs", "&entry.node, &["),
        (Schema::Site, "/$defs/Budget/properties", "src/config/mod.rs", "table.table(\"budget\", &["),
        (Schema::Theme, "/properties", "src/config/theme.rs", "Table::of(node, &["),
        (Schema::Theme, "/$defs/Colors/properties", "src/config/theme.rs", "LIGHT_KEYS: &[&str] =\n    &["),
        (Schema::Theme, "/$defs/DarkColors/properties", "src/model/colors.rs", "KEYS: [&str; 9] =\n        ["),
        (Schema::Theme, "/$defs/Support/properties", "src/config/theme.rs", "table.table(\"support\", &["),
        (Schema::FrontMatter, "/properties", "src/parse/content.rs", "KEYS: &[&str] =\n    &["),
        (Schema::Sidecar, "/properties", "src/parse/sidecar.rs", "Table::of(node, &["),
        (Schema::Sidecar, "/$defs/Mark/properties", "src/parse/sidecar.rs", "table.tables(\"marks\", &["),
        (Schema::Sidecar, "/$defs/Redaction/properties", "src/parse/sidecar.rs", "table.tables(\"redact\", &["),
    ] {
        assert_eq!(named(schema, pointer), keys(file, before), "{schema:?} {pointer}");
    }
}

fn files(site: &Path) -> Vec<(Schema, PathBuf)> {
    let mut found = vec![(Schema::Site, site.join("site.toml"))];
    for folder in ["assets", "content", "themes"] {
        for entry in WalkDir::new(site.join(folder)).into_iter().map(Result::unwrap) {
            let path = entry.path();
            let schema = match path.extension().and_then(|extension| extension.to_str()) {
                Some("yaml") => Schema::Sidecar,
                Some("md") => Schema::FrontMatter,
                Some("toml") => Schema::Theme,
                _ => continue,
            };
            found.push((schema, path.to_owned()));
        }
    }
    found
}

fn problems(schema: Schema, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema.value()).unwrap();
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// A file as the values that an editor sees in it.
fn value_of(schema: Schema, text: &str) -> Value {
    let (node, problems) = match schema {
        Schema::Site | Schema::Theme => data::toml(text),
        Schema::FrontMatter => data::yaml(&text[front_matter_range(text).unwrap()], 0),
        _ => data::yaml(text, 0),
    };
    assert_eq!(problems, [], "{text}");
    json_of(&node.unwrap())
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        data::Value::Null => Value::Null,
        data::Value::Bool(value) => json!(value),
        data::Value::Integer(value) => json!(value),
        data::Value::Float(value) => json!(value),
        data::Value::String(value) => json!(value),
        data::Value::List(items) => items.iter().map(json_of).collect(),
        data::Value::Table(entries) => entries
            .iter()
            .map(|entry| (entry.key.clone(), json_of(&entry.node)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
