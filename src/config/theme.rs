//! One brand's theme.toml: name, logo, colours, support, facts.

use std::ops::Range;

use tera::Value as TeraValue;
use tera::value::{Key, Map};

use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::colors::{Colors, Palette, Rgb, Role, Scheme, contrast};
use crate::model::site::Support;
use crate::parse::content::diagnostic;
use crate::parse::data::{self, Entry, Finding, Findings, Problem, Table};
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
    /// It couldn't be read as a whole.
    pub is_partial: bool,
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
        colors: palettes(&Given::new(), &Given::new()),
        support: Support::default(),
        facts: TeraValue::from(Map::new()),
        is_partial: true,
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
    let form_is_broken = !problems.is_empty();
    let mut findings = Findings::new(text, problems);
    let mut colors = (Given::new(), Given::new());
    if let Some(table) =
        node.as_ref().and_then(|node| Table::of(node, &["name", "logo", "colors", "support", "facts"], &mut findings))
    {
        colors = read(&table, snapshot, brand, &mut theme, &mut findings);
        table.finish(&mut findings);
    }
    theme.colors = palettes(&colors.0, &colors.1);
    let findings = findings.into_list();
    theme.is_partial = form_is_broken || findings.iter().any(|finding| hides_values(finding, node.as_ref()));
    let findings = findings.into_iter();
    let mut problems: Vec<_> = findings.map(|finding| diagnostic(&path, finding, Code::ThemeInvalid)).collect();
    problems.extend(low_contrasts(&path, &colors.0, &theme.colors.light, "light"));
    problems.extend(low_contrasts(&path, &colors.1, &theme.colors.dark, "dark"));
    (theme, problems)
}

/// Does a mistake, told as such, keep a value from texts that ask for it? One in facts or support does, and a table
/// under another name.
fn hides_values(finding: &Finding, node: Option<&data::Node>) -> bool {
    let Some(data::Node { value: data::Value::Table(entries), .. }) = node else { return true };
    let has = |entry: &&Entry| {
        let span = &finding.problem.span;
        entry.key_span == *span || (entry.node.span.start <= span.start && span.end <= entry.node.span.end)
    };
    !matches!(entries.iter().find(has), Some(entry) if matches!(entry.key.as_str(), "name" | "logo" | "colors"))
}

/// Reads everything into the theme; gives the colours of both schemes as they stand in the file.
fn read<'n>(
    table: &Table<'n>,
    snapshot: &Snapshot,
    brand: &str,
    theme: &mut Theme,
    findings: &mut Findings<'n>,
) -> (Given, Given) {
    let mut colors = (Given::new(), Given::new());
    table.require("name", "write name = \"…\", what readers call the brand", findings);
    if let Some(name) = table.string("name", findings) {
        name.text.clone_into(&mut theme.name);
    }
    if let Some(logo) = table.string("logo", findings) {
        theme.logo = check_logo(&logo, snapshot, brand, findings);
    }
    if let Some(light) = table.table("colors", LIGHT_KEYS, findings) {
        let dark = light.table("dark", &Role::KEYS, findings);
        colors = (given(Some(&light), findings), given(dark.as_ref(), findings));
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
        if let Some(email) = support.string("email", findings)
            && !is_email(email.text)
        {
            findings.push(Problem::new(
                format!("\"{}\" is no e-mail address", email.text),
                email.node.span.clone(),
                "write it whole: \"support@example.com\"",
            ));
        }
        support.finish(findings);
    }
    if let Some(facts) = table.free("facts", findings) {
        theme.facts = value_of(facts);
    }
    colors
}

/// Something before and behind one `@`, in one word. Nothing more can be said without writing to it.
fn is_email(text: &str) -> bool {
    let text = text.trim();
    let parts = text.split_once('@');
    text.is_empty()
        || parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
            && !text.contains(char::is_whitespace)
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

/// The colours of one scheme as a theme gives them, with their places.
type Given = Vec<(Role, Rgb, Range<usize>)>;

fn palettes(light: &Given, dark: &Given) -> Colors {
    let brand = of(light, Role::Primary).unwrap_or(PRIMARY);
    Colors {
        light: Palette::derive(brand, &|role| of(light, role), Scheme::Light),
        dark: Palette::derive(brand, &|role| of(dark, role), Scheme::Dark),
    }
}

fn of(given: &Given, wanted: Role) -> Option<Rgb> {
    given.iter().find(|(role, ..)| *role == wanted).map(|(_, color, _)| *color)
}

fn given<'n>(table: Option<&Table<'n>>, findings: &mut Findings<'n>) -> Given {
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
            Some((role, color?, text.node.span.clone()))
        })
        .collect()
}

/// The pairs that the base theme shows: what is read on which ground. Borders are decoration.
const PAIRS: [(Role, Role); 8] = [
    (Role::OnPrimary, Role::Primary),
    (Role::Text, Role::Background),
    (Role::Text, Role::Surface),
    (Role::Muted, Role::Background),
    (Role::Muted, Role::Surface),
    (Role::Link, Role::Background),
    (Role::Link, Role::Surface),
    (Role::Accent, Role::Background),
];

/// The contrast that text needs (WCAG 2.2 AA).
const ENOUGH: f64 = 4.5;

/// Pairs that are hard to read: for each colour that the theme chose itself, the worst.
fn low_contrasts(path: &SourcePath, given: &Given, palette: &Palette, scheme: &str) -> Vec<Diagnostic> {
    let place = |role: Role| given.iter().find(|(own, ..)| *own == role).map(|(_, _, span)| span.clone());
    let mut worst: Vec<(Range<usize>, f64, Role, Role)> = Vec::new();
    for (front, ground) in PAIRS {
        let ratio = contrast(palette.get(front), palette.get(ground));
        let Some(span) = place(front).or_else(|| place(ground)).filter(|_| ratio < ENOUGH) else { continue };
        match worst.iter_mut().find(|(own, ..)| *own == span) {
            Some(entry) if entry.1 <= ratio => {}
            Some(entry) => *entry = (span, ratio, front, ground),
            None => worst.push((span, ratio, front, ground)),
        }
    }
    let tell = |(span, ratio, front, ground): (Range<usize>, f64, Role, Role)| {
        // rounded down: 4.499 isn't enough, and isn't shown as if it were
        let shown = (ratio * 100.0).floor() / 100.0;
        let (a, b) = (palette.get(front), palette.get(ground));
        let message = format!(
            "{} {a} on {} {b} has a contrast of {shown} to 1 in the {scheme} scheme",
            front.key(),
            ground.key()
        );
        let mine = if place(front).is_some() { front.key() } else { ground.key() };
        Diagnostic::new(Code::ContrastLow, Place::new(path, span), message)
            .help(format!("text needs {ENOUGH} to 1: make {mine} darker or lighter, or leave it out and it is derived"))
    };
    worst.into_iter().map(tell).collect()
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
