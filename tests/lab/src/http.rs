//! An HTTP/1.1 server for one request a connection, which is all the metadata services need.

use std::io;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::io::{AsyncRead, AsyncReadExt};

/// No request of a metadata client is longer.
const MAX_HEAD: usize = 64 * 1024;

/// An interim answer.
pub(crate) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What was asked.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Reads a request up to its empty line; `None` when there is none.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut chunk = [0; 2048];
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let length = stream.read(&mut chunk).await?;
            if length == 0 || head.len() > MAX_HEAD {
                return Ok(None);
            }
            head.extend(chunk.iter().take(length));
        }
        Ok(Self::parse(&String::from_utf8_lossy(&head)))
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Self { method, path, headers })
    }

    /// A header's value; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
#[derive(Debug)]
pub(crate) struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The bytes of the answer; a HEAD request gets no body.
    pub(crate) fn to_bytes(&self, method: &str) -> Vec<u8> {
        let mut bytes = self.head(Some(self.body.len()));
        if method != "HEAD" {
            bytes.extend(&self.body);
        }
        bytes
    }

    /// Status line and headers, with the body length that is claimed.
    pub(crate) fn head(&self, length: Option<usize>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(length) = length {
            head += &format!("Content-Length: {length}\r\n");
        }
        head += "Connection: close\r\n\r\n";
        head.into_bytes()
    }
}

/// JSON that takes up the more memory the smaller its values are, as long as clients read at all.
pub(crate) fn many_values() -> Vec<u8> {
    let values = r#"{"a":0},"#.repeat(128 * 1024 - 1);
    format!("[{values}0]").into_bytes()
}

/// A moment as the `Date` header writes it.
pub(crate) fn date(moment: OffsetDateTime) -> String {
    moment.format(&Rfc2822).unwrap_or_default().replace("+0000", "GMT")
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_wants_them() {
        let moment = OffsetDateTime::from_unix_timestamp(784_111_777).unwrap();
        assert_eq!(date(moment), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_request_is_method_path_and_headers() {
        let request = Request::parse("PUT /x HTTP/1.1\r\nX-Ttl: 21600\r\n\r\n").unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "/x"));
        assert_eq!(request.header("x-ttl"), Some("21600"));
    }
}
