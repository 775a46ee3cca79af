//! The ECS agent for a person: a line of the report, and everything that is known of it.

use vpce_probes::address_class::AddressClass;
use vpce_probes::ecs_agent::{ECS_SERVICES, EcsAgent};
use vpce_probes::findings::{AgentConnection, AgentPeer, Code, EcsAgentCheck, Supervision};
use vpce_probes::status::Status;

use super::page::Page;
use super::style::mark;

/// `  ok    agent  1.105.1, cluster lab, connected to 10.0.1.102 10.0.1.103 (private)`
pub(super) fn line(check: &EcsAgentCheck, is_note: bool, page: &mut Page) {
    let mut parts = vec![match check.version {
        Some(version) => version.to_string(),
        None => "version unknown".to_owned(),
    }];
    if let Some(cluster) = &check.cluster {
        parts.push(format!("cluster {cluster}"));
    }
    parts.push(connection(check));
    page.marked_line("  ", mark(check.status, is_note), &format!("  agent  {}", parts.join(", ")));
}

/// One word for the summary.
pub(super) fn word(check: &EcsAgentCheck) -> &'static str {
    match check.status {
        Status::Pass => "ok",
        status => status.word(),
    }
}

/// Everything that is known of the agent, and what each source said where it said nothing.
pub(super) fn facts(check: &EcsAgentCheck, seen: Option<&EcsAgent>, page: &mut Page) {
    page.heading("What is known of the ECS agent");
    let Some(seen) = seen else {
        fact("nothing", check.why.as_deref().unwrap_or_default(), page);
        return;
    };
    let supervision = match &check.supervision {
        Supervision::Unit { name } if check.codes.contains(&Code::EcsAgentUnsupervised) => {
            format!("{name}, which does not run")
        }
        Supervision::Unit { name } => name.clone(),
        Supervision::Nobody => "no unit".to_owned(),
        Supervision::Unknown { why, .. } => format!("unknown: {why}"),
    };
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    for (name, said) in [
        ("run as", check.shape.map_or("unknown", |shape| shape.description()).to_owned()),
        ("owned by", supervision),
        ("version", version(check)),
        ("cluster", known(&check.cluster)),
        ("registered as", known(&check.container_instance_arn)),
        ("image", known(&check.image)),
        ("started at", known(&check.started_at)),
        ("unit state", known(&check.unit_state)),
        ("restarts", check.restarts.map_or_else(|| "unknown".to_owned(), |n| n.to_string())),
    ] {
        fact(name, &said, page);
    }
    for peer in &check.peers {
        let service = peer.service.as_deref().unwrap_or("no name that was checked leads there");
        fact("connected to", &format!("{} ({}), {service}", peer.address, peer.class.word()), page);
    }
    if let Some(why) = &check.why {
        fact("not known", why, page);
    }
    sources(seen, page);
}

fn sources(seen: &EcsAgent, page: &mut Page) {
    if let Some(log) = seen.log.value() {
        for (what, logged) in [
            ("control plane", &log.control),
            ("telemetry", &log.telemetry),
            ("named by ECS", &log.discovered),
        ] {
            let Some(logged) = logged else { continue };
            let at = logged.at.as_deref().map(|at| format!(" at {at}")).unwrap_or_default();
            fact("log", &format!("{what}: {}{at}", logged.host), page);
        }
        fact("log file", &log.file, page);
    }
    for setting in &seen.proxy {
        fact(
            "proxy setting",
            &format!("{}={} ({})", setting.name, setting.value, setting.place),
            page,
        );
    }
    let silent = [
        seen.introspection.why_missing(),
        seen.container.why_missing(),
        seen.unit.why_missing(),
        seen.process.why_missing(),
        seen.log.why_missing(),
    ];
    for absence in silent.into_iter().flatten() {
        fact("not told by", &format!("{}: {}", absence.source, absence.detail), page);
    }
}

fn fact(name: &str, said: &str, page: &mut Page) {
    page.wrapped(&format!("  {name:17}  "), said);
}

fn version(check: &EcsAgentCheck) -> String {
    check.version.map_or_else(|| "unknown".to_owned(), |version| version.to_string())
}

fn connection(check: &EcsAgentCheck) -> String {
    let ends = |wanted: fn(AddressClass) -> bool| {
        let of_ecs = |peer: &&AgentPeer| {
            peer.service.as_deref().is_none_or(|service| ECS_SERVICES.contains(&service))
        };
        let peers = check.peers.iter().filter(of_ecs).filter(|peer| wanted(peer.class));
        peers.map(|peer| peer.address.to_string()).collect::<Vec<_>>().join(" ")
    };
    let private = || format!("{} (private)", ends(AddressClass::is_private));
    let public = || format!("{} (public)", ends(|class| class == AddressClass::Public));
    match check.connection {
        _ if check.codes.contains(&Code::EcsAgentNotRunning) => "not running".to_owned(),
        AgentConnection::Private => format!("connected to {}", private()),
        AgentConnection::Public => format!("connected to {}", public()),
        AgentConnection::Mixed => format!("connected to {} and {}", private(), public()),
        AgentConnection::Disconnected => "not connected".to_owned(),
        AgentConnection::Unknown => "connection unknown".to_owned(),
    }
}
