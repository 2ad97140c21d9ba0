//! Parsed sources and an edition in, a guide out: variants, numbers, links, terms.
//!
//! After this, nobody asks which brand or locale rule applied.

pub mod addresses;
pub mod assets;
pub mod expand;
mod first_screen;
pub mod front;
pub mod link;
pub mod messages;
pub mod names;
pub mod outline;
mod shapes;
pub mod simple;
mod spans;
mod tera_words;
pub mod terms;
pub mod text;
pub mod values;
