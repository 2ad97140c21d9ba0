//! What the targets share with the tests of hostile input: a small site, and what must hold of all that is built from it.

#[path = "../../tests/hostile/page.rs"]
mod page;
#[path = "../../tests/hostile/site.rs"]
pub mod site;
