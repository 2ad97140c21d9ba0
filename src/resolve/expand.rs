//! Placeholders expanded: a text and an edition's values in, Markdown out, values in armour.
//!
//! Here: running Tera, telling its errors in the author's own lines, and going on behind a mistake so that the
//! next one is told too. Not here: what the values are (`resolve::context`), and Markdown.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use tera::{Context, Delimiters, ErrorKind, Tera};

use super::messages::Messages;
use super::names::{self, BadName};
use super::simple::{Shape, Simple};
use super::spans::Spans;
use super::tera_words;
use super::terms::{self, TermError};
use crate::diagnostic::{Code, nearest};
use crate::parse::origin::{self, Origin};
use crate::parse::tags::{self, Mentions};
use crate::text::armour;

/// The most that one text may expand to, in bytes.
const LIMIT: usize = 8 << 20;

/// How many mistakes of one text are told in one run.
const PATIENCE: usize = 50;

/// Expands texts, all in the same way.
pub struct Engine {
    tera: Tera,
}

/// A text that several editions share, compiled once.
pub enum Compiled {
    /// It only prints.
    Simple(Simple),
    /// It asks for more.
    Template(Box<Tera>),
}

/// The name of the only template of a compiled text.
const TEXT: &str = "text";

/// A text with its placeholders expanded.
pub struct Expanded<'t> {
    /// Markdown, values in armour.
    pub text: Cow<'t, str>,
    /// It could be expanded; if not, the text is empty.
    pub is_whole: bool,
    /// The author's text, with tags that can't be expanded blanked out; offsets are the same.
    template: Cow<'t, str>,
}

impl<'t> Expanded<'t> {
    /// A text with holes, of which nothing has to be found again in the author's.
    pub fn shaped(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), is_whole: true, template: Cow::Borrowed(text) }
    }

    fn nothing() -> Self {
        Self { text: Cow::Borrowed(""), is_whole: false, template: Cow::Borrowed("") }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// With nothing compiled yet.
    pub fn new() -> Self {
        let mut tera = Tera::new();
        // a comment's delimiters must not take `{#id}` from Markdown; a text has no use for comments of Tera's
        let delimiters = Delimiters {
            comment_start: "\u{1}\u{2}".into(),
            comment_end: "\u{2}\u{1}".into(),
            ..Delimiters::default()
        };
        // can't fail before the first template, with delimiters of two bytes
        let _ = tera.set_delimiters(delimiters);
        tera.autoescape_on([""]);
        tera.set_escape_fn(armour::write);
        terms::register(&mut tera);
        Self { tera }
    }

    /// Compiles a text. None for one that can't be compiled, which is told when it is expanded.
    pub fn compile(&self, text: &str) -> Option<Compiled> {
        if let Some(simple) = Simple::new(text) {
            return Some(Compiled::Simple(simple));
        }
        if is_told_with_names(text) {
            return None;
        }
        let mut tera = self.tera.clone();
        tera.add_raw_template(TEXT, text).ok().map(|()| Compiled::Template(Box::new(tera)))
    }

    /// Expands a text; `compiled` is the same one, if it was compiled before, `bad` are tags that are known to be wrong.
    pub fn expand<'t>(
        &self,
        compiled: Option<&Compiled>,
        text: &'t str,
        bad: &[Range<usize>],
        context: &Context,
        messages: &Messages,
    ) -> (Expanded<'t>, Vec<BadName>) {
        // the placeholders of a text that is compiled are within limits
        if compiled.is_none() && !tags::has_tags(text) {
            return (Expanded { text: Cow::Borrowed(text), is_whole: true, template: Cow::Borrowed(text) }, Vec::new());
        }
        let mut template = Cow::Borrowed(text);
        let mut problems = Vec::new();
        if bad.is_empty()
            && let Some(expanded) = expand_simply(compiled, text, context)
        {
            return (Expanded { text: expanded.into(), is_whole: true, template }, problems);
        }
        if compiled.is_none() && is_told_with_names(text) {
            return (Expanded::nothing(), problems);
        }
        if !bad.is_empty() {
            let all = tags::tags(text);
            let bad = Spans::of(bad.to_vec());
            let wrong: Vec<_> = all.iter().filter(|tag| bad.overlap(&tag.span)).collect();
            if wrong.iter().any(|tag| !tag.is_output) {
                return (Expanded::nothing(), problems);
            }
            template = blank(text, wrong.iter().map(|tag| tag.span.clone())).into();
        }
        for _ in 0..PATIENCE {
            let compiled = compiled.filter(|_| matches!(template, Cow::Borrowed(_)));
            match self.run(compiled, &template, context) {
                Ok(expanded) => return (Expanded { text: expanded.into(), is_whole: true, template }, problems),
                Err(error) => {
                    let (problem, tag) = explain(&error, &template, context, messages);
                    problems.push(problem);
                    match tag {
                        Some(tag) => template = blank(&template, std::iter::once(tag)).into(),
                        None => break,
                    }
                }
            }
        }
        (Expanded::nothing(), problems)
    }

    fn run(&self, compiled: Option<&Compiled>, template: &str, context: &Context) -> tera::TeraResult<String> {
        if let Some(expanded) = expand_simply(compiled, template, context) {
            return Ok(expanded);
        }
        let mut out = Limited { bytes: Vec::with_capacity(template.len() + template.len() / 4) };
        match compiled {
            Some(Compiled::Template(tera)) => tera.render_to(TEXT, context, &mut out)?,
            _ => self.tera.render_str_to(template, context, true, &mut out)?,
        }
        Ok(String::from_utf8(out.bytes)?)
    }

    /// The way back from the expanded text to the author's.
    pub fn origin(&self, expanded: &Expanded<'_>, context: &Context) -> Origin {
        if !tags::has_tags(&expanded.template) {
            return Origin::default();
        }
        let marked = self.run(None, &origin::instrument(&expanded.template), context).unwrap_or_default();
        origin::origin(&expanded.template, &marked).1
    }
}

