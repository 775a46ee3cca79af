//! What the stand-in is to do, by its environment.

use std::env;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::answer::AnswerKind;
use crate::target::Target;

/// The version of a real agent, as its introspection API tells it.
const VERSION: &str = "Amazon ECS Agent - v1.105.1 (*a8b3e7d3)";
const CLUSTER: &str = "lab";
const ARN: &str =
    "arn:aws:ecs:us-east-1:123456789012:container-instance/lab/6a1c2f0e4b3d4c5e8f7a9b0c1d2e3f40";

/// An agent that is about to run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StandIn {
    /// Where the introspection API listens. None: on all addresses, as the real one.
    pub listen: Option<Vec<SocketAddr>>,
    /// What has to accept a connection before anything else happens.
    pub register: Option<Target>,
    /// What it stays connected to.
    pub connect: Vec<Target>,
    /// Whether IPv4 addresses are connected to from IPv6 sockets, as IPv4-mapped ones.
    pub mapped: bool,
    /// How the introspection API behaves.
    pub answer: AnswerKind,
    /// The version that it tells; none leaves the key out.
    pub version: Option<String>,
    /// The cluster that it tells.
    pub cluster: String,
    /// The container instance that it tells; none before it is registered.
    pub container_instance_arn: Option<String>,
    /// The name of its process.
    pub name: String,
    /// The file to which it writes what the real one logs of its connections.
    pub log: Option<PathBuf>,
}

impl Default for StandIn {
    fn default() -> Self {
        Self {
            listen: None,
            register: None,
            connect: Vec::new(),
            mapped: false,
            answer: AnswerKind::Answer,
            version: Some(VERSION.to_owned()),
            cluster: CLUSTER.to_owned(),
            container_instance_arn: Some(ARN.to_owned()),
            name: "agent".to_owned(),
            log: None,
        }
    }
}

/// A variable that says nothing sensible.
#[derive(Debug, Eq, PartialEq)]
pub struct SettingError {
    name: &'static str,
    value: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}={:?}", self.name, self.value)
    }
}

impl Error for SettingError {}

impl StandIn {
    /// As the variables `STAND_IN_*` of this process say.
    ///
    /// # Errors
    /// A variable that cannot be read, with its value.
    pub fn from_env() -> Result<Self, SettingError> {
        Self::from_variables(|name| env::var(name).ok())
    }

    fn from_variables(
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, SettingError> {
        let usual = Self::default();
        Ok(Self {
            listen: variable("STAND_IN_LISTEN")
                .map(|text| list("STAND_IN_LISTEN", &text, |item| item.parse().ok()))
                .transpose()?,
            register: variable("STAND_IN_REGISTER")
                .filter(|text| !text.is_empty())
                .map(|text| one("STAND_IN_REGISTER", &text, Target::parse))
                .transpose()?,
            connect: variable("STAND_IN_CONNECT")
                .map(|text| list("STAND_IN_CONNECT", &text, Target::parse))
                .transpose()?
                .unwrap_or_default(),
            mapped: variable("STAND_IN_MAPPED").is_some_and(|text| text == "1"),
            answer: variable("STAND_IN_ANSWER")
                .map(|text| one("STAND_IN_ANSWER", &text, AnswerKind::of_word))
                .transpose()?
                .unwrap_or_default(),
            version: match variable("STAND_IN_VERSION") {
                Some(text) => Some(text).filter(|text| text != "absent"),
                None => usual.version,
            },
            cluster: variable("STAND_IN_CLUSTER").unwrap_or(usual.cluster),
            container_instance_arn: match variable("STAND_IN_ARN") {
                Some(text) => Some(text).filter(|text| text != "null"),
                None => usual.container_instance_arn,
            },
            name: variable("STAND_IN_NAME").unwrap_or(usual.name),
            log: variable("STAND_IN_LOG").filter(|text| !text.is_empty()).map(PathBuf::from),
        })
    }
}

fn one<T>(
    name: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, SettingError> {
    parse(text).ok_or_else(|| SettingError { name, value: text.to_owned() })
}

fn list<T>(
    name: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, SettingError> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(|item| one(name, item, &parse)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<StandIn, SettingError> {
        StandIn::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_variables_it_is_a_healthy_agent() {
        assert_eq!(read(&[]).unwrap(), StandIn::default());
    }

    #[test]
    fn an_empty_list_is_not_the_usual_list() {
        assert_eq!(read(&[("STAND_IN_LISTEN", "")]).unwrap().listen, Some(Vec::new()));
        assert_eq!(read(&[]).unwrap().listen, None);
    }

    #[test]
    fn everything_can_be_said() {
        let stand_in = read(&[
            ("STAND_IN_LISTEN", "127.0.0.1:51678, [::1]:51678"),
            ("STAND_IN_REGISTER", "ecs.us-east-1.amazonaws.com:443"),
            ("STAND_IN_CONNECT", "ecs-a.us-east-1.amazonaws.com,10.0.1.103"),
            ("STAND_IN_MAPPED", "1"),
            ("STAND_IN_ANSWER", "silent"),
            ("STAND_IN_VERSION", "absent"),
            ("STAND_IN_CLUSTER", "blue"),
            ("STAND_IN_ARN", "null"),
            ("STAND_IN_NAME", "amazon-ecs-agen"),
            ("STAND_IN_LOG", "/var/log/ecs/ecs-agent.log"),
        ]);
        let wanted = StandIn {
            listen: Some(vec!["127.0.0.1:51678".parse().unwrap(), "[::1]:51678".parse().unwrap()]),
            register: Target::parse("ecs.us-east-1.amazonaws.com"),
            connect: ["ecs-a.us-east-1.amazonaws.com", "10.0.1.103"]
                .iter()
                .filter_map(|text| Target::parse(text))
                .collect(),
            mapped: true,
            answer: AnswerKind::Silent,
            version: None,
            cluster: "blue".to_owned(),
            container_instance_arn: None,
            name: "amazon-ecs-agen".to_owned(),
            log: Some("/var/log/ecs/ecs-agent.log".into()),
        };
        assert_eq!(stand_in.unwrap(), wanted);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = read(&[("STAND_IN_ANSWER", "maybe")]).unwrap_err();
        assert_eq!(error.to_string(), r#"cannot read STAND_IN_ANSWER="maybe""#);
        let error = read(&[("STAND_IN_CONNECT", "ecs-a:https")]).unwrap_err();
        assert_eq!(error.to_string(), r#"cannot read STAND_IN_CONNECT="ecs-a:https""#);
    }
}
