//! What waiting can help, and what it cannot. Pure.

use crate::findings::{Code, Finding};
use crate::report::Report;
use crate::status::{Severity, Status};
use crate::surroundings::Source;

impl Code {
    /// Whether what a finding of this code says can end while nobody touches this machine: because
    /// an endpoint is being created, a record spreads, a machine still boots. In doubt it can: who
    /// waits in vain loses minutes, who gives up too early a machine.
    pub fn can_heal(self) -> bool {
        match self {
            // A name is what it is.
            Self::PartitionUnknown | Self::RegionsDisagree | Self::OtherRegion => false,
            // It was read once, and stays as it was.
            Self::TaskLineUnread => false,
            // The metadata service, the network and its configuration come up while a machine boots,
            // and user-data writes files.
            Self::RegionUnknown
            | Self::InstanceMetadataUnusable
            | Self::TaskMetadataUnusable
            | Self::PlaceUnknown
            | Self::VpcRangesUnknown
            | Self::FileUnreadable
            | Self::NoResolver
            | Self::PinnedName
            | Self::ConnectBlocked
            | Self::TrustedByVariable
            | Self::ProxyPastEndpoints
            | Self::NoProxyLacksMetadata => true,
            // The options of an instance can be changed while it runs.
            Self::InstanceMetadataHopLimit
            | Self::InstanceMetadataDisabled
            | Self::InstanceMetadataBlocked => true,
            // There may be more time the next time.
            Self::DeadlineReached => true,
            // Resolvers come back, and forget old answers only when their time is over.
            Self::NoSuchName
            | Self::NoAddress
            | Self::ServerFailure
            | Self::ResolverRefuses
            | Self::ResolverTimeout
            | Self::ResolverUnreachable
            | Self::AnswerUnusable
            | Self::OneFamilyFails
            | Self::DeadResolver
            | Self::ResolversDisagree
            | Self::NotForwarded
            | Self::IncompleteZone
            | Self::MisnamedZone
            | Self::NumberedHostPrivate
            | Self::CertificateRegion => true,
            // An endpoint that is being created has no private names at first, then addresses that
            // answer one after the other.
            Self::PublicAddress
            | Self::MixedAddresses
            | Self::PrivateElsewhere
            | Self::UnusableAddress
            | Self::UndecidableAddress
            | Self::EcsEndpointsPartial
            | Self::ConnectTimeout
            | Self::ConnectRefused
            | Self::SomeAddressesDead
            | Self::ConnectUnreachable
            | Self::ConnectReset
            | Self::NoWayOut
            | Self::S3RouteMissing
            | Self::S3PathUnknown => true,
            // What answers meanwhile may be something else.
            Self::CertificateName
            | Self::CertificateIssuer
            | Self::HandshakeStalled
            | Self::HandshakeAlert
            | Self::NotTls
            | Self::HandshakeFailed => true,
            // Clocks are set some time after the boot, and certificates are renewed.
            Self::ClockOff
            | Self::CertificateNotYetValid
            | Self::CertificateExpired
            | Self::CertificateEnding => true,
            // Other registries may be reachable; they are never probed.
            Self::ForeignImage => true,
            // An agent starts, connects and is restarted by others.
            Self::EcsAgentTooOld
            | Self::EcsAgentNotRunning
            | Self::EcsAgentNotListening
            | Self::EcsAgentNotRegistered
            | Self::EcsAgentDisconnected
            | Self::EcsAgentStale
            | Self::EcsAgentProxied
            | Self::EcsAgentOtherRegion
            | Self::EcsAgentNumberedHost
            | Self::EcsAgentUnseen
            | Self::EcsAgentAnswerUnusable
            | Self::EcsAgentStarting
            | Self::EcsAgentUnsupervised => true,
        }
    }
}

/// The finding that keeps a run from passing however long it is repeated, where that is certain.
pub fn beyond_waiting(report: &Report, fail_on_warn: bool) -> Option<&Finding> {
    let cannot_heal = report.findings.iter().filter(|finding| !finding.code.can_heal());
    let weighs = |finding: &Finding| match finding.severity {
        Severity::Fail => true,
        Severity::Warn => fail_on_warn,
        Severity::Unknown | Severity::Info => false,
    };
    cannot_heal.into_iter().find(|finding| match finding.code {
        Code::PartitionUnknown => region_is_settled(report),
        Code::RegionsDisagree => wrong_region(report),
        Code::OtherRegion => {
            weighs(finding) && region_is_settled(report) && !can_have_endpoint(report, finding)
        }
        _ => weighs(finding),
    })
}

/// Whether no metadata that are read later can name another Region.
fn region_is_settled(report: &Report) -> bool {
    let metadata = [Source::INSTANCE_METADATA, Source::TASK_METADATA, Source::OPTION];
    report.surroundings.region.source().is_some_and(|source| metadata.contains(source))
}

/// Whether what knows where this is names another Region than the caller, and the endpoints are not
/// there: those that are created here will have other names. Where private names of another Region
/// do lead somewhere, the caller meant it.
fn wrong_region(report: &Report) -> bool {
    let knows = [Source::INSTANCE_METADATA, Source::TASK_METADATA];
    let chosen = report.surroundings.region.value();
    let mut known = report.surroundings.region_claims.iter();
    let is_elsewhere =
        known.any(|claim| knows.contains(&claim.source) && Some(&claim.region) != chosen);
    let is_absent = |code: &Code| matches!(code, Code::PublicAddress | Code::NoSuchName);
    is_elsewhere
        && report.checks.iter().any(|check| {
            check.in_the_verdict() == Status::Fail && check.codes.iter().any(is_absent)
        })
}

