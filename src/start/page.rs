//! New pages: a guide, a step at the next free number, an option of a step; in every language, each translation
//! marked as made from the source text.

use std::collections::BTreeSet;

use super::name::Name;
use super::{Ground, NewFile, Plan, Refusal};
use crate::diagnostic::nearest;
use crate::parse::content::{Position, fingerprint_of};

/// What a new page says, by language: English stands in for the others.
struct Template {
    en: &'static str,
    fr: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template {
            en: include_str!(concat!("templates/", $name, ".en.md")),
            fr: include_str!(concat!("templates/", $name, ".fr.md")),
        }
    };
}

const GUIDE: Template = template!("guide");
const STEP: Template = template!("step");
const OPTION: Template = template!("option");

/// A new guide: its first page and a first step.
pub fn guide(ground: &Ground<'_>, typed: &str) -> Result<Plan, Refusal> {
    let name = Name::new(typed)?;
    if let Some(own) = ground.guides().iter().find(|guide| guide.to_lowercase() == name.slug) {
        return Err(Refusal::new(format!(
            "there is a guide \"{own}\" already: choose another name, or add to it with etape new step {own}/NAME"
        )));
    }
    let mut files = pages(ground, &name.slug, "index", &name, &GUIDE);
    files.extend(pages(ground, &name.slug, "01-start", &Name::new("start")?, &STEP));
    Ok(Plan { files, next: vec![format!("etape new step {}/NAME", name.slug), SERVE.to_owned()], ..Plan::default() })
}

/// A new step behind the last one: `code`, `mfa/code`, or with a number of its own `07-code`.
pub fn step(ground: &Ground<'_>, typed: &str) -> Result<Plan, Refusal> {
    let (guide, typed) = match typed.split_once('/') {
        Some((guide, step)) => (known_guide(ground, guide)?, step),
        None => (only_guide(ground, "step", typed)?, typed),
    };
    let taken: BTreeSet<u32> = steps(ground, &guide).into_iter().map(|(number, _)| number).collect();
    let (number, name) = match (Position::of(typed), typed.split_once('-')) {
        (Position::Step(number), Some((_, rest))) => {
            if taken.contains(&number) {
                return Err(Refusal::new(format!(
                    "there is a step {number:02} in \"{guide}\" already: leave the number out, and the next free one is taken"
                )));
            }
            (number, Name::new(rest)?)
        }
        _ => (taken.last().map_or(1, |last| last.saturating_add(1)), Name::new(typed)?),
    };
    let key = format!("{number:02}-{}", name.slug);
    let files = pages(ground, &guide, &key, &name, &STEP);
    Ok(Plan { files, next: vec![SERVE.to_owned()], ..Plan::default() })
}

