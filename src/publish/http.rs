//! The HTTP of the clouds' clients, by ureq: the same client, with the same list of authorities, as for checking links.
//!
//! Not here: which requests, and when they are tried again: that is object_store's, by the kinds of errors told here.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use ureq::{Agent, Error};

use super::Patience;

/// The most that an answer may hold: a list of a thousand files, or one manifest.
const ANSWER_LIMIT: u64 = 64 << 20;

/// Makes the one kind of client that there is.
#[derive(Debug)]
pub struct Connector {
    pub patience: Patience,
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(10).min(self.patience.request)))
            .user_agent(concat!("etape/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(HttpClient::new(Client { agent: config.into(), patience: self.patience }))
    }
}

#[derive(Debug)]
struct Client {
    agent: Agent,
    patience: Patience,
}

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        // what sends much may take longer
        let timeout = self.patience.request + Duration::from_secs(body.len() as u64 / 20_000);
        let agent = self.agent.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let has_body = !body.is_empty() || matches!(parts.method.as_str(), "PUT" | "POST" | "PATCH");
            let timed = |timeout| Some(timeout);
            let answer = if has_body {
                let request = http::Request::from_parts(parts, &body[..]);
                agent.run(agent.configure_request(request).timeout_global(timed(timeout)).build())
            } else {
                let request = http::Request::from_parts(parts, ());
                agent.run(agent.configure_request(request).timeout_global(timed(timeout)).build())
            };
            let (parts, mut body) = answer?.into_parts();
            let bytes = body.with_config().limit(ANSWER_LIMIT).read_to_vec()?;
            Ok((parts, bytes))
        });
        let answer: Result<_, Error> =
            asked.await.map_err(|error| HttpError::new(HttpErrorKind::Interrupted, error))?;
        let (parts, bytes) = answer.map_err(|error| HttpError::new(kind(&error), error))?;
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(bytes)))
    }
}

/// Whether it may help to try again.
fn kind(error: &Error) -> HttpErrorKind {
    match error {
        Error::Timeout(_) => HttpErrorKind::Timeout,
        Error::ConnectionFailed | Error::HostNotFound => HttpErrorKind::Connect,
        Error::Io(io) => match io.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
                HttpErrorKind::Connect
            }
            ErrorKind::TimedOut => HttpErrorKind::Timeout,
            _ => HttpErrorKind::Interrupted,
        },
        Error::Protocol(_) => HttpErrorKind::Request,
        other if other.source().is_some_and(|source| source.is::<std::io::Error>()) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    }
}
