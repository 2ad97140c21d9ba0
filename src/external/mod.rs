//! Links that lead elsewhere, asked for one by one: `etape check --external`.
//!
//! The only place that speaks to other machines, and only when it is told to. Good answers are kept for a day; what is
//! broken is asked again each time, since somebody is about to mend it. Not here: finding the links (`pipeline`).

mod ask;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::output::Store;

/// How long and how often an address is asked.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one answer, with everything that it is redirected to.
    pub timeout: Duration,
    /// Before the second try; twice as long before each further one.
    pub wait: Duration,
    /// How often in all.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(20), wait: Duration::from_millis(500), tries: 3 }
    }
}

/// How many addresses are asked at the same time.
const AT_ONCE: usize = 8;
/// How long a good answer counts, in seconds.
const DAY: u64 = 24 * 60 * 60;

/// Asks every address once and tells the broken ones, each at its first place. `now` is in seconds since 1970.
pub fn check(links: &[(String, Place)], store: &dyn Store, now: u64, patience: Patience) -> Vec<Diagnostic> {
    let mut places: BTreeMap<String, Vec<&Place>> = BTreeMap::new();
    for (link, place) in links {
        places.entry(address(link)).or_default().push(place);
    }
    let all: Vec<(&String, &Vec<&Place>)> = places.iter().collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let asker = ask::Asker::new(patience);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(all.len()) {
            scope.spawn(|| {
                while let Some((url, places)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if is_known(url, store, now) {
                        continue;
                    }
                    match asker.ask(url) {
                        Ok(()) => {
                            // if it isn't kept, it is asked again
                            store.put(&key(url), now.to_string().as_bytes());
                        }
                        Err(why) => {
                            let problem = tell(url, &why, places);
                            found.lock().unwrap_or_else(PoisonError::into_inner).extend(problem);
                        }
                    }
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What is asked for: without the place on the page, and with a scheme.
fn address(link: &str) -> String {
    let page = link.split('#').next().unwrap_or(link);
    if page.starts_with("//") { format!("https:{page}") } else { page.to_owned() }
}

fn key(url: &str) -> blake3::Hash {
    blake3::Hasher::new_derive_key("etape external link 1").update(url.as_bytes()).finalize()
}

/// Has this address given a good answer within a day?
fn is_known(url: &str, store: &dyn Store, now: u64) -> bool {
    let asked = store.get(&key(url)).and_then(|bytes| String::from_utf8(bytes).ok()?.parse::<u64>().ok());
    asked.is_some_and(|asked| asked <= now && now - asked < DAY)
}

fn tell(url: &str, why: &ask::Broken, places: &[&Place]) -> Option<Diagnostic> {
    let first = places.first()?;
    let more = match places.len() - 1 {
        0 => String::new(),
        1 => " (and in one more place)".to_owned(),
        more => format!(" (and in {more} more places)"),
    };
    let problem = Diagnostic::new(Code::LinkBroken, (*first).clone(), format!("{url} {}{more}", why.what));
    Some(problem.help(why.help))
}
