//! The messages of one edition: which file stands over which, and formatting.
//!
//! Files add up message by message: the brand's over the shared ones, the site's over the built-in ones, and the
//! source locale's under each translation. Not here: the syntax of one file (`parse::fluent`), and the `t`
//! function that templates call (`resolve::terms`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use fluent::concurrent::FluentBundle;
use fluent::resolver::ResolverError;
use fluent::resolver::errors::ReferenceKind;
use fluent::{FluentArgs, FluentError, FluentResource};

use crate::model::label::Label;
use crate::model::locale::Locale;
use crate::parse::fluent::FluentFile;
use crate::text::armour;
use crate::text::typography::Typography;

type Bundle = FluentBundle<Arc<FluentResource>>;

/// The language whose built-in strings stand under every other.
const LAST_RESORT: &str = "en";

/// The messages of one edition.
pub struct Messages {
    own: Layer,
    /// The source locale's, for messages that this locale lacks; none for the source locale itself.
    source: Option<Layer>,
    typography: Typography,
    /// Ids of messages that couldn't be read: that has been told.
    lost: BTreeSet<String>,
    /// A whole file of messages couldn't be read, so that no id can be called missing.
    is_partial: bool,
}

struct Layer {
    bundle: Bundle,
    /// What this locale itself has, without what lies under it.
    ids: HashSet<String>,
    /// Its locale.
    language: Arc<str>,
    typography: Typography,
}

/// Why a message can't be formatted.
#[derive(Debug, PartialEq)]
pub enum MessageError {
    /// No locale has it.
    Missing,
    /// It has no text, or refers to something that doesn't exist.
    Invalid(String),
}

impl Messages {
    /// Lays the files of an edition over each other.
    pub fn new(files: &[&FluentFile], is_partial: bool, brand: &str, locale: &Locale, source: &Locale) -> Self {
        let own = Layer::new(files, brand, locale, source);
        let source = (locale.id != source.id).then(|| Layer::new(files, brand, source, source));
        let lost = files.iter().flat_map(|file| file.lost.iter().cloned()).collect();
        Self { own, source, typography: Typography::new(&locale.id), lost, is_partial }
    }

    /// How this locale sets its prose.
    pub fn typography(&self) -> &Typography {
        &self.typography
    }

    /// May this id be missing only because its file couldn't be read?
    pub fn may_be_lost(&self, id: &str) -> bool {
        self.is_partial || self.lost.contains(id)
    }

    /// The ids that may be asked for, for suggestions.
    pub fn ids(&self) -> BTreeSet<&str> {
        let all = self.own.ids.iter().chain(self.source.iter().flat_map(|layer| &layer.ids));
        all.map(String::as_str).filter(|id| !id.starts_with('-')).collect()
    }

    /// Does this locale itself have the message?
    pub fn has_own(&self, id: &str) -> bool {
        self.own.ids.contains(id)
    }

    /// The language that a message falls back to; none if this locale itself has it.
    pub fn other_language(&self, id: &str) -> Option<&str> {
        match &self.source {
            _ if self.has_own(id) => None,
            Some(source) if source.ids.contains(id) => Some(&source.language),
            _ => Some(LAST_RESORT),
        }
    }

    /// A message without arguments, if this locale itself has it.
    pub fn own_text(&self, id: &str) -> Option<String> {
        self.has_own(id).then(|| self.format(id, &[]).ok()).flatten()
    }

    /// Formats a message as prose of its language; `arguments` are text or numbers.
    pub fn format(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> Result<String, MessageError> {
        let layer = match &self.source {
            Some(source) if !self.own.ids.contains(id) && source.bundle.has_message(id) => source,
            _ => &self.own,
        };
        let Some(message) = layer.bundle.get_message(id) else {
            return if self.may_be_lost(id) { Ok(String::new()) } else { Err(MessageError::Missing) };
        };
        if message.value().is_none() {
            return Err(MessageError::Invalid(format!("the message \"{id}\" has no text of its own")));
        }
        let mut fluent = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            match argument {
                // armour keeps a value as it was typed while the message around it is set as prose
                Argument::Text(text) => fluent.set(*name, armour::armour(text)),
                Argument::Number(number) => fluent.set(*name, *number),
            }
        }
        match (layer.format(id, &fluent), &self.source) {
            // a translation that takes other arguments is told as such; the source locale's text stands in
            (Err(MessageError::Invalid(_)), Some(source)) if source.bundle.has_message(id) => {
                source.format(id, &fluent)
            }
            (result, _) => result,
        }
    }