impl Compiled {
    /// A text that only prints; none if it asks for more, or has nothing to print.
    pub fn simple(text: &str) -> Option<Self> {
        if tags::has_tags(text) { Simple::new(text).map(Self::Simple) } else { None }
    }

    /// What its placeholders speak of, if it only prints.
    pub fn mentions<'t>(&self, text: &'t str) -> Option<Mentions<'t>> {
        match self {
            Self::Simple(simple) => Some(simple.mentions(text)),
            Self::Template(_) => None,
        }
    }

    /// The text with holes for the words of its values, if whatever words they are makes no difference to it.
    pub fn shape(&self, text: &str, context: &Context) -> Option<Shape> {
        match self {
            Self::Simple(simple) => simple.shape(text, context, LIMIT),
            Self::Template(_) => None,
        }
    }
}

/// Expands a text whose placeholders only print.
fn expand_simply(compiled: Option<&Compiled>, text: &str, context: &Context) -> Option<String> {
    match compiled {
        Some(Compiled::Simple(simple)) => simple.expand(text, context, LIMIT),
        Some(Compiled::Template(_)) => None,
        None => Simple::new(text)?.expand(text, context, LIMIT),
    }
}

/// Is a placeholder not closed, or beyond the limits? That is told with the names, where it begins.
fn is_told_with_names(text: &str) -> bool {
    tags::unclosed(text).is_some() || tags::beyond_limits(text).is_some()
}

/// Collects what Tera writes, up to the limit.
struct Limited {
    bytes: Vec<u8>,
}

