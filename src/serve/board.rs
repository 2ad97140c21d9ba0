//! What there is to see now, and the events since: written by the one who builds, read by all who answer.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::built::Built;
use crate::diagnostic;

/// How many events are kept for streams that are behind.
const KEPT: usize = 64;

/// The one place that all threads of the preview share.
#[derive(Default)]
pub struct Board {
    now: Mutex<Now>,
    news: Condvar,
}

#[derive(Default)]
struct Now {
    /// The last good build; the last one at all while there is no good one.
    shown: Option<Arc<Built>>,
    /// What is wrong now, as a JSON list; empty if nothing is.
    problems: Option<Arc<str>>,
    /// The same without mere warnings.
    errors: bool,
    /// As they are sent, with their numbers.
    events: VecDeque<(u64, Arc<str>)>,
    next: u64,
    ended: bool,
}

/// What a stream sends next.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// This, as it is.
    Event(Arc<str>),
    /// Nothing has happened: a sign of life.
    Ping,
    /// The end: of the preview, or of what is kept for a stream that is too far behind.
    End,
}

/// What a build has changed.
#[derive(Debug, PartialEq)]
pub struct Change {
    /// The addresses that are new, gone or different; none if there were errors.
    pub addresses: Vec<String>,
    /// The last good state stays, since this one has errors.
    pub is_broken: bool,
}

impl Board {
    /// Takes a new build, from the one thread that builds: shows it unless it is broken, and tells all streams. Each
    /// thing is told as soon as it is known, for the writer is waiting.
    pub fn put(&self, built: &Arc<Built>) -> Change {
        let is_broken = built.is_broken();
        let before = {
            let mut now = self.lock();
            let before = now.shown.clone();
            if !is_broken || before.as_ref().is_none_or(|before| before.is_broken()) {
                now.shown = Some(built.clone());
            }
            now.errors = is_broken;
            before
        };
        self.news.notify_all();
        let mut addresses = Vec::new();
        if let Some(before) = before.filter(|_| !is_broken) {
            addresses = built.changed_since(&before);
            let changed = serde_json::to_string(&addresses).unwrap_or_default();
            self.tell(None, format!("event: reload\ndata: {{\"changed\":{changed}}}\n\n"));
        }
        match problems(built) {
            Some(problems) => self.tell(Some(problems.clone()), format!("event: problems\ndata: {problems}\n\n")),
            None => self.lock().problems = None,
        }
        Change { addresses, is_broken }
    }

    /// The build that is shown; waits for the first one, but not for ever.
    pub fn shown(&self, patience: Duration) -> Option<Arc<Built>> {
        let waits = |now: &mut Now| now.shown.is_none() && !now.ended;
        let (now, _) =
            self.news.wait_timeout_while(self.lock(), patience, waits).unwrap_or_else(PoisonError::into_inner);
        now.shown.clone()
    }

    /// A stream begins: what it sends first, and the number of the event it waits for.
    pub fn begin(&self) -> (String, u64) {
        let now = self.lock();
        let all = now.problems.as_deref().unwrap_or("[]");
        let mut first = format!("retry: 500\n\nevent: hello\ndata: {{\"problems\":{all}}}\n\n");
        if now.errors {
            first.push_str(&format!("event: problems\ndata: {all}\n\n"));
        }
        (first, now.next)
    }

    /// The event with a number, as soon as there is one.
    pub fn wait(&self, number: u64, patience: Duration) -> Next {
        let waits = |now: &mut Now| now.next <= number && !now.ended;
        let (now, _) =
            self.news.wait_timeout_while(self.lock(), patience, waits).unwrap_or_else(PoisonError::into_inner);
        if now.ended {
            return Next::End;
        }
        if now.next <= number {
            return Next::Ping;
        }
        let found = now.events.iter().find(|(own, _)| *own == number);
        found.map_or(Next::End, |(_, event)| Next::Event(event.clone()))
    }

    /// The preview ends: nobody waits any longer.
    pub fn end(&self) {
        self.lock().ended = true;
        self.news.notify_all();
    }

    /// Has it ended? Waits so long for it.
    pub fn has_ended(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut now = self.lock();
        while !now.ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (now, _) = self.news.wait_timeout(now, left).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    fn tell(&self, problems: Option<Arc<str>>, event: String) {
        let mut now = self.lock();
        if problems.is_some() {
            now.problems = problems;
        }
        let number = now.next;
        now.next += 1;
        now.events.push_back((number, event.into()));
        if now.events.len() > KEPT {
            now.events.pop_front();
        }
        drop(now);
        self.news.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The problems of a build as one line of JSON: the objects of `--format json`, each with its form for people as
/// `text`. None if there are none.
fn problems(built: &Built) -> Option<Arc<str>> {
    if built.problems().is_empty() {
        return None;
    }
    let texts = built.texts();
    let one = |problem: &diagnostic::Diagnostic| {
        let object = diagnostic::json(problem, texts.get(problem));
        let text = diagnostic::text(problem, texts.get(problem), false);
        let open = object.trim_end().strip_suffix('}').unwrap_or("{");
        format!("{open},\"text\":{}}}", serde_json::to_string(&text).unwrap_or_default())
    };
    Some(format!("[{}]", built.problems().iter().map(one).collect::<Vec<_>>().join(",")).into())
}
