//! The preview, from outside: a site on the disk, the program, its sockets; and the builder that it keeps.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "these are tests, their helpers too")]

mod builder;
mod gate;
mod http;
mod preview;
mod watch;
