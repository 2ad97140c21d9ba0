//! Where to publish: what `TARGET` and the environment say, as a store.
//!
//! Credentials come from the environment alone, under the names that each cloud's own tools use, and go into requests
//! alone: whatever is told to people goes through `Store::error`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as StorePath;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use super::http::Connector;
use super::{Patience, PublishError};

/// Where to publish.
#[derive(Clone, Debug)]
pub struct Target {
    kind: Kind,
    /// As it was typed, without a `/` at its end.
    shown: String,
    environment: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cloud {
    S3,
    Azure,
    Google,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Folder(PathBuf),
    Cloud { cloud: Cloud, bucket: String, prefix: String },
}

/// A store that takes files, and the folder in it that is meant.
pub struct Store {
    pub inner: Arc<dyn ObjectStore>,
    /// Empty, or without a `/` at either end.
    prefix: String,
    /// The target as it was typed.
    pub shown: String,
    /// Does it keep types and lifetimes? A folder doesn't: its web server says them.
    pub keeps_attributes: bool,
    secrets: Vec<String>,
}

/// Credentials that must be there, one row of them. Without any, the cloud's client would ask the network for some, for
/// minutes and mostly in vain.
const CREDENTIALS: [(Cloud, &[&[&str]]); 3] = [
    (
        Cloud::S3,
        &[
            &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
            &["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"],
            &["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
            &["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
        ],
    ),
    (
        Cloud::Azure,
        &[
            &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"],
            &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_SAS_TOKEN"],
            &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_SAS_KEY"],
            &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID"],
            &["AZURE_STORAGE_ACCOUNT_NAME", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID"],
        ],
    ),
    (
        Cloud::Google,
        &[
            &["GOOGLE_APPLICATION_CREDENTIALS"],
            &["GOOGLE_SERVICE_ACCOUNT"],
            &["GOOGLE_SERVICE_ACCOUNT_PATH"],
            &["GOOGLE_SERVICE_ACCOUNT_KEY"],
        ],
    ),
];

impl Target {
    /// From what was typed, and the variables of the environment that clouds know.
    pub fn new(typed: &str, environment: BTreeMap<String, String>) -> Result<Self, PublishError> {
        let wrong = |why: String| Err(PublishError::Target(why));
        let shown = typed.trim_end_matches('/').to_owned();
        let kind = match typed.split_once("://") {
            None if typed.trim().is_empty() => {
                return wrong("the target is empty: name a folder or s3://BUCKET".to_owned());
            }
            None => Kind::Folder(PathBuf::from(typed)),
            Some((scheme, rest)) => {
                let cloud = match scheme {
                    "s3" => Cloud::S3,
                    "az" => Cloud::Azure,
                    "gs" => Cloud::Google,
                    _ => {
                        return wrong(format!(
                            "\"{scheme}://\" can't be published to: name a folder, s3://BUCKET, az://CONTAINER or gs://BUCKET"
                        ));
                    }
                };
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if rest.contains(['@', '?', '#']) {
                    return wrong(format!(
                        "a target is {scheme}://BUCKET/FOLDER and nothing more: credentials belong in the environment"
                    ));
                }
                if bucket.is_empty() {
                    return wrong(format!("\"{typed}\" names no bucket: write {scheme}://BUCKET/FOLDER"));
                }
                Kind::Cloud { cloud, bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() }
            }
        };
        Ok(Self { kind, shown: if shown.is_empty() { "/".to_owned() } else { shown }, environment })
    }

    /// The folder that is meant, if it is one.
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.kind {
            Kind::Folder(path) => Some(path),
            Kind::Cloud { .. } => None,
        }
    }

    /// The target as it was typed.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The store behind it. Nothing is asked of it yet.
    pub(super) fn open(&self, patience: Patience) -> Result<Store, PublishError> {
        let (inner, prefix) = match &self.kind {
            Kind::Folder(path) => (folder(path)?, String::new()),
            Kind::Cloud { cloud, bucket, prefix } => {
                self.check_credentials(*cloud)?;
                (self.cloud(*cloud, bucket, patience)?, prefix.clone())
            }
        };
        let keeps_attributes = matches!(self.kind, Kind::Cloud { .. });
        let is_secret =
            |key: &str| ["KEY", "SECRET", "TOKEN", "ACCOUNT", "CREDENTIALS"].iter().any(|word| key.contains(word));
        let secrets = self.environment.iter().filter(|(key, value)| is_secret(key) && value.len() >= 6);
        let secrets = secrets.map(|(_, value)| value.clone()).collect();
        Ok(Store { inner, prefix, shown: self.shown.clone(), keeps_attributes, secrets })
    }

    fn check_credentials(&self, cloud: Cloud) -> Result<(), PublishError> {
        let has = |name: &&str| self.environment.get(*name).is_some_and(|value| !value.is_empty());
        let rows = CREDENTIALS.iter().find(|(of, _)| *of == cloud).map_or(&[][..], |(_, rows)| rows);
        if rows.iter().any(|row| row.iter().all(has)) {
            return Ok(());
        }
        let first = rows.first().map_or(String::new(), |row| row.join(" and "));
        Err(PublishError::Target(format!("no credentials for {}: set {first} in the environment", self.shown)))
    }

    fn cloud(&self, cloud: Cloud, bucket: &str, patience: Patience) -> Result<Arc<dyn ObjectStore>, PublishError> {
        let retry = RetryConfig {
            backoff: BackoffConfig { init_backoff: patience.wait, max_backoff: patience.wait * 25, base: 2.0 },
            max_retries: patience.tries,
            retry_timeout: patience.total,
        };
        let connector = Connector { patience };
        // keys of the environment, in the spelling of each cloud's client
        let variables = self.environment.iter().map(|(key, value)| (key.to_ascii_lowercase(), value));
        let built: Result<Arc<dyn ObjectStore>, object_store::Error> = match cloud {
            Cloud::S3 => {
                let mut builder = AmazonS3Builder::new();
                for (key, value) in variables.filter(|(key, _)| key.starts_with("aws_")) {
                    if let Ok(key) = key.parse::<AmazonS3ConfigKey>() {
                        builder = builder.with_config(key, value);
                    }
                }
                let builder = builder.with_bucket_name(bucket).with_retry(retry).with_http_connector(connector);
                builder.build().map(|store| Arc::new(store) as _)
            }
            Cloud::Azure => {
                let mut builder = MicrosoftAzureBuilder::new();
                for (key, value) in variables.filter(|(key, _)| key.starts_with("azure_")) {
                    if let Ok(key) = key.parse::<AzureConfigKey>() {
                        builder = builder.with_config(key, value);
                    }
                }
                let builder = builder.with_container_name(bucket).with_retry(retry).with_http_connector(connector);
                builder.build().map(|store| Arc::new(store) as _)
            }
            Cloud::Google => {
                let mut builder = GoogleCloudStorageBuilder::new();
                for (key, value) in variables.filter(|(key, _)| key.starts_with("google_")) {
                    if let Ok(key) = key.parse::<GoogleConfigKey>() {
                        builder = builder.with_config(key, value);
                    }
                }
                let builder = builder.with_bucket_name(bucket).with_retry(retry).with_http_connector(connector);
                builder.build().map(|store| Arc::new(store) as _)
            }
        };
        built.map_err(|error| PublishError::Target(format!("{}: {}", self.shown, one_line(&error.to_string()))))
    }
}

/// A folder; one that isn't there yet is empty, and made when something is sent.
fn folder(path: &std::path::Path) -> Result<Arc<dyn ObjectStore>, PublishError> {
    if !path.exists() {
        return Ok(Arc::new(InMemory::new()));
    }
    let store = LocalFileSystem::new_with_prefix(path);
    let store =
        store.map_err(|error| PublishError::Target(format!("{}: {}", path.display(), one_line(&error.to_string()))))?;
    Ok(Arc::new(store.with_automatic_cleanup(true)))
}

impl Store {
    /// Where a file stands in the store.
    pub fn path(&self, relative: &str) -> Result<StorePath, PublishError> {
        let whole = if self.prefix.is_empty() { relative.to_owned() } else { format!("{}/{relative}", self.prefix) };
        StorePath::parse(&whole).map_err(|error| {
            PublishError::Target(format!("{relative} can't be called so there: {}", one_line(&error.to_string())))
        })
    }

    /// A file's path relative to the target.
    pub fn relative<'p>(&self, path: &'p StorePath) -> &'p str {
        let path = path.as_ref();
        path.strip_prefix(&*self.prefix).map_or(path, |rest| rest.trim_start_matches('/'))
    }

    /// What the store said, for people: in one line, without addresses' queries and without anything secret.
    pub fn error(&self, doing: &'static str, path: &str, error: &object_store::Error) -> PublishError {
        let mut why = match error {
            object_store::Error::NotFound { .. } => "it isn't there".to_owned(),
            object_store::Error::Generic { source, .. } => innermost(&**source),
            other => other.to_string(),
        };
        for secret in &self.secrets {
            why = why.replace(secret, "…");
        }
        PublishError::Store {
            doing,
            path: format!("{}/{path}", self.shown),
            why: plain(&without_queries(&one_line(&why))),
        }
    }
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_said = inner.to_string();
        if !said.contains(&inner_said) {
            said = format!("{said}: {inner_said}");
        }
        source = inner.source();
    }
    said
}

