//! What happens to characters: armour for values, holes for words, typography, HTML safety, JSON,
//! percent signs, plain text, QR codes, differences.
//!
//! Leaves of the tree: pure functions on strings that import nothing of Étape.

pub mod armour;
pub mod data_uri;
pub mod difference;
pub mod holes;
pub mod html;
pub mod json;
pub mod percent;
pub mod plain;
pub mod qr;
mod stops;
pub mod typography;