/// A new option of a step: `app` of the guide's last step, or of the one that is named: `method/app`, `mfa/method/app`.
pub fn option(ground: &Ground<'_>, typed: &str) -> Result<Plan, Refusal> {
    let parts: Vec<&str> = typed.split('/').collect();
    let is_guide = |part: &str| ground.guides().iter().any(|guide| **guide == *part);
    let (guide, of, typed) = match parts[..] {
        [guide, of, name] => (known_guide(ground, guide)?, Some(of), name),
        [guide, name] if is_guide(guide) => (guide.to_owned(), None, name),
        [of, name] => (only_guide(ground, "option", typed)?, Some(of), name),
        [name] => (only_guide(ground, "option", name)?, None, name),
        _ => return Err(Refusal::new(format!("\"{typed}\" has too many parts: write GUIDE/STEP/NAME"))),
    };
    let name = Name::new(typed)?;
    let steps = steps(ground, &guide);
    let found = match of {
        None => steps.last(),
        Some(of) => steps.iter().find(|(number, key)| names_step(*number, key, of)),
    };
    let Some((number, key)) = found else {
        let why = match of {
            None => format!("the guide \"{guide}\" has no step: etape new step {guide}/NAME makes one"),
            Some(of) => {
                let keys: Vec<&str> = steps.iter().map(|(_, key)| &**key).collect();
                let near = nearest(of, keys.iter().copied())
                    .map_or_else(|| format!("it has {}", keys.join(", ")), |near| format!("did you mean \"{near}\"?"));
                format!("no step \"{of}\" in guide \"{guide}\": {near}")
            }
        };
        return Err(Refusal::new(why));
    };
    let of_guide = ground.pages.iter().filter(|page| *page.guide == *guide);
    let options = of_guide.filter_map(|page| match page.position {
        Position::StepOption(step, option) if step == *number => Some(option),
        _ => None,
    });
    let next = options.max().map_or(1, |last| last.saturating_add(1));
    // the step's number as its own file writes it
    let digits = key.split('-').next().unwrap_or_default();
    let files = pages(ground, &guide, &format!("{digits}.{next}-{}", name.slug), &name, &OPTION);
    let source = &ground.site.source_locale().id;
    let notes = vec![format!("It is an option of content/{guide}/{key}.{source}.md: say there when to choose it.")];
    Ok(Plan { files, notes, next: vec![SERVE.to_owned()], ..Plan::default() })
}

const SERVE: &str = "etape serve --open";

/// A page in every language of the site.
fn pages(ground: &Ground<'_>, guide: &str, key: &str, name: &Name, template: &Template) -> Vec<NewFile> {
    let text = |language: &str| if language == "fr" { template.fr } else { template.en };
    let source = ground.site.source_locale();
    let said = text(source.base()).replace("@TITLE@", &name.quoted());
    let mark = format!("translates: {}\n---\n\n", fingerprint_of(&said));
    let locales = ground.site.locales.iter();
    locales
        .map(|locale| {
            let mut own = text(locale.base()).replace("@TITLE@", &name.quoted());
            if locale.id != source.id {
                own = own.replacen("---\n\n", &mark, 1);
            }
            NewFile::new(format!("content/{guide}/{key}.{}.md", locale.id), own)
        })
        .collect()
}

/// The steps of a guide by number, each with the name of its file without brand and language.
fn steps(ground: &Ground<'_>, guide: &str) -> Vec<(u32, String)> {
    let of_guide = ground.pages.iter().filter(|page| *page.guide == *guide);
    let all: BTreeSet<(u32, String)> = of_guide
        .filter_map(|page| match page.position {
            Position::Step(number) => Some((number, page.key.to_string())),
            _ => None,
        })
        .collect();
    all.into_iter().collect()
}

/// Is this step meant by `06-method`, `method`, `06` or `6`?
fn names_step(number: u32, key: &str, typed: &str) -> bool {
    let slug = key.split_once('-').map_or("", |(_, slug)| slug);
    typed == key || typed == slug || typed.parse() == Ok(number)
}

fn known_guide(ground: &Ground<'_>, typed: &str) -> Result<String, Refusal> {
    let guides = ground.guides();
    if guides.iter().any(|guide| **guide == *typed) {
        return Ok(typed.to_owned());
    }
    Err(Refusal::new(match nearest(typed, guides.iter().map(|guide| &**guide)) {
        Some(near) => format!("no guide \"{typed}\": did you mean \"{near}\"?"),
        None => format!("no guide \"{typed}\": etape new guide {typed} makes one"),
    }))
}

/// The site's guide, if there is only one.
fn only_guide(ground: &Ground<'_>, what: &str, typed: &str) -> Result<String, Refusal> {
    match ground.guides().as_slice() {
        [] => Err(Refusal::new("there is no guide yet: etape new guide NAME makes one")),
        [only] => Ok(only.to_string()),
        several => {
            let first = &several[0];
            Err(Refusal::new(format!(
                "which guide? There are {}: type etape new {what} {first}/{typed}",
                several.join(", ")
            )))
        }
    }
}