impl Write for Limited {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + part.len() > LIMIT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // Tera asks its escape function about strings alone, and a number could open a list too
        if part.len() < 10 && !part.is_empty() && part.iter().all(u8::is_ascii_digit) {
            armour::write(str::from_utf8(part).unwrap_or_default(), &mut self.bytes)?;
        } else {
            self.bytes.extend_from_slice(part);
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// The text with some stretches replaced by as many spaces.
fn blank(text: &str, spans: impl Iterator<Item = Range<usize>>) -> String {
    let mut out = text.to_owned();
    for span in spans {
        let spaces = " ".repeat(span.len());
        out.replace_range(span, &spaces);
    }
    out
}

/// What an error of Tera's means for the author, and the tag to leave out so that the rest can be tried.
pub fn explain(
    error: &tera::Error,
    template: &str,
    context: &Context,
    messages: &Messages,
) -> (BadName, Option<Range<usize>>) {
    match error.kind() {
        ErrorKind::RenderingError(report) => {
            let span = clamp(template, report.span().range.clone());
            let tag = tags::tags(template)
                .into_iter()
                .find(|tag| overlaps(&tag.span, &(span.start..span.end.max(span.start + 1))));
            let skip = tag.filter(|tag| tag.is_output).map(|tag| tag.span);
            let problem = match TermError::read(report.message()) {
                Some(error) => term_problem(&error, template, &span, messages),
                None => names::lacking(template, &span, context)
                    .or_else(|| names::no_field(report.message(), template, &span))
                    .unwrap_or_else(|| invalid(report.message(), span)),
            };
            (problem, skip)
        }
        ErrorKind::SyntaxError(report) => {
            (syntax_problem(report.message(), template, clamp(template, report.span().range.clone())), None)
        }
        ErrorKind::Io(io::ErrorKind::FileTooLarge) => {
            let problem = BadName {
                span: 0..0,
                message: "the text expands to more than 8 MiB".to_owned(),
                help: Some("shorten its loops".to_owned()),
                code: Code::TextTooLarge,
            };
            (problem, None)
        }
        ErrorKind::Msg(report) => (from_report(report, template), None),
        other => (invalid(&other.to_string(), 0..0), None),
    }
}

/// A mistake in the grammar of placeholders, told where the author can mend it.
pub fn syntax_problem(message: &str, template: &str, span: Range<usize>) -> BadName {
    let mut problem = invalid(message, span.clone());
    let all = tags::tags(template);
    let word = |tag: &tags::Tag| template[tag.inner.clone()].split_whitespace().next().unwrap_or_default().to_owned();
    // where the text ends with a tag, Tera points into that one
    let is_cut = message.eq_ignore_ascii_case("unexpected end of input") || message.ends_with("end of raw block");
    let stretch = span.start..span.end.max(span.start + 1);
    let here = all.iter().find(|tag| !is_cut && overlaps(&tag.span, &stretch));
    let here_word = here.filter(|tag| !tag.is_output).map(word).unwrap_or_default();
    let opens = ["if", "for", "set", "filter", "raw", "block", "component"];
    // the tags that are open before a stretch of the text
    let open_before = |end: usize| {
        let mut open: Vec<&tags::Tag> = Vec::new();
        for tag in all.iter().filter(|tag| !tag.is_output && tag.span.end <= end) {
            let word = word(tag);
            if word.starts_with("end") {
                open.pop();
            } else if opens.contains(&word.as_str()) {
                open.push(tag);
            }
        }
        open
    };
    // `{% endblock %}` while an `if` of the block is open
    let between = here.zip(here_word.strip_prefix("end")).and_then(|(tag, closes)| {
        let open = open_before(tag.span.start);
        open.last().copied().filter(|last| word(last) != closes && open.iter().any(|tag| word(tag) == closes))
    });
    let inner = here.map_or("", |tag| template[tag.inner.clone()].trim());
    let cure = if inner.is_empty() && here.is_some() {
        problem.message = "an empty placeholder".to_owned();
        problem.span = here.map_or(span, |tag| tag.span.clone());
        "name a value in it, such as {{ brand.name }}, or take it out".to_owned()
    } else if message.starts_with("Found `=`") || message.starts_with("Found =") {
        problem.message = "one `=` compares nothing".to_owned();
        "two values are compared with ==".to_owned()
    } else if inner.starts_with("t(\"") || inner.starts_with("t('") {
        problem.message = "an argument without its name".to_owned();
        "name the message by its id: t(id=\"…\")".to_owned()
    } else if here_word == "comment" {
        "a note for writers is written <!-- … -->".to_owned()
    } else if matches!(here_word.as_str(), "else" | "elif") && message.starts_with("Unknown tag") {
        problem.message = format!("no \"if\" is open for this \"{here_word}\"");
        "open one with {% if … %}, or take this out".to_owned()
    } else if let Some(tag) = between {
        let word = word(tag);
        problem.span = tag.span.clone();
        problem.message = format!("this \"{word}\" isn't closed");
        format!("write {{% end{word} %}} before {{% {here_word} %}}")
    } else if let Some(near) =
        nearest(&here_word, opens.into_iter().chain(["elif", "else", "endif", "endfor", "include", "extends"]))
            .filter(|near| *near != here_word && message.starts_with("Unknown tag"))
    {
        format!("did you mean \"{near}\"?")
    } else if here.is_some_and(|tag| template[tag.inner.clone()].trim().starts_with("else if")) {
        problem.message = "\"else if\" is written as one word".to_owned();
        "write {% elif … %}".to_owned()
    } else if let Some(open) = here_word.strip_prefix("end").filter(|open| opens.contains(open)) {
        problem.message = format!("nothing is open for this \"{here_word}\"");
        format!("open it with {{% {open} … %}}, or take this one out")
    } else if is_cut || here.is_none() && span.end >= template.trim_end().len() {
        // the end of the file is where Tera notices; what isn't closed is where to look
        match open_before(template.len()).last() {
            Some(tag) => {
                let word = word(tag);
                problem.span = tag.span.clone();
                problem.message = format!("this \"{word}\" isn't closed");
                format!("write {{% end{word} %}} behind it")
            }
            None => "look for a placeholder that isn't closed".to_owned(),
        }
    } else {
        return problem;
    };
    problem.help = Some(cure);
    problem
}

fn term_problem(error: &TermError, template: &str, span: &Range<usize>, messages: &Messages) -> BadName {
    let quoted = |name: &str| {
        let found = template[span.clone()].find(name).map(|at| span.start + at..span.start + at + name.len());
        found.unwrap_or_else(|| span.clone())
    };
    match error {
        TermError::Missing(id) => BadName {
            span: quoted(id),
            message: format!("no message \"{id}\""),
            help: Some(match nearest(id, messages.ids()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "write it in a file of locales/".to_owned(),
            }),
            code: Code::MessageMissing,
        },
        TermError::Invalid(why) => BadName {
            span: span.clone(),
            message: why.clone(),
            help: Some(match why.rsplit_once("the argument \"") {
                Some((_, name)) => format!("give it: {{{{ t(id=\"…\", {}=…) }}}}", name.trim_end_matches('"')),
                None => "mend the message in its file of locales/".to_owned(),
            }),
            code: Code::MessageInvalid,
        },
        TermError::NoFile(name) => BadName {
            span: quoted(name),
            message: format!("the theme has no file \"{name}\""),
            help: Some("put it into the theme's folder".to_owned()),
            code: Code::ImageMissing,
        },
    }
}

fn invalid(message: &str, span: Range<usize>) -> BadName {
    let (message, help) = tera_words::told(message);
    BadName { span, message, help: Some(help), code: Code::TemplateInvalid }
}

/// A problem from a printed report: some of Tera's errors are known only as printed reports: `error: …`, then `--> name:line:column`.
pub fn from_report(report: &str, template: &str) -> BadName {
    let message = report.lines().next().unwrap_or(report).trim_start_matches("error: ");
    let position = report.lines().nth(1).and_then(|line| {
        let mut parts = line.rsplitn(3, ':');
        let column: usize = parts.next()?.trim().parse().ok()?;
        let line: usize = parts.next()?.parse().ok()?;
        Some((line, column))
    });
    let span = position.map_or(0..0, |(line, column)| {
        let start: usize = template.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let rest = template.get(start..).unwrap_or("");
        let at = start + rest.char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
        // the whole word, or what stands in quotes
        let rest = &template[at..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.find(['"', '\n'])).map_or(0, |end| end + 2);
        at..at + word.max(quoted).max(1)
    });
    let span = clamp(template, span);
    names::unknown_word(message, span.clone()).unwrap_or_else(|| invalid(message, span))
}

/// A range as it lies within a text, on whole characters.
pub fn clamp(text: &str, mut span: Range<usize>) -> Range<usize> {
    span.start = span.start.min(text.len());
    span.end = span.end.clamp(span.start, text.len());
    while !text.is_char_boundary(span.start) {
        span.start -= 1;
    }
    while !text.is_char_boundary(span.end) {
        span.end += 1;
    }
    span
}
