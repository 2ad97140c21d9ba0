//! The templates of a theme: the brand's own over the base's, block by block.
//!
//! Brands without templates of their own share one set. Not here: what a template sees (`render::context`).

use std::collections::BTreeMap;
use std::sync::Arc;

use tera::{Context, ErrorKind, Tera};

use super::language;
use super::stencil::Blind;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::path::SourcePath;
use crate::resolve::expand;
use crate::resolve::messages::Messages;
use crate::resolve::names;
use crate::resolve::terms;
use crate::source::{File, Snapshot};

/// The compiled templates of one or more brands.
pub struct Theme {
    tera: Tera,
    /// The texts by name (`base/step.html`), for messages.
    texts: Arc<BTreeMap<String, Arc<str>>>,
    /// What they print without looking at it.
    pub blind: Blind,
    /// Its templates couldn't be compiled: that has been told, and nothing is rendered with them.
    is_broken: bool,
}

/// The templates that pages are made with; a theme may include others.
pub const TEMPLATES: [&str; 9] = [
    "all.html",
    "guide.html",
    "guides.html",
    "languages.html",
    "layout.html",
    "not-found.html",
    "page.html",
    "redirect.html",
    "step.html",
];

impl Theme {
    /// Compiles the base theme's templates and, over them, a brand's.
    pub fn new(snapshot: &Snapshot, brand: Option<&str>) -> (Self, Vec<Diagnostic>) {
        let mut tera = Tera::new();
        let prefixes: Vec<String> = brand.into_iter().chain(["base"]).map(|name| format!("{name}/")).collect();
        // can't fail before the first template
        let _ = tera.set_fallback_prefixes(prefixes.clone());
        tera.autoescape_on([".html"]);
        terms::register(&mut tera);
        let mut texts = BTreeMap::new();
        for folder in brand.into_iter().chain(["base"]) {
            texts.extend(templates(snapshot, folder).map(|(name, text)| (name, text.clone())));
        }
        let mut problems: Vec<Diagnostic> = texts
            .iter()
            .filter_map(|(name, text)| {
                let bad = names::beyond_limits(text)?;
                Some(Diagnostic::new(bad.code, Place::new(&path_of(name), bad.span), bad.message).maybe_help(bad.help))
            })
            .collect();
        problems.extend(too_many_includes(&texts));
        if problems.is_empty()
            && let Err(error) = tera.add_raw_templates(texts.iter())
        {
            problems.push(compile_problem(&error, &texts));
        }
        let blind = Blind::new(&mut texts.values().map(|text| &**text));
        (Self { tera, texts: Arc::new(texts), blind, is_broken: !problems.is_empty() }, problems)
    }

    /// Has a brand templates of its own?
    pub fn is_own(snapshot: &Snapshot, brand: &str) -> bool {
        templates(snapshot, brand).next().is_some()
    }

    /// Renders a template to the end of `out`.
    pub fn render(
        &self,
        template: &str,
        context: &Context,
        messages: &Messages,
        out: &mut Vec<u8>,
    ) -> Result<(), Box<Diagnostic>> {
        if self.is_broken {
            return Ok(());
        }
        let start = out.len();
        self.tera
            .render_to(template, context, &mut *out)
            .map_err(|error| Box::new(self.problem(&error, context, messages)))?;
        if terms::take_marked()
            && let Ok(html) = std::str::from_utf8(&out[start..])
        {
            let html = language::unmark(html);
            out.truncate(start);
            out.extend_from_slice(html.as_bytes());
        }
        Ok(())
    }

    fn problem(&self, error: &tera::Error, context: &Context, messages: &Messages) -> Diagnostic {
        let name = match error.kind() {
            ErrorKind::RenderingError(report) | ErrorKind::SyntaxError(report) => report.filename(),
            _ => "",
        };
        let Some((name, text)) = self.texts.get_key_value(name) else {
            let place = Place::start_of(&SourcePath::new("themes/base/layout.html"));
            return Diagnostic::new(Code::TemplateInvalid, place, error.to_string());
        };
        let (bad, _) = expand::explain(error, text, context, messages);
        Diagnostic::new(bad.code, Place::new(&path_of(name), bad.span), bad.message).maybe_help(bad.help)
    }
}

/// How many templates one may include, directly and through others.
const INCLUDES: usize = 100;

