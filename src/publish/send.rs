//! Sending what is planned, in waves, with the ledger before and after.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions, PutPayload};

use super::ledger::{self, Ledger};
use super::plan::{Plan, is_for_ever};
use super::target::Store;
use super::{Progress, PublishError};
use crate::model::media::media_type;
use crate::output::Built;

/// How many files are under way at once: enough to hide the time that answers take.
const AT_ONCE: usize = 16;

/// What a page may be kept for, and what never changes: as in `_headers`.
const SHORT: &str = "public, max-age=300";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Does all that is planned.
pub async fn all(
    store: &Store,
    built: &Built,
    plan: &Plan,
    ledgers: &mut BTreeMap<String, Ledger>,
    progress: &mut dyn Progress,
) -> Result<(), PublishError> {
    if plan.is_empty() {
        return Ok(());
    }
    let of = |path: &str, brand: &str| path.strip_prefix(brand).is_some_and(|rest| rest.starts_with('/'));
    for (brand, ledger) in ledgers.iter_mut() {
        for sending in plan.sendings().filter(|sending| of(&sending.path, brand)) {
            ledger.files.insert(sending.path.clone(), None);
        }
        write(store, brand, ledger).await?;
    }
    for wave in &plan.waves {
        let sendings = stream::iter(wave.iter().map(Ok)).map_ok(|sending| async move {
            let bytes = built.read(&sending.path)?;
            put(store, &sending.path, bytes).await?;
            Ok::<u64, PublishError>(sending.size)
        });
        let mut sent = sendings.try_buffer_unordered(AT_ONCE);
        while let Some(size) = sent.try_next().await? {
            progress.sent(size);
        }
    }
    for (brand, ledger) in ledgers.iter_mut() {
        for entry in built.of(brand) {
            ledger.files.insert(entry.path.to_string(), Some(entry.blake3.to_hex().to_string()));
        }
        write(store, brand, ledger).await?;
    }
    let deletions = stream::iter(&plan.deletions).map(|path| async move {
        let at = store.path(path)?;
        match store.inner.delete(&at).await {
            // gone is gone
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok::<(), PublishError>(()),
            Err(error) => Err(store.error("delete", path, &error)),
        }
    });
    deletions.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    for (brand, ledger) in ledgers.iter_mut() {
        let before = ledger.files.len();
        ledger.files =
            built.of(brand).map(|entry| (entry.path.to_string(), Some(entry.blake3.to_hex().to_string()))).collect();
        if ledger.files.len() != before {
            write(store, brand, ledger).await?;
        }
    }
    Ok(())
}

async fn write(store: &Store, brand: &str, ledger: &Ledger) -> Result<(), PublishError> {
    put(store, &ledger::path(brand), ledger.write()).await
}

async fn put(store: &Store, path: &str, bytes: Vec<u8>) -> Result<(), PublishError> {
    let mut options = PutOptions::default();
    if store.keeps_attributes {
        let lifetime = if is_for_ever(path) { FOR_EVER } else { SHORT };
        options.attributes =
            Attributes::from_iter([(Attribute::ContentType, media_type(path)), (Attribute::CacheControl, lifetime)]);
    }
    let at = store.path(path)?;
    let put = store.inner.put_opts(&at, PutPayload::from(bytes), options).await;
    put.map(|_| ()).map_err(|error| store.error("send", path, &error))
}
