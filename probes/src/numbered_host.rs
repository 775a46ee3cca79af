//! Hosts with a number, which are public: ECS names them to agents whose call did not come through the
//! `ecs` endpoint. Source: Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints".

/// The service of a numbered host, by the first label of its name: that of `ecs-a-3` is `ecs-agent`.
pub(crate) fn numbered_service(label: &str) -> Option<&'static str> {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let services = [("ecs-a-", "ecs-agent"), ("ecs-t-", "ecs-telemetry")];
    let of_label = |(prefix, _): &(&str, _)| label.strip_prefix(prefix).is_some_and(is_number);
    services.into_iter().find(of_label).map(|(_, service)| service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_behind_the_service_counts() {
        assert_eq!(numbered_service("ecs-a-3"), Some("ecs-agent"));
        assert_eq!(numbered_service("ecs-t-12"), Some("ecs-telemetry"));
        for label in ["ecs-a", "ecs-a-", "ecs-a-x", "ecs-t-1x", "ecs-3", "xecs-a-3", ""] {
            assert_eq!(numbered_service(label), None, "{label}");
        }
    }
}
