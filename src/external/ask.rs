//! One address asked: HEAD, GET where that isn't taken, again after a while where it may help.
//!
//! Not here: which addresses, and what is kept (`external`).

use std::thread::sleep;

use ureq::{Agent, Error};

use super::Patience;

/// Asks with one set of connections.
pub struct Asker {
    agent: Agent,
    patience: Patience,
}

/// Why an address is no good.
pub struct Broken {
    /// Goes on from the address: "answers 404 Not Found".
    pub what: String,
    /// The cure.
    pub help: &'static str,
}

/// How one try ended.
enum Answer {
    Good,
    /// It won't get better.
    Bad(Broken),
    /// It may be better in a moment.
    Later(Broken),
}

const GONE: &str = "look for where it is now, and write that address";
const DOWN: &str = "try it in a browser: if it is down for long, take the link out";

impl Asker {
    /// Nothing asked yet.
    pub fn new(patience: Patience) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(patience.timeout))
            .max_redirects(10)
            .http_status_as_error(false)
            .user_agent(concat!("etape/", env!("CARGO_PKG_VERSION"), " (checks links)"))
            .build();
        Self { agent: config.into(), patience }
    }

    /// Asks until there is an answer that counts.
    pub fn ask(&self, url: &str) -> Result<(), Broken> {
        let mut wait = self.patience.wait;
        for _ in 1..self.patience.tries {
            match self.once(url) {
                Answer::Good => return Ok(()),
                Answer::Bad(broken) => return Err(broken),
                Answer::Later(_) => sleep(wait),
            }
            wait *= 2;
        }
        match self.once(url) {
            Answer::Good => Ok(()),
            Answer::Bad(broken) | Answer::Later(broken) => Err(broken),
        }
    }

    fn once(&self, url: &str) -> Answer {
        let head = self.agent.head(url).call().map(|answer| answer.status());
        let status = match head {
            // it doesn't know HEAD; a page's text isn't read
            Ok(status) if matches!(status.as_u16(), 405 | 501) => {
                self.agent.get(url).call().map(|answer| answer.status())
            }
            other => other,
        };
        match status {
            Ok(status) => judge(status.as_u16(), status.canonical_reason().unwrap_or_default()),
            Err(error) => explain(&error),
        }
    }
}

/// What an answer's status says about the link.
fn judge(status: u16, reason: &str) -> Answer {
    let broken = |help| Broken { what: format!("answers {status} {reason}").trim_end().to_owned(), help };
    match status {
        // it is there, but not for us: behind a login, or it doesn't like to be asked by programs
        401 | 402 | 403 | 407 | 429 | 451 | 999 => Answer::Good,
        400..=499 => Answer::Bad(broken(GONE)),
        500..=599 => Answer::Later(broken(DOWN)),
        _ => Answer::Good,
    }
}

fn explain(error: &Error) -> Answer {
    let broken = |what: &str, help| Broken { what: what.to_owned(), help };
    match error {
        Error::HostNotFound => {
            Answer::Later(broken("has a host that doesn't exist", "look for a mistyped letter in it"))
        }
        Error::BadUri(_) | Error::Http(_) => {
            Answer::Bad(broken("is no address", "write it whole: https://example.com/page"))
        }
        Error::TooManyRedirects => Answer::Bad(broken("leads in a circle", GONE)),
        Error::Timeout(_) => Answer::Later(broken("doesn't answer", DOWN)),
        Error::ConnectionFailed => Answer::Later(broken("can't be reached", DOWN)),
        Error::Io(error) => Answer::Later(broken(&format!("can't be reached: {error}"), DOWN)),
        other => Answer::Later(broken(&format!("can't be reached: {other}"), DOWN)),
    }
}