/// Templates that include so many others that rendering would never end.
fn too_many_includes(texts: &BTreeMap<String, Arc<str>>) -> Option<Diagnostic> {
    let mut included: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, text) in texts {
        let all =
            text.split("{%").skip(1).filter_map(|tag| tag.trim_start_matches('-').trim_start().strip_prefix("include"));
        let names = all.filter_map(|rest| rest.split(['"', '\'', '`']).nth(1));
        included.insert(name, names.collect());
    }
    // level by level: how many includes there are that deep
    let full = |name: &str| {
        texts
            .keys()
            .map(String::as_str)
            .find(|own| *own == name || own.split_once('/').is_some_and(|(_, own)| own == name))
    };
    for (name, text) in texts {
        let mut level: Vec<&str> = included.get(name.as_str()).cloned().unwrap_or_default();
        let mut count = level.len();
        // a circle is told as such when the templates are compiled
        let own = |level: &[&str]| level.iter().any(|other| full(other) == Some(name));
        while !level.is_empty() && count <= INCLUDES && !own(&level) {
            level = level
                .iter()
                .filter_map(|name| included.get(full(name)?))
                .flatten()
                .copied()
                .take(INCLUDES + 1)
                .collect();
            count += level.len();
        }
        if count > INCLUDES && !own(&level) {
            let at = text.find("include").unwrap_or(0);
            let place = Place::new(&path_of(name), at..at + "include".len());
            let message = format!("more than {INCLUDES} templates are included here, directly and through others");
            return Some(Diagnostic::new(Code::TemplateInvalid, place, message).help("write them together"));
        }
    }
    None
}

fn templates<'s>(snapshot: &'s Snapshot, folder: &str) -> impl Iterator<Item = (String, &'s Arc<str>)> + use<'s> {
    snapshot.under(&format!("themes/{folder}")).filter_map(|(path, file)| match file {
        File::Text(text) if path.file_name().ends_with(".html") => {
            Some((path.as_str().trim_start_matches("themes/").to_owned(), text))
        }
        _ => None,
    })
}

fn path_of(name: &str) -> SourcePath {
    SourcePath::new(format!("themes/{name}"))
}

fn compile_problem(error: &tera::Error, texts: &BTreeMap<String, Arc<str>>) -> Diagnostic {
    let at = |name: &str, span: std::ops::Range<usize>, message: String| {
        Diagnostic::new(Code::TemplateInvalid, Place::new(&path_of(name), span), message)
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) => {
            let text = texts.get(report.filename()).map_or("", |text| text);
            let bad = expand::syntax_problem(report.message(), text, expand::clamp(text, report.span().range.clone()));
            at(report.filename(), bad.span, bad.message).maybe_help(bad.help)
        }
        ErrorKind::MissingParent { current, parent } => {
            at(current, find(texts, current, parent), format!("no template \"{parent}\" to extend"))
                .help("extend a template of the base theme, such as \"base/layout.html\"")
        }
        ErrorKind::CircularExtend { tpl, .. } => at(tpl, 0..0, "the template extends itself".to_owned())
            .help("a brand's template that changes one of the base's extends it by its whole name, such as \"base/step.html\""),
        ErrorKind::CircularInclude { tpl, .. } => at(tpl, 0..0, "the template includes itself".to_owned()).help("take one of the includes out"),
        ErrorKind::Msg(report) => {
            let name = report.lines().nth(1).and_then(|line| line.split("--> ").nth(1)).map(|place| {
                place.rsplitn(3, ':').last().unwrap_or(place).to_owned()
            });
            match name.and_then(|name| texts.get_key_value(&name).map(|(name, text)| (name.clone(), text.clone()))) {
                Some((name, text)) => {
                    let bad = expand::from_report(report, &text);
                    let problem = at(&name, bad.span, bad.message);
                    let problem = Diagnostic { code: bad.code, ..problem };
                    let (what, wanted) = (problem.message.clone(), parents_blocks(texts));
                    match what.as_str() {
                        what if what.starts_with("no template") => problem.help("include a template of this theme or of the base theme, such as \"base/layout.html\""),
                        what if what.starts_with("block ") => {
                            let name = what.split('"').nth(1).unwrap_or_default();
                            let near = nearest(name, wanted.iter().map(String::as_str));
                            problem.help(near.map_or_else(|| format!("the base theme has the blocks {}", wanted.join(", ")), |near| format!("did you mean \"{near}\"?")))
                        }
                        _ => problem.maybe_help(bad.help),
                    }
                }
                None => at("base/layout.html", 0..0, report.lines().next().unwrap_or_default().to_owned()),
            }
        }
        other => at("base/layout.html", 0..0, other.to_string()),
    }
}

/// The names of the blocks that a brand may override.
fn parents_blocks(texts: &BTreeMap<String, Arc<str>>) -> Vec<String> {
    let base = texts.iter().filter(|(name, _)| name.starts_with("base/"));
    let names =
        base.flat_map(|(_, text)| text.split("{% block ").skip(1).filter_map(|rest| rest.split([' ', '%']).next()));
    let names: std::collections::BTreeSet<String> = names.map(str::to_owned).collect();
    names.into_iter().collect()
}

fn find(texts: &BTreeMap<String, Arc<str>>, template: &str, needle: &str) -> std::ops::Range<usize> {
    texts.get(template).and_then(|text| text.find(needle)).map_or(0..0, |at| at..at + needle.len())
}
