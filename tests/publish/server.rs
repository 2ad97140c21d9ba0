//! A server that speaks S3, with its files in a folder, and with what goes wrong in networks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub const KEY: &str = "AKIDETAPETEST";
pub const SECRET: &str = "a secret that must not be told";
pub const BUCKET: &str = "help";

/// What goes wrong, counted over all requests; nothing by itself.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    /// Each so many-th request is answered with an error of the server.
    pub error_every: usize,
    /// Each so many-th connection is cut, within the body if there is one.
    pub cut_every: usize,
    /// How long each answer takes.
    pub slow: Duration,
    /// After so many files, no connection holds.
    pub dead_after: Option<usize>,
}

/// A request that was carried out.
#[derive(Clone, Debug)]
pub struct Done {
    pub method: Method,
    /// Without the bucket.
    pub path: String,
    pub content_type: String,
    pub cache_control: String,
}

struct Inner {
    service: S3Service,
    faults: Mutex<Faults>,
    requests: AtomicUsize,
    puts: AtomicUsize,
    done: Mutex<Vec<Done>>,
}

pub struct Server {
    inner: Arc<Inner>,
    folder: TempDir,
    port: u16,
    _runtime: Runtime,
}

impl Server {
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let inner = Arc::new(Inner {
            service: builder.build(),
            faults: Mutex::default(),
            requests: AtomicUsize::new(0),
            puts: AtomicUsize::new(0),
            done: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = inner.clone();
        runtime.spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let shared = shared.clone();
                tokio::spawn(async move {
                    let answer = service_fn(|request| answer(shared.clone(), request));
                    // a connection that was cut is meant to be
                    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), answer).await;
                });
            }
        });
        Self { inner, folder, port, _runtime: runtime }
    }

    /// From now on, counted anew.
    pub fn go_wrong(&self, faults: Faults) {
        *self.inner.faults.lock().unwrap() = faults;
        self.inner.requests.store(0, Ordering::SeqCst);
        self.inner.puts.store(0, Ordering::SeqCst);
    }

    /// What the environment of a publisher says.
    pub fn environment(&self) -> [(String, String); 4] {
        [
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_REGION", "ca-central-1".to_owned()),
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
    }

    /// The files of the bucket.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// What was carried out since the last call, in order.
    pub fn done(&self) -> Vec<Done> {
        std::mem::take(&mut self.inner.done.lock().unwrap())
    }

    /// How many files have arrived since faults were set.
    pub fn puts(&self) -> usize {
        self.inner.puts.load(Ordering::SeqCst)
    }
}

async fn answer(shared: Arc<Inner>, request: Request<Incoming>) -> Result<Response<s3s::Body>, io::Error> {
    let faults = *shared.faults.lock().unwrap();
    let number = shared.requests.fetch_add(1, Ordering::SeqCst) + 1;
    let each = |every: usize| every > 0 && number.is_multiple_of(every);
    let is_put = request.method() == Method::PUT;
    let is_dead = faults.dead_after.is_some_and(|after| shared.puts.load(Ordering::SeqCst) >= after);
    if is_dead || each(faults.cut_every) {
        let _ = request.into_body().frame().await;
        return Err(io::Error::other("cut"));
    }
    if each(faults.error_every) {
        let mut response = Response::new(s3s::Body::from("<Error><Code>InternalError</Code></Error>".to_owned()));
        *response.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        return Ok(response);
    }
    tokio::time::sleep(faults.slow).await;
    let header =
        |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let done = Done {
        method: request.method().clone(),
        path: plain(request.uri().path()).strip_prefix(&format!("/{BUCKET}/")).unwrap_or_default().to_owned(),
        content_type: header("content-type"),
        cache_control: header("cache-control"),
    };
    let response = shared.service.call(request.map(s3s::Body::from)).await;
    let response = response.unwrap_or_else(|error| panic!("{error:?}"));
    if response.status().is_success() {
        shared.done.lock().unwrap().push(done);
        shared.puts.fetch_add(usize::from(is_put), Ordering::SeqCst);
    }
    Ok(response)
}

/// A path as people write it.
fn plain(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Every local file that a page names, as paths in the bucket, and whether it is there.
pub fn missing_assets(bucket: &Path) -> Vec<String> {
    let mut missing = Vec::new();
    for entry in walkdir::WalkDir::new(bucket).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let page = fs::read_to_string(entry.path()).unwrap();
        for attribute in ["href=\"", "src=\""] {
            for rest in page.split(attribute).skip(1) {
                let target = rest.split('"').next().unwrap();
                if target.contains("assets/") && !target.contains("://") {
                    let file = entry.path().parent().unwrap().join(target);
                    if !file.exists() {
                        missing.push(format!("{} names {target}", entry.path().display()));
                    }
                }
            }
        }
    }
    missing
}
