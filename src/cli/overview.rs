//! `etape` alone: in a site, what may be done there.

use std::path::Path;

use super::terminal::Terminal;
use super::{Ending, site};
use crate::config;
use crate::model::site::Site;
use crate::source::Snapshot;

/// Says where one is and what comes next; false where there is no site.
pub fn run(root: Option<&Path>, terminal: &Terminal) -> Option<Ending> {
    let root = site::look(root)?;
    let snapshot = Snapshot::read(&root).ok()?;
    let (Some(found), _) = config::load(&snapshot) else {
        let text = format!("The site in {} can't be read:\n\n  etape check    says why\n", root.display());
        return Some(if terminal.result(&text) { Ending::Errors } else { Ending::Broken });
    };
    let text = overview(&found, guides(&snapshot), root.join("dist").exists(), &root);
    Some(if terminal.result(&text) { Ending::Done } else { Ending::Broken })
}

fn overview(found: &Site, guides: usize, is_built: bool, root: &Path) -> String {
    let mut lines = vec![
        ("serve --open", "shows the site while you write"),
        ("check", "says what is wrong, and how to mend it"),
        ("new step NAME", "adds a step; also guide, option, brand, locale"),
    ];
    if found.locales.len() > 1 {
        lines.push(("status", "says what is left to translate"));
    }
    lines.push(("build --strict", "writes the sites of all brands into dist/"));
    if is_built && cfg!(feature = "publish") {
        lines.push(("publish TARGET", "sends what has changed in dist/ to a folder or a cloud"));
    }
    let lines: String = lines.iter().map(|(command, what)| format!("  etape {command:<14}  {what}\n")).collect();
    let brands: Vec<&str> = found.brands.iter().map(|brand| &*brand.id).collect();
    let locales: Vec<&str> = found.locales.iter().map(|locale| &*locale.id).collect();
    format!(
        "{} in {}: {} for {}, in {}.\n\n{lines}\netape --help tells the rest.\n",
        found.title,
        root.display(),
        site::count(guides, "guide"),
        brands.join(", "),
        locales.join(", "),
    )
}

fn guides(snapshot: &Snapshot) -> usize {
    let mut folders: Vec<&str> = snapshot.under("content").map(|(path, _)| path.folder()).collect();
    folders.dedup();
    folders.len()
}
