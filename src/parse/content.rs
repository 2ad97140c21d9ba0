//! One content file: its place in a guide by its name, its front matter, where its text begins.
//!
//! Not here: Markdown and placeholders in the text, and what the file is in an edition (`resolve::outline`).

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::data::{self, Findings, Kind, Node, Table};
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::guide::Device;
use crate::model::site::Site;
use crate::model::variant::{VariantName, looks_like_locale};
use crate::path::SourcePath;

/// A page's source.
#[derive(Debug)]
pub struct ContentFile {
    /// Where it stands.
    pub path: SourcePath,
    /// The guide's folder.
    pub guide: Arc<str>,
    /// What its variants share: `03-code`.
    pub key: Arc<str>,
    /// Where it belongs in the guide.
    pub position: Position,
    /// The brand it is for alone.
    pub brand: Option<Arc<str>>,
    /// The language it is written in.
    pub locale: Arc<str>,
    /// The whole file.
    pub text: Arc<str>,
    /// Where the text begins, behind the front matter, in bytes.
    pub body_start: usize,
    /// What stands before it.
    pub front: FrontMatter,
    /// Its text couldn't be taken: that has been told, and nothing is concluded from what it lacks.
    pub is_lost: bool,
    fingerprint: OnceLock<String>,
}

/// Where a page belongs in its guide, by the number in its name. The order is the order of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// `index`.
    Index,
    /// `03-code`.
    Step(u32),
    /// `06.1-app`.
    StepOption(u32, u32),
    /// `support`.
    Loose,
}

impl Position {
    fn rank(self) -> (u8, u32, u32) {
        match self {
            Self::Index => (0, 0, 0),
            Self::Step(step) => (1, step, 0),
            // an option 0 comes behind its step too
            Self::StepOption(step, option) => (1, step, option.saturating_add(1)),
            Self::Loose => (2, 0, 0),
        }
    }

    /// Reads the number at the beginning of a name.
    pub fn of(key: &str) -> Self {
        if key == "index" {
            return Self::Index;
        }
        let Some((number, _)) = key.split_once('-') else { return Self::Loose };
        let parse = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        match number.split_once('.') {
            None => parse(number).map_or(Self::Loose, Self::Step),
            Some((step, option)) => match (parse(step), parse(option)) {
                (Some(step), Some(option)) => Self::StepOption(step, option),
                _ => Self::Loose,
            },
        }
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

/// What a writer says about a page, placeholders not yet expanded.
#[derive(Debug, Default)]
pub struct FrontMatter {
    /// Never empty; the file's name where the file has none.
    pub title: Text,
    /// In a sentence.
    pub description: Option<Text>,
    /// In minutes.
    pub duration: Option<u32>,
    /// What it is done on.
    pub device: Option<Device>,
    /// Only for these.
    pub brands: Option<Vec<Text>>,
    /// The name in the address.
    pub slug: Option<Text>,
    /// Old addresses.
    pub aliases: Vec<Text>,
    /// Not to be published yet.
    pub draft: bool,
    /// The fingerprint of the source text that this translates.
    pub translates: Option<Text>,
    /// The writer's own keys.
    pub extra: Option<Node>,
}

/// A string of front matter and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Decoded.
    pub value: String,
    /// With its quotes, in bytes of the file.
    pub span: Range<usize>,
}

impl Text {
    /// Of a string node.
    pub fn of(node: &Node) -> Option<Self> {
        match &node.value {
            data::Value::String(value) => Some(Self { value: value.clone(), span: node.span.clone() }),
            _ => None,
        }
    }

