//! What the task around this program asks for, by its metadata.

use super::demand::{TASK_METADATA, TaskNeeds, line_of};
use crate::catalog::Catalog;
use crate::region;
use crate::surroundings::{Surroundings, TaskContainer};

/// What the task around this program asks for, as far as its metadata tell.
pub fn running_task(catalog: &Catalog, surroundings: &Surroundings) -> TaskNeeds {
    let mut needs = TaskNeeds::default();
    for container in surroundings.task_containers.value().into_iter().flatten() {
        add_container(&mut needs, catalog, container);
    }
    // Older agents tell of this container only.
    let is_told = needs.features().iter().any(|feature| feature == "logs");
    let writes_to_cloudwatch =
        surroundings.log_driver.value().is_some_and(|driver| driver == AWSLOGS);
    let is_listed = surroundings.task_containers.value().is_some_and(|all| !all.is_empty());
    if writes_to_cloudwatch && !is_told && !is_listed {
        needs.feature(&format!("{TASK_METADATA}: log driver awslogs"), None, "logs");
    }
    needs
}

const AWSLOGS: &str = "awslogs";

/// The services that the driver awslogs writes to.
pub(crate) const OF_LOGS: &[&str] = &["logs"];

/// Sources: amazon-ecs-agent, `ecs-agent/api/container/container_type.go` and
/// `ecs-agent/serviceconnect`; Amazon GuardDuty User Guide, "How Runtime Monitoring works with
/// Fargate".
fn add_container(needs: &mut TaskNeeds, catalog: &Catalog, container: &TaskContainer) {
    let line = line_of(TASK_METADATA, "container", &container.name);
    // What Amazon ECS itself runs beside the task comes with the agent, not from a registry.
    let is_of_ecs = container.kind.as_deref().is_some_and(|kind| kind != "NORMAL");
    let is_service_connect = container.name.starts_with("ecs-service-connect-");
    if is_service_connect {
        needs.feature(&line, None, "service-connect");
    }
    if container.name.starts_with("aws-guardduty-agent") {
        needs.feature(&line, None, "guardduty");
    }
    if let Some(image) = container.image.as_deref()
        && !is_of_ecs
        && !is_service_connect
    {
        needs.image(catalog, &format!("{line}: image"), image);
    }
    if container.log_driver.as_deref() == Some(AWSLOGS) {
        let option = |name: &str| container.log_options.get(name).map(String::as_str);
        add_log(needs, &line, option("awslogs-region"), option("awslogs-endpoint"));
    }
}

/// A log that the driver awslogs writes. With an endpoint of its own it goes there.
pub(crate) fn add_log(
    needs: &mut TaskNeeds,
    line: &str,
    region: Option<&str>,
    endpoint: Option<&str>,
) {
    let region = match endpoint.map(host_of) {
        None => region,
        Some(host) => match region_of(host) {
            Some(region) => Some(region),
            None => {
                return needs.note(format!(
                    "{line}: awslogs-endpoint sends the log to {host}, which only --host checks."
                ));
            }
        },
    };
    match region {
        Some(region) if !region::is_well_formed(region) => {
            needs.unread(
                &format!("{line}: awslogs-region"),
                "not the plain name of a Region",
                OF_LOGS,
            );
        }
        region => {
            needs.feature(
                &format!("{line}: log driver awslogs"),
                region.map(str::to_owned),
                "logs",
            );
        }
    }
}

/// The host of an address such as `https://logs.us-east-1.amazonaws.com/`.
fn host_of(endpoint: &str) -> &str {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// The Region of a usual host of CloudWatch Logs: `logs.us-east-1.amazonaws.com`.
fn region_of(host: &str) -> Option<&str> {
    let (region, _) = host.strip_prefix("logs.")?.split_once('.')?;
    region::is_well_formed(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Ask;
    use crate::surroundings::{Fact, Source};

    fn needs(containers: Vec<TaskContainer>) -> TaskNeeds {
        let surroundings = Surroundings {
            task_containers: Fact::known(containers, Source::TASK_METADATA),
            ..Surroundings::default()
        };
        running_task(&Catalog::builtin().unwrap(), &surroundings)
    }

    fn container(name: &str, image: &str) -> TaskContainer {
        TaskContainer {
            name: name.to_owned(),
            image: Some(image.to_owned()),
            ..TaskContainer::default()
        }
    }

    fn logs(region: Option<&str>, endpoint: Option<&str>) -> TaskNeeds {
        let mut needs = TaskNeeds::default();
        add_log(&mut needs, "line", region, endpoint);
        needs
    }

    #[test]
    fn containers_that_ecs_adds_bring_needs_but_no_images() {
        let pause = TaskContainer {
            kind: Some("CNI_PAUSE".to_owned()),
            ..container("~internal~ecs~pause", "amazon/amazon-ecs-pause:0.1.0")
        };
        assert_eq!(needs(vec![pause]), TaskNeeds::default());
        let connect = needs(vec![container("ecs-service-connect-x1", "ecs-service-connect:v1")]);
        assert_eq!(connect.features(), ["service-connect"]);
        assert!(connect.foreign_images.is_empty());
        let image = "593207742271.dkr.ecr.us-east-1.amazonaws.com/aws-guardduty-agent-fargate:v1";
        let guardduty = needs(vec![container("aws-guardduty-agent-x1", image)]);
        assert_eq!(guardduty.features(), ["guardduty"]);
        assert!(matches!(guardduty.demands[1].ask, Ask::Image { .. }));
    }

    #[test]
    fn an_old_agent_tells_of_this_container_only() {
        let mut surroundings = Surroundings {
            log_driver: Fact::known("awslogs".to_owned(), Source::TASK_METADATA),
            ..Surroundings::default()
        };
        let catalog = Catalog::builtin().unwrap();
        assert_eq!(running_task(&catalog, &surroundings).features(), ["logs"]);
        surroundings.log_driver = Fact::known("json-file".to_owned(), Source::TASK_METADATA);
        assert_eq!(running_task(&catalog, &surroundings), TaskNeeds::default());
    }

    #[test]
    fn a_log_goes_where_its_options_say() {
        assert_eq!(logs(None, None).demands[0].region, None);
        assert_eq!(logs(Some("eu-west-1"), None).demands[0].region.as_deref(), Some("eu-west-1"));
        let usual = logs(Some("us-east-1"), Some("https://logs.eu-west-1.amazonaws.com"));
        assert_eq!(usual.demands[0].region.as_deref(), Some("eu-west-1"));
        let own = logs(None, Some("https://user:secret@logs.corp.example/path"));
        assert!(own.demands.is_empty());
        assert!(own.notes[0].contains("logs.corp.example") && !own.notes[0].contains("secret"));
        assert_eq!(logs(Some("${AWS_REGION}"), None).unread.len(), 1);
    }
}