/// Whether an endpoint of this VPC could be created for what is of another Region.
fn can_have_endpoint(report: &Report, finding: &Finding) -> bool {
    let mut concerned = report.plan.endpoints.iter().filter(|endpoint| {
        endpoint.region.is_some() && endpoint.hosts.iter().any(|host| finding.hosts.contains(host))
    });
    concerned.any(|endpoint| endpoint.cross_region)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, Need};
    use crate::observation::Observations;
    use crate::plan::{Place, Plan, Selection, plan};
    use crate::surroundings::{Fact, RegionClaim, Surroundings};

    fn report(region: &str, source: Source, codes: &[(Code, Severity)]) -> Report {
        let claim = RegionClaim { region: region.to_owned(), source: source.clone() };
        let surroundings = Surroundings {
            region: Fact::known(region.to_owned(), source),
            region_claims: vec![claim],
            ..Surroundings::default()
        };
        let mut report = Report::new(surroundings, Plan::default(), Observations::default());
        report.findings = codes.iter().map(|(code, severity)| found(*code, *severity)).collect();
        report
    }

    fn found(code: Code, severity: Severity) -> Finding {
        let empty = String::new;
        Finding {
            code,
            severity,
            seen: empty(),
            meaning: empty(),
            change: empty(),
            services: Vec::new(),
            hosts: Vec::new(),
        }
    }

    fn stops(report: &Report, fail_on_warn: bool) -> Option<Code> {
        beyond_waiting(report, fail_on_warn).map(|finding| finding.code)
    }

    #[test]
    fn few_findings_are_beyond_waiting_and_all_others_never_stop_it() {
        let beyond: Vec<Code> = Code::ALL.iter().copied().filter(|code| !code.can_heal()).collect();
        use Code::{OtherRegion, PartitionUnknown, RegionsDisagree, TaskLineUnread};
        assert_eq!(beyond, [PartitionUnknown, RegionsDisagree, OtherRegion, TaskLineUnread]);
        for code in Code::ALL.iter().filter(|code| code.can_heal()) {
            let grave = report("us-east-1", Source::OPTION, &[(*code, Severity::Fail)]);
            assert_eq!(stops(&grave, true), None, "{code}");
        }
    }

    #[test]
    fn only_what_is_enough_for_the_verdict_stops() {
        for code in [Code::OtherRegion, Code::TaskLineUnread] {
            let told = |severity| report("us-east-1", Source::TASK_METADATA, &[(code, severity)]);
            assert_eq!(stops(&told(Severity::Fail), false), Some(code));
            assert_eq!(stops(&told(Severity::Warn), false), None);
            assert_eq!(stops(&told(Severity::Warn), true), Some(code));
            assert_eq!(stops(&told(Severity::Unknown), true), None);
            assert_eq!(stops(&told(Severity::Info), true), None);
        }
    }

    #[test]
    fn a_region_that_the_metadata_may_correct_is_not_final() {
        let partition = [(Code::PartitionUnknown, Severity::Unknown)];
        let stop = |source| stops(&report("xx-lab-1", source, &partition), false);
        assert_eq!(stop(Source::OPTION), Some(Code::PartitionUnknown));
        assert_eq!(stop(Source::INSTANCE_METADATA), Some(Code::PartitionUnknown));
        assert_eq!(stop(Source::variable("AWS_REGION")), None);
    }

    #[test]
    fn what_could_get_an_endpoint_is_waited_for() {
        let mut told = report("us-east-1", Source::OPTION, &[(Code::OtherRegion, Severity::Fail)]);
        let mut selection = Selection::default();
        selection.task.feature("task definition: x", Some("eu-west-1".to_owned()), "logs");
        let place = Place { region: Some("us-east-1".to_owned()), ..Place::default() };
        told.plan = plan(&Catalog::builtin().unwrap(), &place, &selection);
        let abroad = told.plan.endpoints.iter_mut().find(|it| it.region.is_some()).unwrap();
        told.findings[0].hosts.clone_from(&abroad.hosts);
        abroad.cross_region = false;
        assert_eq!(stops(&told, false), Some(Code::OtherRegion));
        let abroad = told.plan.endpoints.iter_mut().find(|it| it.region.is_some()).unwrap();
        abroad.cross_region = true;
        assert_eq!(stops(&told, false), None);
    }

    #[test]
    fn another_region_than_the_metadata_name_stops_only_where_its_endpoints_are_not() {
        let disagree = [(Code::RegionsDisagree, Severity::Info)];
        let mut told = report("eu-west-1", Source::OPTION, &disagree);
        let selection = Selection { only: vec!["ecs".to_owned()], ..Selection::default() };
        let place = Place { region: Some("eu-west-1".to_owned()), ..Place::default() };
        let planned = plan(&Catalog::builtin().unwrap(), &place, &selection);
        let judged = Report::new(Surroundings::default(), planned, Observations::default());
        told.checks = judged.checks;
        assert_eq!(told.checks[0].need, Need::Required);
        told.checks[0].status = Status::Fail;
        told.checks[0].codes = vec![Code::PublicAddress];
        assert_eq!(stops(&told, false), None, "nobody knows better");
        let claims = &mut told.surroundings.region_claims;
        let here = "us-east-1".to_owned();
        claims.push(RegionClaim { region: here, source: Source::INSTANCE_METADATA });
        assert_eq!(stops(&told, false), Some(Code::RegionsDisagree));
        told.checks[0].codes = vec![Code::ConnectTimeout];
        assert_eq!(stops(&told, false), None, "there is an endpoint");
    }
}
