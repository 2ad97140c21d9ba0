//! The messages of one edition: which file stands over which, and formatting.
//!
//! Files add up message by message: the brand's over the shared ones, the site's over the built-in ones, and the
//! source locale's under each translation. Not here: the syntax of one file (`parse::fluent`), and the `t`
//! function that templates call (`resolve::terms`).

mod layer;
mod plain;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use fluent::resolver::ResolverError;
use fluent::resolver::errors::ReferenceKind;
use fluent::{FluentArgs, FluentError};
use fluent_syntax::ast;

pub use layer::{Common, Origin, defined};
use layer::{Found, LAST_RESORT, Layer};

use crate::model::label::Label;
use crate::model::locale::Locale;
use crate::parse::fluent::FluentFile;
use crate::text::armour;
use crate::text::typography::Typography;

/// The messages of one edition.
pub struct Messages {
    own: Layer,
    /// The source locale's, for messages that this locale lacks; none for the source locale itself.
    source: Option<Layer>,
    /// Ids of messages that couldn't be read: that has been told.
    lost: BTreeSet<String>,
    /// A whole file of messages couldn't be read, so that no id can be called missing.
    is_partial: bool,
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
    /// Lays a brand's own files over what all brands have.
    pub fn new(common: &Common, own: &[&FluentFile], is_partial: bool, locale: &Locale, source: &Locale) -> Self {
        let lost = common.lost.iter().chain(own.iter().flat_map(|file| &file.lost)).cloned().collect();
        let layer = |locale| Layer::new(common, own, locale, source);
        let under = (locale.id != source.id).then(|| layer(source));
        Self { own: layer(locale), source: under, lost, is_partial }
    }

    /// How this locale sets its prose.
    pub fn typography(&self) -> &Typography {
        &self.own.typography
    }

    /// May this id be missing only because its file couldn't be read?
    pub fn may_be_lost(&self, id: &str) -> bool {
        self.is_partial || self.lost.contains(id)
    }

    /// The ids that may be asked for, for suggestions.
    pub fn ids(&self) -> BTreeSet<&str> {
        self.own.own_ids().chain(self.source.iter().flat_map(Layer::own_ids)).collect()
    }

    /// Does this locale itself have the message?
    pub fn has_own(&self, id: &str) -> bool {
        self.own.has_own(id)
    }

    /// The language that a message falls back to; none if this locale itself has it.
    pub fn other_language(&self, id: &str) -> Option<&str> {
        match &self.source {
            _ if self.has_own(id) => None,
            Some(source) if source.has_own(id) => Some(&source.locale.id),
            _ => Some(LAST_RESORT),
        }
    }

    /// A message without arguments, if this locale itself has it.
    pub fn own_text(&self, id: &str) -> Option<String> {
        self.has_own(id).then(|| self.format(id, &[]).ok()).flatten()
    }

    /// What a message comes from, if this locale itself has it: with the same arguments, messages of one id say the same
    /// in all editions where they come from the same.
    pub fn own_origin(&self, id: &str) -> Option<Origin> {
        self.own.find(id).filter(Found::is_own)?.origin()
    }

    /// Can this locale's own message be formatted with these arguments, so that no other stands in for it?
    pub fn says_itself(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> bool {
        self.own.find(id).filter(Found::is_own).is_some_and(|found| found.format(id, arguments).is_ok())
    }

    /// Formats a message as prose of its language; `arguments` are text or numbers.
    pub fn format(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> Result<String, MessageError> {
        match self.find(id) {
            Some(found) => self.format_found(&found, id, arguments),
            None if self.may_be_lost(id) => Ok(String::new()),
            None => Err(MessageError::Missing),
        }
    }

    /// The same with the language that the message falls back to, if it does.
    pub fn speak(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> Result<(String, Option<&str>), MessageError> {
        let own = self.own.find(id).filter(Found::is_own);
        match own {
            Some(found) => Ok((self.format_found(&found, id, arguments)?, None)),
            None => Ok((self.format(id, arguments)?, self.other_language(id))),
        }
    }

    fn format_found(
        &self,
        found: &Found<'_>,
        id: &str,
        arguments: &[(&str, Argument<'_>)],
    ) -> Result<String, MessageError> {
        if found.pattern.is_none() {
            return Err(MessageError::Invalid(format!("the message \"{id}\" has no text of its own")));
        }
        match (found.format(id, arguments), &self.source) {
            // a translation that takes other arguments is told as such; the source locale's text stands in
            (Err(error @ MessageError::Invalid(_)), Some(source)) => {
                source.find(id).map_or(Err(error), |found| found.format(id, arguments))
            }
            (result, _) => result,
        }
    }

    /// Where a message stands: in this locale, or in what lies under it.
    fn find(&self, id: &str) -> Option<Found<'_>> {
        let found = self.own.find(id);
        match &self.source {
            Some(source) if !found.is_some_and(|found| found.is_own()) && !self.has_own(id) => {
                source.find(id).or(found)
            }
            _ => found,
        }
    }

    /// A string of the interface, some with a `$number`, and its language if it falls back to another one. The id stands
    /// for one that can't be formatted: why is told elsewhere.
    pub fn label(&self, id: &str, number: Option<usize>) -> Label {
        let number = number.map(|number| ("number", Argument::Number(number as f64)));
        match self.speak(id, number.as_slice()) {
            Ok((text, lang)) => Label { text, lang: lang.map(Arc::from) },
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

impl Found<'_> {
    /// Formats the message, whatever its layer lacks.
    fn format(&self, id: &str, arguments: &[(&str, Argument<'_>)]) -> Result<String, MessageError> {
        let pattern = self.pattern.ok_or(MessageError::Missing)?;
        let formatted = match plain::write(pattern, arguments) {
            Some(text) => text,
            None => self.by_fluent(id, pattern, arguments)?,
        };
        let mut set = String::with_capacity(formatted.len() + 8);
        self.layer().typography.apply(&formatted, None, None, &mut set);
        Ok(armour::stripped(set))
    }

    fn by_fluent<'f>(
        &'f self,
        id: &str,
        pattern: &'f ast::Pattern<&'f str>,
        arguments: &[(&str, Argument<'_>)],
    ) -> Result<Cow<'f, str>, MessageError> {
        let mut fluent = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            match argument {
                // armour keeps a value as it was typed while the message around it is set as prose
                Argument::Text(text) => fluent.set(*name, armour::armour(text)),
                Argument::Number(number) => fluent.set(*name, *number),
            }
        }
        let mut errors = Vec::new();
        let formatted = self.bundle().format_pattern(pattern, Some(&fluent), &mut errors);
        match errors.iter().find_map(|error| describe(id, error)) {
            Some(why) => Err(MessageError::Invalid(why)),
            None => Ok(formatted),
        }
    }
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