    /// Where a stretch of the decoded string stands in the file.
    pub fn place(&self, file: &str, stretch: Range<usize>) -> Range<usize> {
        let node = Node { value: data::Value::String(self.value.clone()), span: self.span.clone() };
        let start = data::source_of(&node, file, stretch.start);
        let end = data::source_of(&node, file, stretch.end);
        start..end.max(start)
    }
}

const UNCLOSED: &str = "the front matter isn't closed";

const KEYS: &[&str] =
    &["title", "description", "duration", "device", "brands", "slug", "aliases", "draft", "translates", "extra"];

impl ContentFile {
    /// Reads a file of `content/<guide>/`. None for a file that is no page at all; mistakes in the front matter
    /// leave a page with what could be read.
    pub fn parse(path: &SourcePath, text: &Arc<str>, site: &Site) -> (Option<Self>, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let Some(guide) = path.folder().strip_prefix("content/").filter(|guide| !guide.contains('/')) else {
            return (None, problems);
        };
        let name = VariantName::parse(path.file_name(), |part| site.has_locale(part) || looks_like_locale(part));
        if &*name.extension != "md" {
            return (None, problems);
        }
        let Some(locale) = name.locale.clone() else {
            let last = name.stem.rsplit_once('.').map(|(_, last)| last);
            let is_word = |part: &&str| {
                (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
            };
            if let Some(locale) = last.filter(is_word) {
                problems.push(super::listed::locale_unknown(locale, path, site));
                return (None, problems);
            }
            let source = &site.source_locale().id;
            let plain = path.file_name().strip_suffix(".md").unwrap_or_default();
            problems.push(
                Diagnostic::new(
                    Code::LocaleUnknown,
                    Place::start_of(path),
                    format!("\"{}\" doesn't say its locale", path.file_name()),
                )
                .help(format!("rename it: {plain}.{source}.md")),
            );
            return (None, problems);
        };
        if let Some(problem) = super::listed::check_variant(&name, path, site) {
            problems.push(problem);
            return (None, problems);
        }
        // one allocation for all files of a language
        let locale = site.locales.iter().find(|known| known.id == locale).map_or(locale, |known| known.id.clone());
        let (front, body_start, found) = front_matter(path, text, site);
        problems.extend(found);
        let mut file = Self {
            path: path.clone(),
            guide: guide.into(),
            position: Position::of(&name.stem),
            key: name.stem,
            brand: name.brand,
            locale,
            text: text.clone(),
            body_start,
            front,
            is_lost: body_start == text.len()
                && text.starts_with("---")
                && problems.iter().any(|problem| problem.message == UNCLOSED),
            fingerprint: OnceLock::new(),
        };
        if file.front.title.value.trim().is_empty() {
            file.front.title.value = file.key.to_string();
        }
        (Some(file), problems)
    }

    /// A page whose file couldn't be taken, or whose name is wrong by a slip of the fingers: it keeps its place in
    /// the guide, so that one mistake isn't told as many.
    pub fn lost(path: &SourcePath, site: &Site) -> Option<Self> {
        let guide = path.folder().strip_prefix("content/").filter(|guide| !guide.contains('/'))?;
        let name = VariantName::parse(path.file_name(), |part| {
            part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        });
        if &*name.extension != "md" {
            return None;
        }
        let brand = match &name.brand {
            None => None,
            Some(brand) => Some(nearest(brand, site.brands.iter().map(|brand| &*brand.id))?),
        };
        let locales = site.locales.iter().map(|locale| &*locale.id);
        let locale = name.locale.as_deref().and_then(|locale| nearest(locale, locales));
        let stem = name.stem;
        Some(Self {
            path: path.clone(),
            guide: guide.into(),
            position: Position::of(&stem),
            brand: brand.map(Arc::from),
            locale: locale.map_or_else(|| site.source_locale().id.clone(), Arc::from),
            text: "".into(),
            body_start: 0,
            front: FrontMatter { title: Text { value: stem.to_string(), span: 0..0 }, ..FrontMatter::default() },
            is_lost: true,
            fingerprint: OnceLock::new(),
            key: stem,
        })
    }

    /// The text behind the front matter.
    pub fn body(&self) -> &str {
        &self.text[self.body_start..]
    }

    /// What a translation of this text is marked with: twelve hexadecimal digits. Line ends don't count.
    pub fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| fingerprint_of(&self.text))
    }

    /// The path of the same page in another locale.
    pub fn sibling(&self, locale: &str) -> SourcePath {
        let (at, brand) = self.brand.as_deref().map_or(("", ""), |brand| ("@", brand));
        SourcePath::new(["content/", &self.guide, "/", &self.key, at, brand, ".", locale, ".md"].concat())
    }
}

/// The fingerprint of a text as a snapshot holds it.
pub fn fingerprint_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..12].to_owned()
}

fn front_matter(path: &SourcePath, text: &str, site: &Site) -> (FrontMatter, usize, Vec<Diagnostic>) {
    let mut front = FrontMatter::default();
    let invalid = |span: Range<usize>, message: &str, help: &str| {
        vec![Diagnostic::new(Code::FrontMatterInvalid, Place::new(path, span), message).help(help)]
    };
    let (yaml, body_start) = match split(text) {
        Split::Both(yaml, body) => (yaml, body),
        Split::Nothing => {
            let problem = invalid(
                0..0,
                "the page has no front matter",
                "begin the file with three lines: ---, title: \"…\", ---",
            );
            return (front, 0, problem);
        }
        Split::Unclosed(open) => {
            let problem = invalid(open, UNCLOSED, "put a line with --- between the front matter and the text");
            return (front, text.len(), problem);
        }
    };
    let (node, problems) = data::yaml(&text[yaml.clone()], yaml.start);
    let has_form_problems = !problems.is_empty();
    let mut findings = Findings::new(text, problems);
    let mut unknown_brands = Vec::new();
    match &node {
        Some(node) => {
            if let Some(table) = Table::of(node, KEYS, &mut findings) {
                read(&table, &mut front, &mut findings);
                unknown_brands = check_brands(path, &front, site);
                if !unknown_brands.is_empty() {
                    // whom it is for isn't known, so nobody is left out
                    front.brands = None;
                }
                table.finish(&mut findings);
            }
        }
        None if !has_form_problems => {
            findings.push(data::Problem::new(
                "`title` is missing",
                yaml.start..yaml.start,
                "write title: \"…\" between the lines with ---",
            ));
        }
        None => {}
    }
    let mut problems: Vec<Diagnostic> =
        findings.into_list().into_iter().map(|finding| diagnostic(path, finding, Code::FrontMatterInvalid)).collect();
    problems.extend(unknown_brands);
    (front, body_start, problems)
}

