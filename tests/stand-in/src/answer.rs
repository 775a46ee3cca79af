//! What the introspection API answers.

use serde_json::{Map, Value, json};

use crate::settings::StandIn;

/// How the introspection API behaves.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AnswerKind {
    /// As it should.
    #[default]
    Answer,
    /// HTTP 500 and an empty structure, as the real one when its state is not to be had.
    Error,
    /// HTTP 200 and a page for people.
    NotJson,
    /// Bytes that are not HTTP.
    Garbage,
    /// It accepts, and never says a word.
    Silent,
    /// A body that never ends.
    Endless,
    /// One byte at a time.
    Slow,
    /// As many small values as fit in a mebibyte.
    ManyValues,
}

impl AnswerKind {
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        match word {
            "answer" => Some(Self::Answer),
            "error" => Some(Self::Error),
            "not-json" => Some(Self::NotJson),
            "garbage" => Some(Self::Garbage),
            "silent" => Some(Self::Silent),
            "endless" => Some(Self::Endless),
            "slow" => Some(Self::Slow),
            "many-values" => Some(Self::ManyValues),
            _ => None,
        }
    }
}

/// The whole answer to one request.
/// Source: amazon-ecs-agent, `ecs-agent/introspection/v1/response.go` and `server.go`.
pub(crate) fn response(stand_in: &StandIn, head: &str) -> Vec<u8> {
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let (status, kind, body) = match path {
        "/v1/metadata" => metadata(stand_in),
        _ => {
            let commands = json!({"AvailableCommands": ["/v1/metadata", "/v1/tasks", "/license"]});
            ("200 OK", "application/json", commands.to_string())
        }
    };
    let length = body.len();
    let body = if method == "HEAD" { "" } else { &body };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn metadata(stand_in: &StandIn) -> (&'static str, &'static str, String) {
    match stand_in.answer {
        AnswerKind::Error => {
            let empty = json!({"Cluster": "", "ContainerInstanceArn": null, "Version": ""});
            ("500 Internal Server Error", "application/json", empty.to_string())
        }
        AnswerKind::NotJson => {
            ("200 OK", "text/html", "<html><body>Welcome to the portal</body></html>".to_owned())
        }
        AnswerKind::ManyValues => {
            let values = r#"{"a":0},"#.repeat(128 * 1024 - 1);
            ("200 OK", "application/json", format!("[{values}0]"))
        }
        _ => {
            let mut fields = Map::new();
            fields.insert("Cluster".to_owned(), json!(stand_in.cluster));
            let arn = json!(stand_in.container_instance_arn);
            fields.insert("ContainerInstanceArn".to_owned(), arn);
            if let Some(version) = &stand_in.version {
                fields.insert("Version".to_owned(), json!(version));
            }
            ("200 OK", "application/json", Value::Object(fields).to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(stand_in: &StandIn, head: &str) -> (String, String) {
        let text = String::from_utf8(response(stand_in, head)).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    #[test]
    fn metadata_is_told() {
        let stand_in = StandIn { version: None, ..StandIn::default() };
        let (head, body) = answer(&stand_in, "GET /v1/metadata HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"));
        let told: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(told["Cluster"], "lab");
        assert_eq!(told["ContainerInstanceArn"], stand_in.container_instance_arn.unwrap());
        assert_eq!(told.get("Version"), None);
    }

    #[test]
    fn before_registration_the_arn_is_null() {
        let stand_in = StandIn { container_instance_arn: None, ..StandIn::default() };
        let (_, body) = answer(&stand_in, "GET /v1/metadata HTTP/1.0\r\n\r\n");
        assert!(body.contains(r#""ContainerInstanceArn":null"#), "{body}");
    }

    #[test]
    fn everything_else_lists_the_commands() {
        let (head, body) = answer(&StandIn::default(), "GET / HTTP/1.1\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"));
        assert_eq!(body, r#"{"AvailableCommands":["/v1/metadata","/v1/tasks","/license"]}"#);
    }

    #[test]
    fn head_has_no_body() {
        let (head, body) = answer(&StandIn::default(), "HEAD /v1/metadata HTTP/1.1\r\n\r\n");
        assert!(head.contains("Content-Length: 1") && body.is_empty());
    }

    #[test]
    fn an_error_is_an_empty_structure() {
        let stand_in = StandIn { answer: AnswerKind::Error, ..StandIn::default() };
        let (head, body) = answer(&stand_in, "GET /v1/metadata HTTP/1.1\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 500 "));
        assert_eq!(body, r#"{"Cluster":"","ContainerInstanceArn":null,"Version":""}"#);
    }
}
