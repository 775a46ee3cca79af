//! The most that a finding of each code weighs, as the documents tell it. Every run of a scenario is
//! held to it.

use vpce_probes::findings::Code;
use vpce_probes::status::Severity;

pub(crate) fn heaviest(code: Code) -> Severity {
    match code {
        Code::NoResolver
        | Code::NoSuchName
        | Code::NoAddress
        | Code::ServerFailure
        | Code::ResolverRefuses
        | Code::ResolverTimeout
        | Code::ResolverUnreachable
        | Code::AnswerUnusable
        | Code::NotForwarded
        | Code::IncompleteZone
        | Code::MisnamedZone
        | Code::CertificateRegion
        | Code::PublicAddress
        | Code::MixedAddresses
        | Code::UnusableAddress
        | Code::ConnectTimeout
        | Code::ConnectRefused
        | Code::ConnectUnreachable
        | Code::ConnectReset
        | Code::NoWayOut
        | Code::ConnectBlocked
        | Code::CertificateName
        | Code::CertificateExpired
        | Code::CertificateNotYetValid
        | Code::CertificateIssuer
        | Code::HandshakeStalled
        | Code::HandshakeAlert
        | Code::NotTls
        | Code::HandshakeFailed
        | Code::ClockOff
        | Code::TrustedByVariable
        | Code::EcsEndpointsPartial
        | Code::S3RouteMissing
        | Code::OtherRegion
        | Code::EcsAgentTooOld
        | Code::EcsAgentNotRunning
        | Code::EcsAgentNotListening
        | Code::EcsAgentNotRegistered
        | Code::EcsAgentDisconnected
        | Code::EcsAgentStale
        | Code::EcsAgentProxied
        | Code::EcsAgentOtherRegion
        | Code::EcsAgentNumberedHost => Severity::Fail,
        Code::RegionUnknown
        | Code::DeadlineReached
        | Code::PartitionUnknown
        | Code::UndecidableAddress => Severity::Unknown,
        Code::InstanceMetadataUnusable
        | Code::TaskMetadataUnusable
        | Code::RegionsDisagree
        | Code::PlaceUnknown
        | Code::FileUnreadable
        | Code::OneFamilyFails
        | Code::DeadResolver
        | Code::PinnedName
        | Code::ResolversDisagree
        | Code::NumberedHostPrivate
        | Code::InstanceMetadataHopLimit
        | Code::InstanceMetadataDisabled
        | Code::PrivateElsewhere
        | Code::SomeAddressesDead
        | Code::TaskLineUnread
        | Code::EcsAgentAnswerUnusable
        | Code::EcsAgentUnsupervised
        | Code::ProxyPastEndpoints
        | Code::NoProxyLacksMetadata => Severity::Warn,
        Code::VpcRangesUnknown
        | Code::InstanceMetadataBlocked
        | Code::CertificateEnding
        | Code::S3PathUnknown
        | Code::ForeignImage
        | Code::EcsAgentUnseen
        | Code::EcsAgentStarting => Severity::Info,
    }
}
