//! Files of a theme as they are published: an SVG made safe, the others as they are.
//!
//! Not here: screens, which `pictures` makes, and templates, style sheet and script, which aren't published as they are.

use std::sync::Arc;

use super::pictures::Pictures;
use crate::diagnostic::{Diagnostic, Place};
use crate::path::SourcePath;
use crate::screen;

/// Stands for an SVG that can't be made safe, so that what names the file isn't told as well.
const NOTHING: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";

/// The bytes of a theme's file to publish; none if it has gone meanwhile.
pub fn theme_file(pictures: &Pictures, path: &SourcePath, problems: &mut Vec<Diagnostic>) -> Option<Arc<[u8]>> {
    let bytes = pictures.plain(path).ok()?;
    if !screen::is_svg(path.file_name()) {
        return Some(bytes);
    }
    match screen::publish_svg(path.file_name(), &bytes, &[]) {
        Ok(published) => published.files.into_iter().next().map(|file| file.bytes),
        Err(problem) => {
            let told = Diagnostic::new(problem.code, Place::start_of(path), problem.message);
            problems.push(told.help(problem.help));
            Some(Arc::from(NOTHING))
        }
    }
}
