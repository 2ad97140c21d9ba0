//! What is kept from build to build: results of pure functions, each found by a hash of everything it was made from.
//!
//! A build without others before or after it keeps nothing. Nothing here knows what has changed; a build with something
//! kept gives what a build without would give.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::brand::Plan;
use super::checks::{Mentioned, Spoken};
use super::outcome::Outcome;
use super::pictures::Made;
use crate::diagnostic::Diagnostic;
use crate::memo::{Memo, Round};
use crate::model::site::Site;
use crate::parse::content::ContentFile;
use crate::parse::fluent::FluentFile;
use crate::render::theme::Theme;
use crate::resolve::expand::Compiled;
use crate::resolve::messages::Messages;
use crate::resolve::text::Facts;

/// A result with what is wrong.
pub type Found<T> = Arc<(T, Vec<Diagnostic>)>;

/// What is kept from build to build.
#[derive(Default)]
pub struct Kept {
    /// None: this build is the only one.
    round: Option<AtomicU32>,
    /// site.toml and the themes' settings.
    pub site: Memo<Found<Option<Arc<Site>>>>,
    /// A content file.
    pub content: Memo<Found<Option<Arc<ContentFile>>>>,
    /// What the tags of a content file speak of.
    pub tags: Memo<Found<Spoken>>,
    /// A content file's text, compiled.
    pub compiled: Memo<Option<Arc<Compiled>>>,
    /// A Fluent file.
    pub fluent: Memo<Found<Option<Arc<FluentFile>>>>,
    /// The names of messages that a template or another file of a theme may use.
    pub mentions: Memo<Arc<Mentioned>>,
    /// Templates.
    pub themes: Memo<Found<Arc<Theme>>>,
    /// The messages of an edition.
    pub messages: Memo<Arc<Messages>>,
    /// A picture, ready to be published.
    pub pictures: Memo<Arc<Made>>,
    /// A file that is published as it is.
    pub files: Memo<Arc<[u8]>>,
    /// What is known of a brand before its pages are made.
    pub plans: Memo<Arc<Plan>>,
    /// What a page's text says to others.
    pub facts: Memo<Arc<Facts>>,
    /// What became of a page, a frame of `all.html`, an edition, a brand's own files.
    pub outcomes: Memo<Arc<Outcome>>,
    /// Checks of the site as a whole.
    pub checks: Memo<Arc<[Diagnostic]>>,
}

impl Kept {
    /// For builds after each other.
    pub fn between_builds() -> Self {
        Self { round: Some(AtomicU32::new(0)), ..Self::default() }
    }

    /// Which build it is.
    pub fn round(&self) -> Round {
        self.round.as_ref().map_or(Round::Only, |round| Round::Number(round.load(Ordering::Relaxed)))
    }

    /// A build is done: what no build has asked for in a while is forgotten, at leisure.
    pub fn next(kept: &Arc<Self>) {
        if let Some(number) = &kept.round {
            number.fetch_add(1, Ordering::Relaxed);
            let kept = kept.clone();
            rayon::spawn(move || kept.forget());
        }
    }

    fn forget(&self) {
        let round = self.round();
        self.site.forget(round);
        self.content.forget(round);
        self.tags.forget(round);
        self.compiled.forget(round);
        self.fluent.forget(round);
        self.mentions.forget(round);
        self.themes.forget(round);
        self.messages.forget(round);
        self.pictures.forget(round);
        self.files.forget(round);
        self.plans.forget(round);
        self.facts.forget(round);
        self.outcomes.forget(round);
        self.checks.forget(round);
    }
}
