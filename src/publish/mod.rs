//! What a build has made, sent to where it is read: a folder, S3, Azure Blob Storage or Google Cloud Storage.
//!
//! Only what has changed is sent, by the manifest of what is there. The order keeps readers safe: what pages need, then
//! pages, and what has gone last, so that whoever comes in between meets whole pages of the old site or of the new one.
//! Not here: what a build makes (`output`), the environment and printing (`cli`). The only runtime of futures in the
//! project is here.

mod http;
mod ledger;
mod plan;
mod send;
mod target;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Runtime;

pub use plan::Plan;
pub use target::Target;

use crate::output::{Built, OutputError};
use ledger::Ledger;

/// How long to go on when a target doesn't answer as it should.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often one request is tried again.
    pub tries: usize,
    /// The first wait between two tries; each is about twice as long as the one before.
    pub wait: Duration,
    /// How long one request may take, beside a second for every 20 kB that it sends.
    pub request: Duration,
    /// After how long one request isn't tried again.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 40,
            wait: Duration::from_millis(200),
            request: Duration::from_secs(30),
            total: Duration::from_secs(60),
        }
    }
}

/// Why something can't be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The target, or what the environment says about it, can't be worked with.
    #[error("{0}")]
    Target(String),
    /// Something is there that wasn't published by etape.
    #[error("{target}/{path} wasn't published by etape: choose another target, or move it away")]
    Foreign {
        /// Where.
        target: String,
        /// The first such file.
        path: String,
    },
    /// dist/ can't be read, or isn't what its manifest says.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The target didn't take something, or didn't tell.
    #[error("can't {doing} {path}: {why}")]
    Store {
        /// A verb: `send`, `delete`, `read`.
        doing: &'static str,
        /// The file, relative to the target.
        path: String,
        /// In one line, without secrets.
        why: String,
    },
    /// This machine couldn't begin.
    #[error("can't start sending: {0}")]
    Start(#[from] std::io::Error),
}

/// Told while files are sent; from one thread.
pub trait Progress {
    /// So many bytes more are there.
    fn sent(&mut self, bytes: u64);
}

/// A target with what is to be done there.
pub struct Prepared<'b> {
    runtime: Runtime,
    store: target::Store,
    built: &'b Built,
    ledgers: BTreeMap<String, Ledger>,
    /// What is to be done.
    pub plan: Plan,
}

/// Looks at the target and finds out what is to be done for these brands. Nothing is changed.
pub fn prepare<'b>(
    target: &Target,
    built: &'b Built,
    brands: &[String],
    patience: Patience,
) -> Result<Prepared<'b>, PublishError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    // a target that doesn't answer at all is most often another one than was meant
    let asked = target.open(Patience { tries: patience.tries.min(5), ..patience })?;
    let store = target.open(patience)?;
    let mut plan = Plan::default();
    let mut ledgers = BTreeMap::new();
    for brand in brands {
        let (ledger, there) = runtime.block_on(look(&asked, brand))?;
        if ledger.is_none()
            && let Some(path) = plan::foreign(built, brand, &there)
        {
            return Err(PublishError::Foreign { target: store.shown.clone(), path });
        }
        let ledger = ledger.unwrap_or_default();
        plan.add(built, brand, &ledger, &there);
        ledgers.insert(brand.clone(), ledger);
    }
    Ok(Prepared { runtime, store, built, ledgers, plan })
}

impl Prepared<'_> {
    /// Does what is planned. After an error, the same again goes on where this stopped.
    pub fn carry_out(mut self, progress: &mut dyn Progress) -> Result<(), PublishError> {
        let work = send::all(&self.store, self.built, &self.plan, &mut self.ledgers, progress);
        let done = self.runtime.block_on(work);
        // requests that are still under way after an error aren't waited for
        self.runtime.shutdown_background();
        done
    }
}

/// What is there of a brand: its ledger, if etape published it, and every file with its size.
async fn look(store: &target::Store, brand: &str) -> Result<(Option<Ledger>, BTreeMap<String, u64>), PublishError> {
    let failed = |path: &str, error: &object_store::Error| store.error("read", path, error);
    let folder = store.path(brand)?;
    let mut there = BTreeMap::new();
    let mut list = store.inner.list(Some(&folder));
    while let Some(found) = list.next().await {
        let found = found.map_err(|error| failed(brand, &error))?;
        there.insert(store.relative(&found.location).to_owned(), found.size);
    }
    let name = ledger::path(brand);
    if !there.contains_key(&name) {
        return Ok((None, there));
    }
    let path = store.path(&name)?;
    let read = async { store.inner.get(&path).await?.bytes().await };
    let bytes = read.await.map_err(|error| failed(&name, &error))?;
    Ok((Ledger::read(&bytes), there))
}
