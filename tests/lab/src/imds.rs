//! The instance metadata service, version 2: a token first, then documents.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::behaviour::ImdsBehaviour;
use crate::http::{self, Request, Response};
use crate::pace;
use crate::vpc::Imds;

const TOKEN_PATH: &str = "/latest/api/token";
const SLOW: Duration = Duration::from_millis(50);

/// The service behind all of its addresses.
pub(crate) struct Service {
    imds: Imds,
    tokens: Mutex<HashMap<String, Instant>>,
}

impl Service {
    pub(crate) fn new(imds: Imds) -> Arc<Self> {
        Arc::new(Self { imds, tokens: Mutex::default() })
    }

    /// Serves one connection.
    pub(crate) async fn serve(self: Arc<Self>, mut stream: TcpStream) -> io::Result<()> {
        let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
        let behaviour = self.imds.behaviour;
        let response = match behaviour {
            ImdsBehaviour::Silent => return pace::hold(&mut stream).await,
            ImdsBehaviour::TokenSilent if request.method == "PUT" => {
                return pace::hold(&mut stream).await;
            }
            ImdsBehaviour::Garbage => {
                stream.write_all(b"\x00\x01\x02 this is not HTTP \xff\xfe\r\n\r\n").await?;
                return stream.shutdown().await;
            }
            ImdsBehaviour::DocumentsEndless if request.method == "PUT" => self.answer(&request),
            ImdsBehaviour::Continue => {
                return pace::flood(&mut stream, &http::CONTINUE.repeat(100)).await;
            }
            ImdsBehaviour::Endless | ImdsBehaviour::DocumentsEndless => {
                let head = Response::new(200, "").with("Content-Type", "text/plain").head(None);
                stream.write_all(&head).await?;
                return pace::flood(&mut stream, &[b'x'; 8192]).await;
            }
            ImdsBehaviour::Disabled => Response::new(403, "403 - Forbidden"),
            ImdsBehaviour::Unauthorized => Response::new(401, "401 - Unauthorized"),
            ImdsBehaviour::Error => Response::new(500, "500 - Internal Server Error"),
            _ => self.answer(&request),
        };
        let now = self.imds.true_time();
        let response = response
            .with("Content-Type", "text/plain")
            .with("Date", http::date(now))
            .with("Server", "EC2ws");
        let bytes = response.to_bytes(&request.method);
        if let Some(every) = drip(behaviour, &request) {
            return pace::drip(&mut stream, &bytes, every).await;
        }
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    }

    fn answer(&self, request: &Request) -> Response {
        match (request.method.as_str(), request.path.as_str()) {
            ("PUT", TOKEN_PATH) => self.new_token(request),
            ("GET" | "HEAD", path) if !self.has_token(request) || path == TOKEN_PATH => {
                Response::new(401, "401 - Unauthorized")
            }
            ("GET" | "HEAD", path) => {
                let below = path.strip_prefix("/latest/").unwrap_or_default();
                self.document(below).map_or_else(
                    || Response::new(404, "404 - Not Found"),
                    |body| Response::new(200, body),
                )
            }
            _ => Response::new(405, "405 - Method Not Allowed"),
        }
    }

    fn document(&self, path: &str) -> Option<Vec<u8>> {
        let raw = self.imds.raw.get(path).and_then(|text| from_hex(text));
        raw.or_else(|| self.imds.documents.get(path).map(|text| text.clone().into_bytes()))
    }

    fn new_token(&self, request: &Request) -> Response {
        if request.header("x-forwarded-for").is_some() {
            return Response::new(403, "403 - Forbidden");
        }
        let seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds");
        let seconds = seconds.and_then(|text| text.parse().ok());
        let Some(seconds) = seconds.filter(|seconds| (1..=21_600).contains(seconds)) else {
            return Response::new(400, "400 - Bad Request");
        };
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = format!("AQAEALabSecretToken{:037}==", tokens.len());
        tokens.insert(token.clone(), Instant::now() + Duration::from_secs(seconds));
        Response::new(200, token).with("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", seconds.to_string())
    }

    fn has_token(&self, request: &Request) -> bool {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        request
            .header("x-aws-ec2-metadata-token")
            .and_then(|token| tokens.get(token))
            .is_some_and(|end| *end > Instant::now())
    }
}

/// How long after one byte the next one comes, where that takes a while.
fn drip(behaviour: ImdsBehaviour, request: &Request) -> Option<Duration> {
    match behaviour {
        ImdsBehaviour::Slow => Some(SLOW),
        ImdsBehaviour::DocumentsDrip(_) if request.method == "PUT" => None,
        ImdsBehaviour::Drip(ms) | ImdsBehaviour::DocumentsDrip(ms) => {
            Some(Duration::from_millis(ms.into()))
        }
        _ => None,
    }
}

/// Bytes written as pairs of hexadecimal digits; white space between them is allowed.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high * 16 + low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_in_pairs() {
        assert_eq!(from_hex("00ff 7F"), Some(vec![0, 255, 127]));
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("zz"), None);
    }
}
