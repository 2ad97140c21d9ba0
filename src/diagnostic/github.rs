//! Messages as annotations of a pull request: GitHub's workflow commands, one a line.
//!
//! Not here: finding the file's place in a repository; the path is relative to the site.

use super::{Diagnostic, Lines};

/// One message as a workflow command and a line end. Columns are left out where the stretch covers several lines,
/// since GitHub refuses them there; without a known text the annotation stands on the first line.
pub fn github(d: &Diagnostic, lines: Option<&Lines<'_>>) -> String {
    let (start, end) = d.positions(lines);
    let mut properties = format!("file={},line={}", property(d.place.file.as_str()), start.line);
    if start.line == end.line {
        properties += &format!(",col={},endLine={},endColumn={}", start.column, end.line, end.column);
    } else {
        properties += &format!(",endLine={}", end.line);
    }
    let title = property(d.code.name());
    format!("::{} {properties},title={title}::{}\n", d.severity().name(), data(&d.body()))
}

/// What follows the last `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::github;
    use crate::diagnostic::samples::{broken_link, everywhere, in_one_edition};
    use crate::diagnostic::{Code, Diagnostic, Lines, Place};
    use crate::path::SourcePath;

    #[test]
    fn commands_are_escaped_as_github_reads_them() {
        let (link, source) = broken_link();
        let odd = SourcePath::new("content/a,b: 100%.md");
        let odd = Diagnostic::new(Code::LinkBroken, Place::new(&odd, 0..4), "50 %\r\n::error::");
        for (d, source, line) in [
            (
                link,
                Some(source),
                "::error file=content/mfa/04-accept.fr.md,line=2,col=18,endLine=2,endColumn=27,\
                 title=link-broken::no step or page \"3-code.md\" in guide \"mfa\"%0Adid you mean \"03-code.md\"?",
            ),
            (
                in_one_edition(),
                Some("é\r\n# Code"),
                "::warning file=content/mfa/03-code.fr.md,line=2,col=1,endLine=2,endColumn=2,\
                 title=heading-skipped::a heading%0Abelow%0Ain auvenir, fr",
            ),
            (
                everywhere(),
                None,
                "::error file=site.toml,line=1,col=1,endLine=1,endColumn=1,\
                 title=config-invalid::site.toml lists no locale%0Aadd a line: locales = [\"fr\"]",
            ),
            (
                odd,
                Some("a\nb\nc"),
                "::error file=content/a%2Cb%3A 100%25.md,line=1,endLine=3,\
                 title=link-broken::50 %25%0D%0A::error::",
            ),
        ] {
            assert_eq!(github(&d, source.map(Lines::new).as_ref()), format!("{line}\n"));
        }
    }
}
