//! One brand's theme.toml: name, logo, colours, support, facts.

use tera::Value as TeraValue;
use tera::value::{Key, Map};

use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::colors::{Colors, Palette, Rgb, Role, Scheme};
use crate::model::site::Support;
use crate::parse::content::diagnostic;
use crate::parse::data::{self, Entry, Findings, Problem, Table};
use crate::path::SourcePath;
use crate::source::Snapshot;

/// What theme.toml says.
pub struct Theme {
    /// What readers call the brand.
    pub name: String,
    /// A file of the theme's folder.
    pub logo: Option<String>,
    /// Light and dark.
    pub colors: Colors,
    /// How to reach help.
    pub support: Support,
    /// What texts may say.
    pub facts: TeraValue,
}

/// The primary colour of a theme that names none.
const PRIMARY: Rgb = Rgb(11, 95, 165);

const LIGHT_KEYS: &[&str] =
    &["primary", "on_primary", "accent", "background", "surface", "text", "muted", "link", "border", "dark"];

/// Reads a brand's theme; `listed` is where site.toml lists the brand.
pub fn load(snapshot: &Snapshot, brand: &str, listed: &Place) -> (Theme, Vec<Diagnostic>) {
    let path = SourcePath::new(format!("themes/{brand}/theme.toml"));
    let mut theme = Theme {
        name: brand.to_owned(),
        logo: None,
        colors: palettes(None, None, &mut Findings::new("", Vec::new())),
        support: Support::default(),
        facts: TeraValue::from(Map::new()),
    };
    let Some(text) = snapshot.text(&path) else {
        // a file that is there but isn't text is a problem of the snapshot already
        let told = snapshot.problems().iter().any(|problem| problem.place.file == path);
        let problem = (!told).then(|| {
            Diagnostic::new(Code::ThemeInvalid, listed.clone(), format!("the brand \"{brand}\" has no theme"))
                .help(format!("write {path} with at least name = \"…\""))
        });
        return (theme, problem.into_iter().collect());
    };
    let (node, problems) = data::toml(text);
    let mut findings = Findings::new(text, problems);
    if let Some(table) =
        node.as_ref().and_then(|node| Table::of(node, &["name", "logo", "colors", "support", "facts"], &mut findings))
    {
        read(&table, snapshot, brand, &mut theme, &mut findings);
        table.finish(&mut findings);
    }
    let problems =
        findings.into_list().into_iter().map(|finding| diagnostic(&path, finding, Code::ThemeInvalid)).collect();
    (theme, problems)
}

fn read<'n>(table: &Table<'n>, snapshot: &Snapshot, brand: &str, theme: &mut Theme, findings: &mut Findings<'n>) {
    table.require("name", "write name = \"…\", what readers call the brand", findings);
    if let Some(name) = table.string("name", findings) {
        name.text.clone_into(&mut theme.name);
    }
    if let Some(logo) = table.string("logo", findings) {
        theme.logo = check_logo(&logo, snapshot, brand, findings);
    }
    if let Some(light) = table.table("colors", LIGHT_KEYS, findings) {
        let dark = light.table("dark", &Role::KEYS, findings);
        theme.colors = palettes(Some(&light), dark.as_ref(), findings);
        light.finish(findings);
        if let Some(dark) = dark {
            dark.finish(findings);
        }
    }
    if let Some(support) = table.table("support", &["email", "phone", "hours"], findings) {
        let given = |key: &str, findings: &mut Findings<'n>| {
            support.string(key, findings).map(|text| text.text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        theme.support = Support {
            email: given("email", findings),
            phone: given("phone", findings),
            hours: given("hours", findings),
        };
        support.finish(findings);
    }
    if let Some(facts) = table.free("facts", findings) {
        theme.facts = value_of(facts);
    }
}

fn check_logo(logo: &data::Text<'_>, snapshot: &Snapshot, brand: &str, findings: &mut Findings<'_>) -> Option<String> {
    let path = format!("themes/{brand}/{}", logo.text);
    if !logo.text.contains("..") && snapshot.contains(&path) {
        return Some(logo.text.to_owned());
    }
    let folder = format!("themes/{brand}");
    let files: Vec<&str> = snapshot.under(&folder).map(|(path, _)| path.file_name()).collect();
    let help = nearest(logo.text, files)
        .map_or_else(|| format!("put the logo into {folder}/"), |near| format!("did you mean \"{near}\"?"));
    findings.push(Problem::new(format!("no logo \"{}\" in {folder}/", logo.text), logo.node.span.clone(), help));
    None
}

fn palettes<'n>(light: Option<&Table<'n>>, dark: Option<&Table<'n>>, findings: &mut Findings<'n>) -> Colors {
    let light = given(light, findings);
    let dark = given(dark, findings);
    let of =
        |colors: &[(Role, Rgb)], wanted: Role| colors.iter().find(|(role, _)| *role == wanted).map(|(_, color)| *color);
    let brand = of(&light, Role::Primary).unwrap_or(PRIMARY);
    Colors {
        light: Palette::derive(brand, &|role| of(&light, role), Scheme::Light),
        dark: Palette::derive(brand, &|role| of(&dark, role), Scheme::Dark),
    }
}

fn given<'n>(table: Option<&Table<'n>>, findings: &mut Findings<'n>) -> Vec<(Role, Rgb)> {
    let Some(table) = table else { return Vec::new() };
    Role::ALL
        .into_iter()
        .filter_map(|role| {
            let text = table.string(role.key(), findings)?;
            let color = Rgb::parse(text.text);
            if color.is_none() {
                findings.push(Problem::new(
                    format!("\"{}\" is no colour", text.text),
                    text.node.span.clone(),
                    "write it as \"#123456\"",
                ));
            }
            Some((role, color?))
        })
        .collect()
}

/// A free table as a value for texts and templates.
fn value_of(entries: &[Entry]) -> TeraValue {
    let pairs = entries.iter().map(|entry| (Key::from(entry.key.clone()), convert(&entry.node.value)));
    TeraValue::from(pairs.collect::<Map>())
}

fn convert(value: &data::Value) -> TeraValue {
    match value {
        data::Value::Null => TeraValue::none(),
        data::Value::Bool(value) => TeraValue::from(*value),
        data::Value::Integer(value) => TeraValue::from(*value),
        data::Value::Float(value) => TeraValue::from(*value),
        data::Value::String(value) => TeraValue::normal_string(value),
        data::Value::List(list) => TeraValue::from(list.iter().map(|node| convert(&node.value)).collect::<Vec<_>>()),
        data::Value::Table(entries) => value_of(entries),
    }
}
