//! Answers that are given without a network, so that what reads them can be tried a million times.

use std::sync::{Arc, LazyLock};

use http::HeaderValue;
use reqwest::{Response, Url};

use super::HttpClient;
use crate::fuzzing::Section;

/// A client that can do nothing, to be copied: a new one takes longer than what it is tried for.
static CLIENT: LazyLock<Option<HttpClient>> = LazyLock::new(|| HttpClient::new().ok());

/// Answers by the ends of paths.
#[derive(Clone, Debug)]
pub(super) struct Script(Arc<Vec<Section>>);

impl HttpClient {
    /// A client whose requests are answered by these bytes; none where the system has no resources.
    pub(crate) fn scripted(bytes: &[u8]) -> Option<Self> {
        let mut client = CLIENT.clone()?;
        client.script = Some(Script(Arc::new(Section::all_of(bytes))));
        Some(client)
    }

    /// The same over a socket.
    pub(crate) fn scripted_over_socket(bytes: &[u8]) -> Option<Self> {
        Some(Self { over_socket: true, ..Self::scripted(bytes)? })
    }
}

impl Script {
    /// The first section whose name the path ends with; 404 where there is none.
    pub(super) fn answer(&self, url: &Url) -> Response {
        let section = self.0.iter().find(|section| url.path().ends_with(&section.name));
        let Some(section) = section else { return with_status(404, Vec::new()) };
        let mut response = with_status(section.status, section.body.clone());
        if let Ok(date) = HeaderValue::from_str(&section.date) {
            response.headers_mut().insert("date", date);
        }
        response
    }
}

fn with_status(status: u16, body: Vec<u8>) -> Response {
    let mut response = http::Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.into()
}
