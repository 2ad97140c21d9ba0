//! A new locale: every interface string with its comment, ready to be translated.
//!
//! Not here: pages. Those that aren't translated yet fall back to the source locale's text with a notice, and
//! `etape status` lists them; a copy would pass for a translation.

use std::collections::BTreeSet;

use super::{Ground, NewFile, Plan, Refusal, settings};
use crate::model::locale::Locale;
use crate::parse::fluent::{self, Entry};
use crate::path::SourcePath;

/// The interface strings that stand in where the base theme doesn't know the source locale.
const LAST_RESORT: &str = "en";

/// A new locale at the end of site.toml, with the source locale's messages to translate.
pub fn locale(ground: &Ground<'_>, typed: &str) -> Result<Plan, Refusal> {
    let is_plain = typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let locale = Locale::new(typed).filter(|_| is_plain).ok_or_else(|| {
        Refusal::new(format!("\"{typed}\" is no language tag: write it like \"de\", \"es\" or \"fr-CA\""))
    })?;
    if let Some(own) = ground.site.locales.iter().find(|own| own.id.eq_ignore_ascii_case(typed)) {
        return Err(Refusal::new(format!(
            "the site has \"{}\" already: etape status says what is left to translate",
            own.id
        )));
    }
    let source = ground.site.source_locale();
    let mut plan = Plan { settings: Some(settings::with_locale(&ground.settings, typed)?), ..Plan::default() };
    let own = own_messages(ground, &source.id, typed);
    let shared: BTreeSet<String> =
        own.iter().filter(|(path, _)| !path.contains('@')).flat_map(|(path, text)| ids(path, text)).collect();
    plan.files.extend(interface(ground, source, &locale, &shared));
    plan.files.extend(own.into_iter().map(|(path, text)| NewFile::new(path, text)));
    // what stands there already is the writer's
    plan.files.retain(|file| !ground.snapshot.contains(file.path.as_str()));
    if !plan.files.is_empty() {
        plan.notes.push(format!("They hold the words of \"{}\": translate what stands behind each =.", source.id));
    }
    let pages = ground.pages.iter().filter(|page| page.locale == source.id).count();
    plan.notes.push(format!(
        "Pages show the text of \"{}\" with a notice until they are translated: {pages} to do.",
        source.id
    ));
    plan.next = vec!["etape status".to_owned(), "etape serve --open".to_owned()];
    Ok(plan)
}

/// The site's own messages in the source locale, under the names they get in the new one.
fn own_messages(ground: &Ground<'_>, source: &str, locale: &str) -> Vec<(String, String)> {
    let folder = format!("locales/{source}");
    let files = ground.snapshot.under(&folder);
    let texts = files.filter_map(|(path, _)| Some((path.as_str(), ground.snapshot.text(path)?)));
    texts
        .filter_map(|(path, text)| Some((path.strip_prefix(&folder)?, text)))
        .map(|(rest, text)| (format!("locales/{locale}{rest}"), text.to_string()))
        .collect()
}

/// The base theme's strings in a language it doesn't know, without those that the site's own files say anew.
fn interface(ground: &Ground<'_>, source: &Locale, locale: &Locale, shared: &BTreeSet<String>) -> Option<NewFile> {
    let file = |language: &str| SourcePath::new(format!("themes/base/locales/{language}/interface.ftl"));
    if ground.snapshot.contains(file(locale.base()).as_str()) {
        return None;
    }
    let known = [source.base(), LAST_RESORT];
    let text = known.iter().find_map(|language| ground.snapshot.text(&file(language)))?;
    let mut said = format!(
        "# What the pages say around the texts. To be translated into \"{}\": whatever is left out is said in another\n\
         # language.\n",
        locale.id
    );
    for piece in pieces(text, &entries("interface.ftl", text)) {
        if !piece.id.is_some_and(|id| shared.contains(id)) {
            said.push_str(piece.text);
        }
    }
    let names_itself = format!("language-name = {}\n", locale.id);
    let line = said.lines().find(|line| line.starts_with("language-name =")).map(|line| format!("{line}\n"));
    if let Some(line) = line {
        said = said.replacen(&line, &names_itself, 1);
    }
    Some(NewFile::new(format!("locales/{}/interface.ftl", locale.id), said))
}

/// A message with its comment, or what stands between two.
struct Piece<'t> {
    id: Option<&'t str>,
    text: &'t str,
}

/// A file cut before the comment of each message, without what it says about itself at its beginning.
fn pieces<'t>(text: &'t str, entries: &'t [Entry]) -> Vec<Piece<'t>> {
    let mut cuts: Vec<(usize, Option<&str>)> = Vec::with_capacity(entries.len() + 1);
    let head = if text.starts_with('#') { text.find("\n\n").map_or(0, |end| end + 1) } else { 0 };
    cuts.push((head, None));
    for entry in entries {
        let mut start = entry.span.start;
        while let Some(above) = text[..start].strip_suffix('\n') {
            let line = above.rfind('\n').map_or(0, |end| end + 1);
            // "##" is the heading of a group, not a message's own comment
            if line < head || !above[line..].starts_with("# ") {
                break;
            }
            start = line;
        }
        cuts.push((start, Some(&entry.id)));
    }
    let ends = cuts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    cuts.iter().zip(ends).map(|((start, id), end)| Piece { id: *id, text: &text[*start..end] }).collect()
}

fn entries(name: &str, text: &str) -> Vec<Entry> {
    fluent::parse(&SourcePath::new(name), "", None, true, text).0.entries
}

fn ids(path: &str, text: &str) -> Vec<String> {
    entries(path, text).into_iter().map(|entry| entry.id).collect()
}