    /// A string of the interface, some with a `$number`, and its language if it falls back to another one. The id stands
    /// for one that can't be formatted: why is told elsewhere.
    pub fn label(&self, id: &str, number: Option<usize>) -> Label {
        let number = number.map(|number| ("number", Argument::Number(number as f64)));
        match self.format(id, number.as_slice()) {
            Ok(text) => Label { text, lang: self.other_language(id).map(Arc::from) },
            Err(_) => Label { text: id.to_owned(), lang: None },
        }
    }
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument<'a> {
    /// Text, which comes out as it is.
    Text(Cow<'a, str>),
    /// A number, which plural rules look at.
    Number(f64),
}

impl Layer {
    /// Formats a message of this layer, whatever it lacks.
    fn format(&self, id: &str, arguments: &FluentArgs<'_>) -> Result<String, MessageError> {
        let pattern = self.bundle.get_message(id).and_then(|message| message.value()).ok_or(MessageError::Missing)?;
        let mut errors = Vec::new();
        let formatted = self.bundle.format_pattern(pattern, Some(arguments), &mut errors);
        if let Some(why) = errors.iter().find_map(|error| describe(id, error)) {
            return Err(MessageError::Invalid(why));
        }
        let mut set = String::with_capacity(formatted.len() + 8);
        self.typography.apply(&formatted, None, None, &mut set);
        Ok(armour::strip(&set).into_owned())
    }

    fn new(files: &[&FluentFile], brand: &str, locale: &Locale, source: &Locale) -> Self {
        let mut bundle = Bundle::new_concurrent(vec![locale.language.clone()]);
        bundle.set_use_isolating(false);
        // can't fail in a new bundle
        let _ = bundle.add_builtins();
        let mut ids = HashSet::new();
        for (rank, file) in ranked(files, brand, locale, source) {
            bundle.add_resource_overriding(file.resource.clone());
            if rank.is_own {
                ids.extend(file.entries.iter().map(|entry| entry.id.clone()));
            }
        }
        Self { bundle, ids, language: locale.id.clone(), typography: Typography::new(&locale.id) }
    }
}

/// Where a file stands in the pile; the order of the fields is the order from the bottom to the top.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Of the locale itself, not of what lies under it.
    is_own: bool,
    /// Of the source locale rather than the last resort.
    is_source: bool,
    /// The site's file rather than a built-in one.
    is_site: bool,
    /// The brand's file rather than a shared one.
    is_brand: bool,
}

fn ranked<'f>(files: &[&'f FluentFile], brand: &str, locale: &Locale, source: &Locale) -> Vec<(Rank, &'f FluentFile)> {
    let speaks = |file: &FluentFile, locale: &Locale| {
        *file.locale == *locale.id || (file.is_base && *file.locale == *locale.base())
    };
    let mut all: Vec<_> = files
        .iter()
        .copied()
        .filter(|file| file.brand.as_deref().is_none_or(|own| own == brand))
        .filter_map(|file| {
            let is_own = speaks(file, locale);
            let is_source = is_own || speaks(file, source);
            let is_last_resort = file.is_base && &*file.locale == LAST_RESORT;
            (is_own || is_source || is_last_resort)
                .then_some((Rank { is_own, is_source, is_site: !file.is_base, is_brand: file.brand.is_some() }, file))
        })
        .collect();
    all.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.path.cmp(&other.path)));
    all
}

/// What is wrong with the way a message is called. What is wrong with the message itself is told at its own place
/// (`pipeline::checks`).
fn describe(id: &str, error: &FluentError) -> Option<String> {
    match error {
        FluentError::ResolverError(ResolverError::Reference(ReferenceKind::Variable { id: name })) => {
            Some(format!("the message \"{id}\" needs the argument \"{name}\""))
        }
        FluentError::ResolverError(ResolverError::Reference(_) | ResolverError::Cyclic) => None,
        FluentError::ResolverError(other) => {
            Some(format!("the message \"{id}\" can't be formatted: {}", other.to_string().to_lowercase()))
        }
        other => Some(format!("the message \"{id}\" can't be formatted: {other}")),
    }
}

/// The ids that a set of layers has for one edition: for the checks of references and translations.
pub fn defined<'f>(
    files: &[&'f FluentFile],
    brand: &str,
    locale: &Locale,
    source: &Locale,
) -> BTreeMap<&'f str, &'f FluentFile> {
    let mut all = BTreeMap::new();
    for (_, file) in ranked(files, brand, locale, source) {
        for entry in &file.entries {
            all.insert(entry.id.as_str(), file);
        }
    }
    all
}