/// A finding of a settings file as a problem; `invalid` is the code of everything but unknown keys.
pub fn diagnostic(path: &SourcePath, finding: data::Finding, invalid: Code) -> Diagnostic {
    let code = match finding.kind {
        Kind::UnknownKey => Code::KeyUnknown,
        Kind::Invalid => invalid,
    };
    Diagnostic::new(code, Place::new(path, finding.problem.span), finding.problem.message)
        .maybe_help(finding.problem.help)
}

fn read<'n>(table: &Table<'n>, front: &mut FrontMatter, findings: &mut Findings<'n>) {
    let text = |text: data::Text<'n>| Text { value: text.text.to_owned(), span: text.node.span.clone() };
    table.require("title", "write title: \"…\", what readers see at the top of the page", findings);
    front.title = table.string("title", findings).map(text).unwrap_or_default();
    front.description = table.string("description", findings).map(text);
    front.duration = table
        .integer("duration", "a whole number of minutes", 1..=10_000, findings)
        .and_then(|n| u32::try_from(n).ok());
    let devices = Device::ALL.map(Device::key);
    front.device = table
        .choice("device", &devices, findings)
        .and_then(|choice| Device::ALL.into_iter().find(|device| device.key() == choice.text));
    front.brands = table.strings("brands", findings).map(|list| list.into_iter().map(text).collect());
    front.slug = table.string("slug", findings).map(text);
    front.aliases =
        table.strings("aliases", findings).map_or_else(Vec::new, |list| list.into_iter().map(text).collect());
    front.draft = table.boolean("draft", findings).unwrap_or(false);
    front.translates = table.written("translates", findings).map(text);
    if let Some(mark) = &front.translates
        && !(mark.value.len() == 12 && mark.value.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
    {
        findings.push(data::Problem::new(
            "`translates` must be the twelve digits that etape mark writes",
            mark.span.clone(),
            "remove the line; then run etape mark with this file",
        ));
        front.translates = None;
    }
    front.extra = table.entry("extra").map(|entry| entry.node.clone());
    // a free table, but a table
    table.free("extra", findings);
}

fn check_brands(path: &SourcePath, front: &FrontMatter, site: &Site) -> Vec<Diagnostic> {
    let brands = front.brands.iter().flatten().filter(|brand| !site.has_brand(&brand.value));
    brands
        .map(|brand| {
            let known: Vec<&str> = site.brands.iter().map(|brand| &*brand.id).collect();
            let help = match nearest(&brand.value, known.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("site.toml lists {}", known.join(", ")),
            };
            Diagnostic::new(
                Code::BrandUnknown,
                Place::new(path, brand.span.clone()),
                format!("no brand \"{}\"", brand.value),
            )
            .help(help)
        })
        .collect()
}

/// Where the YAML of a text's front matter stands: from behind the first line to before the closing one.
pub fn front_matter_range(text: &str) -> Option<Range<usize>> {
    match split(text) {
        Split::Both(yaml, _) => Some(yaml),
        Split::Nothing | Split::Unclosed(_) => None,
    }
}

enum Split {
    /// The YAML, and where the text begins.
    Both(Range<usize>, usize),
    Nothing,
    Unclosed(Range<usize>),
}

fn split(text: &str) -> Split {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if !is_fence(first) {
        return Split::Nothing;
    }
    let mut at = first.len();
    for line in lines {
        if is_fence(line) {
            return Split::Both(first.len()..at, at + line.len());
        }
        at += line.len();
    }
    Split::Unclosed(0..3)
}

/// The line before and behind front matter.
fn is_fence(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.trim_end().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_follow_numbers() {
        let mut keys =
            ["support", "10-last", "06.2-b", "index", "06-choice", "02-x", "06.1-a", "3d-print", "07-y", "06.10-c"];
        keys.sort_by_key(|key| Position::of(key));
        assert_eq!(
            keys,
            ["index", "02-x", "06-choice", "06.1-a", "06.2-b", "06.10-c", "07-y", "10-last", "support", "3d-print"]
        );
    }
}
