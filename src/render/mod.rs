//! An edition's guides and a theme in, pages and other published files out, as bytes.
//!
//! Not here: deciding what a page says (`resolve`), publishing pictures (`screen`), writing (`output`).

pub mod context;
pub mod data;
pub mod feeds;
mod frame;
mod language;
mod mail;
pub mod pages;
mod redirect;
pub mod single;
pub mod stencil;
pub mod style;
pub mod theme;
pub mod twin;
pub mod weight;
