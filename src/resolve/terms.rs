//! The functions that texts and templates may call: `t` and `asset`.
//!
//! A Tera function is made once for all editions, so it finds the edition it works for in the thread: `within`
//! says which one that is while something is rendered. Nothing else of the program is kept in a thread.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use tera::{Kwargs, State, Tera, Value};

use super::messages::{Argument, MessageError, Messages, Origin};
use crate::model::label::Label;

thread_local! {
    static CURRENT: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

struct Scope {
    messages: Arc<Messages>,
    /// Messages without arguments, formatted once for all pages of the edition.
    formatted: HashMap<String, Value>,
    /// Put marks around strings in another language: templates' pages turn them into elements.
    marks: bool,
    /// There was one since `take_marked`.
    is_marked: bool,
    /// What `t` has been asked for, if somebody wants to know.
    asked: Option<Vec<Asked>>,
}

/// A message that a template has asked for, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    id: String,
    given: Vec<(String, Argument<'static>)>,
    text: String,
    /// What it comes from, if the edition's own language says it.
    origin: Option<Origin>,
}

/// Before the language of a string that isn't in the edition's. No text has these three: they are private to us.
pub const BEGIN: char = '\u{10F000}';
/// Between the language and the string.
pub const BETWEEN: char = '\u{10F001}';
/// Behind the string.
pub const END: char = '\u{10F002}';

/// Does some work with an edition's messages at hand. The work stays on this thread.
pub fn within<R>(messages: &Arc<Messages>, work: impl FnOnce() -> R) -> R {
    scoped(messages, false, work)
}

/// The same for templates: strings that fall back to another language carry marks (`BEGIN`).
pub fn within_templates<R>(messages: &Arc<Messages>, work: impl FnOnce() -> R) -> R {
    scoped(messages, true, work)
}

/// A label for a template: with marks, if it falls back to another language.
pub fn marked(label: &Label) -> String {
    match &label.lang {
        Some(language) => {
            CURRENT.with_borrow_mut(|scope| scope.iter_mut().for_each(|scope| scope.is_marked = true));
            mark(language, &label.text)
        }
        None => label.text.clone(),
    }
}

fn mark(language: &str, text: &str) -> String {
    format!("{BEGIN}{language}{BETWEEN}{text}{END}")
}

/// Has a mark been put since this was asked last?
pub fn take_marked() -> bool {
    CURRENT.with_borrow_mut(|scope| scope.as_mut().is_some_and(|scope| std::mem::take(&mut scope.is_marked)))
}

fn scoped<R>(messages: &Arc<Messages>, marks: bool, work: impl FnOnce() -> R) -> R {
    let scope = Scope { messages: messages.clone(), formatted: HashMap::new(), marks, is_marked: false, asked: None };
    let before = CURRENT.replace(Some(scope));
    let result = work();
    CURRENT.replace(before);
    result
}

/// Begins the message of an error that says more than Tera can: the kind and the name follow, parted by `:`.
const MARK: char = '\u{1}';

/// An error of `t` or `asset`, as it comes back through Tera.
#[derive(Debug, PartialEq)]
pub enum TermError {
    /// No locale has this message.
    Missing(String),
    /// The message can't be formatted: why.
    Invalid(String),
    /// The theme has no such file.
    NoFile(String),
}

impl TermError {
    fn into_tera(self) -> tera::Error {
        let (kind, text) = match self {
            Self::Missing(id) => ("missing", id),
            Self::Invalid(why) => ("invalid", why),
            Self::NoFile(name) => ("file", name),
        };
        tera::Error::message(format!("{MARK}{kind}:{text}"))
    }

    /// Reads an error's message, if it is one of ours.
    pub fn read(message: &str) -> Option<Self> {
        let (kind, text) = message.strip_prefix(MARK)?.split_once(':')?;
        match kind {
            "missing" => Some(Self::Missing(text.to_owned())),
            "invalid" => Some(Self::Invalid(text.to_owned())),
            "file" => Some(Self::NoFile(text.to_owned())),
            _ => None,
        }
    }
}

/// Makes `t` and `asset` known to a Tera.
pub fn register(tera: &mut Tera) {
    tera.register_function("t", term);
    tera.register_function("asset", asset);
    tera.register_function("range", range);
}

/// The names of the functions that a text may call.
pub const FUNCTIONS: &[&str] = &["t", "asset", "range", "throw", "super"];

fn term(arguments: Kwargs, _: &State) -> tera::TeraResult<Value> {
    let id = arguments.must_get::<&str>("id")?;
    CURRENT.with_borrow_mut(|scope| {
        let Some(scope) = scope else { return Err(tera::Error::message("t() is called outside of an edition")) };
        let mut given = Vec::new();
        for (name, value) in arguments.iter() {
            let name = name.as_str().unwrap_or_default();
            if name != "id" {
                given.push((name, argument(value)));
            }
        }
        let value = scope.say(id, &given).map_err(TermError::into_tera)?;
        if let Some(asked) = &mut scope.asked {
            let origin = scope.messages.own_origin(id).filter(|_| scope.messages.says_itself(id, &given));
            let given = given.into_iter().map(|(name, argument)| (name.to_owned(), argument)).collect();
            let text = value.as_str().unwrap_or_default().to_owned();
            asked.push(Asked { id: id.to_owned(), given, text, origin });
        }
        Ok(value)
    })
}

/// A message without arguments, as `t` gives it to a text; none if it can't.
pub fn message(id: &str) -> Option<Value> {
    CURRENT.with_borrow_mut(|scope| scope.as_mut()?.say(id, &[]).ok())
}

impl Scope {
    /// A message, as templates get it.
    fn say(&mut self, id: &str, given: &[(&str, Argument<'_>)]) -> Result<Value, TermError> {
        if given.is_empty()
            && let Some(value) = self.formatted.get(id)
        {
            self.is_marked |= self.marks && !self.messages.has_own(id);
            return Ok(value.clone());
        }
        let (text, lang) = self.messages.speak(id, given).map_err(|error| match error {
            MessageError::Missing => TermError::Missing(id.to_owned()),
            MessageError::Invalid(why) => TermError::Invalid(why),
        })?;
        let value = match lang.filter(|_| self.marks) {
            Some(language) => {
                self.is_marked = true;
                Value::normal_string(&mark(language, &text))
            }
            None => Value::normal_string(&text),
        };
        if given.is_empty() {
            self.formatted.insert(id.to_owned(), value.clone());
        }
        Ok(value)
    }
}

/// Does some work within an edition, and tells what its templates have asked for.
pub fn recorded<R>(work: impl FnOnce() -> R) -> (R, Vec<Asked>) {
    let record =
        |asked| CURRENT.with_borrow_mut(|scope| scope.as_mut().and_then(|s| std::mem::replace(&mut s.asked, asked)));
    let before = record(Some(Vec::new()));
    let result = work();
    (result, record(before).unwrap_or_default())
}

/// Would the edition at hand give a template the same?
pub fn says_the_same(asked: &Asked) -> bool {
    CURRENT.with_borrow_mut(|scope| {
        // nothing needs to be put together again
        if asked.origin.is_some() && scope.as_ref().and_then(|s| s.messages.own_origin(&asked.id)) == asked.origin {
            return true;
        }
        let given: Vec<_> = asked.given.iter().map(|(name, argument)| (name.as_str(), argument.clone())).collect();
        let said = scope.as_mut().and_then(|scope| scope.say(&asked.id, &given).ok());
        said.is_some_and(|value| value.as_str() == Some(&asked.text))
    })
}

/// The most that a loop may count to.
const COUNT: i64 = 200;

/// Tera's `range` within limits: whole numbers from `start` (0) to before `end`, by `step_by` (1).
fn range(arguments: Kwargs, _: &State) -> tera::TeraResult<Vec<i64>> {
    let start = arguments.get::<i64>("start")?.unwrap_or(0);
    let end = arguments.must_get::<i64>("end")?;
    let step = arguments.get::<i64>("step_by")?.unwrap_or(1);
    if step < 1 || end.saturating_sub(start) / step.max(1) > COUNT {
        return Err(tera::Error::message(format!("range counts upwards, {COUNT} numbers at most")));
    }
    Ok((start..end).step_by(usize::try_from(step).unwrap_or(1)).collect())
}

fn argument(value: &Value) -> Argument<'static> {
    match value.as_f64() {
        Some(number) if !value.is_string() => Argument::Number(number),
        _ => Argument::Text(value.as_str().map_or_else(|| value.to_string(), str::to_owned).into()),
    }
}

/// The address of a file of the theme, from the page that is rendered.
fn asset(arguments: Kwargs, state: &State) -> tera::TeraResult<Value> {
    let path = arguments.must_get::<&str>("path")?;
    let all: Option<Value> = state.get("assets")?;
    let found = all.as_ref().and_then(Value::as_map).and_then(|map| map.get(&tera::value::Key::Str(path)));
    found.cloned().ok_or_else(|| TermError::NoFile(path.to_owned()).into_tera())
}
