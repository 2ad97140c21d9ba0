//! Plain data that every phase speaks of: the site, its brands and locales, variants, guides and pages.
//!
//! Not here: reading, deciding, rendering. These types know nothing of files on a disk or of templates.

pub mod body;
pub mod colors;
pub mod figure;
pub mod guide;
pub mod label;
pub mod locale;
pub mod media;
pub mod site;
pub mod variant;
pub mod weight;