/// What a client says about a request, without its own history: the server's answer, or why there was none.
fn plain(why: &str) -> String {
    if let Some((_, rest)) = why.rsplit_once("HTTP error: ") {
        return rest.strip_prefix("io: ").unwrap_or(rest).to_owned();
    }
    let Some((_, rest)) = why.split_once("status code: ") else { return why.to_owned() };
    let status = rest.split([':', '<']).next().unwrap_or_default().trim();
    match rest.split_once("<Code>").and_then(|(_, code)| code.split_once("</Code>")) {
        Some((code, _)) => format!("{status} ({code})"),
        None => status.to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Signatures stand in queries.
fn without_queries(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.split_once('?') {
        Some((address, _)) if address.contains("://") => address,
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(typed: &str) -> Result<Kind, String> {
        Target::new(typed, BTreeMap::new()).map(|target| target.kind).map_err(|error| error.to_string())
    }

    #[test]
    fn targets_are_read() {
        let cloud = |cloud, bucket: &str, prefix: &str| {
            Ok(Kind::Cloud { cloud, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
        };
        assert_eq!(target("/srv/www"), Ok(Kind::Folder("/srv/www".into())));
        assert_eq!(target("s3://help/a/b/"), cloud(Cloud::S3, "help", "a/b"));
        assert_eq!(target("az://help"), cloud(Cloud::Azure, "help", ""));
        assert_eq!(target("gs://help/"), cloud(Cloud::Google, "help", ""));
        for (typed, expected) in [
            ("", "the target is empty: name a folder or s3://BUCKET"),
            ("s3://", "\"s3://\" names no bucket: write s3://BUCKET/FOLDER"),
            ("ftp://x", "\"ftp://\" can't be published to: name a folder, s3://BUCKET, az://CONTAINER or gs://BUCKET"),
            (
                "s3://key:secret@help",
                "a target is s3://BUCKET/FOLDER and nothing more: credentials belong in the environment",
            ),
        ] {
            assert_eq!(target(typed), Err(expected.to_owned()));
        }
    }

    #[test]
    fn without_credentials_nothing_is_asked() {
        for (typed, expected) in [
            (
                "s3://help",
                "no credentials for s3://help: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
            ),
            (
                "az://help",
                "no credentials for az://help: set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY in the environment",
            ),
            ("gs://help", "no credentials for gs://help: set GOOGLE_APPLICATION_CREDENTIALS in the environment"),
        ] {
            let error = Target::new(typed, BTreeMap::new()).and_then(|target| target.open(Patience::default())).err();
            assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(expected));
        }
    }

    #[test]
    fn answers_are_told_in_short() {
        for (said, expected) in [
            (
                "Error performing GET http://h/x in 3s, after 8 retries - HTTP error: io: Connection refused (os error 111)",
                "Connection refused (os error 111)",
            ),
            (
                "Error performing GET http://h/x in 3s - Server returned non-2xx status code: 403 Forbidden: <?xml \
                 version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>x</Message></Error>",
                "403 Forbidden (SignatureDoesNotMatch)",
            ),
            ("Server returned non-2xx status code: 500 Internal Server Error: ", "500 Internal Server Error"),
            ("something else", "something else"),
        ] {
            assert_eq!(plain(said), expected);
        }
    }

    #[test]
    fn nothing_secret_is_told() {
        let environment = [("AWS_SECRET_ACCESS_KEY", "hunter22"), ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")];
        let environment = environment.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let target = Target::new("s3://help/x", environment).unwrap();
        let store = target.open(Patience::default()).unwrap();
        let source = "GET http://h/x?X-Amz-Signature=abc failed:\n  key AKIDEXAMPLE, hunter22".into();
        let error = object_store::Error::Generic { store: "S3", source };
        assert_eq!(
            store.error("send", "a/b.html", &error).to_string(),
            "can't send s3://help/x/a/b.html: GET http://h/x failed: key …, …"
        );
    }
}
