//! The codes of findings: stable for ever, never used again for anything else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($name:ident = $code:literal $title:literal,)*) => {
        /// The code of a finding.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Code {
            $(#[doc = $title] #[serde(rename = $code)] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// `VPCE101`, ...
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The finding in one sentence without particulars.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

codes! {
    RegionUnknown = "VPCE001" "The Region is not known.",
    DeadlineReached = "VPCE002" "The deadline came before every check was finished.",
    PartitionUnknown = "VPCE003" "The Region belongs to no known partition.",
    InstanceMetadataUnusable = "VPCE004" "The instance metadata cannot be used.",
    TaskMetadataUnusable = "VPCE005" "The task metadata cannot be used.",
    RegionsDisagree = "VPCE006" "Different Regions are named.",
    PlaceUnknown = "VPCE007" "It is not known what kind of place this is.",
    VpcRangesUnknown = "VPCE008" "The address ranges of the VPC are not known.",
    FileUnreadable = "VPCE009" "A configuration file cannot be read.",
    NoResolver = "VPCE010" "No DNS resolver is configured.",
    NoSuchName = "VPCE011" "The name does not exist.",
    NoAddress = "VPCE012" "The name exists but has no address.",
    ServerFailure = "VPCE013" "The resolver fails to answer (SERVFAIL).",
    ResolverRefuses = "VPCE014" "The resolver refuses to answer (REFUSED).",
    ResolverTimeout = "VPCE015" "The resolver does not answer.",
    ResolverUnreachable = "VPCE016" "The resolver cannot be reached.",
    AnswerUnusable = "VPCE017" "The resolver's answer cannot be used.",
    OneFamilyFails = "VPCE018" "Lookups of one address family fail.",
    DeadResolver = "VPCE019" "One of several resolvers fails.",
    PinnedName = "VPCE020" "The name is pinned in the hosts file.",
    ResolversDisagree = "VPCE021" "Resolvers do not say the same of the name.",
    NotForwarded = "VPCE022" "The resolver does not know the private addresses that the Amazon-provided one knows.",
    IncompleteZone = "VPCE030" "Only a part of the endpoint's names is private.",
    MisnamedZone = "VPCE031" "A private zone is named after the endpoint service instead of the host.",
    NumberedHostPrivate = "VPCE032" "A numbered ECS host resolves to private addresses.",
    CertificateRegion = "VPCE033" "The name leads to the service in another Region.",
    InstanceMetadataHopLimit = "VPCE050" "The hop limit keeps containers from the instance metadata.",
    InstanceMetadataDisabled = "VPCE051" "The instance metadata is switched off.",
    InstanceMetadataBlocked = "VPCE052" "This task is kept from the instance metadata.",
    PublicAddress = "VPCE101" "The name resolves to public addresses.",
    MixedAddresses = "VPCE102" "The name resolves to private and public addresses.",
    PrivateElsewhere = "VPCE103" "The name resolves to private addresses outside this VPC.",
    UnusableAddress = "VPCE104" "The name resolves to an address that no endpoint can have.",
    UndecidableAddress = "VPCE105" "It cannot be told whether an address belongs to this VPC.",
    ConnectTimeout = "VPCE110" "The endpoint does not answer on port 443.",
    ConnectRefused = "VPCE111" "The address refuses connections on port 443.",
    SomeAddressesDead = "VPCE112" "Some addresses of the endpoint do not work.",
    ConnectUnreachable = "VPCE113" "There is no route to the address.",
    ConnectReset = "VPCE114" "The connection is reset while it is made.",
    NoWayOut = "VPCE115" "A public address does not answer: there is no way to it.",
    ConnectBlocked = "VPCE116" "This machine does not let the connection out.",
    CertificateEnding = "VPCE119" "A certificate ends soon.",
    CertificateName = "VPCE120" "The certificate is for other names.",
    CertificateExpired = "VPCE121" "The certificate has expired.",
    CertificateNotYetValid = "VPCE122" "The certificate is not valid yet.",
    CertificateIssuer = "VPCE123" "The certificate is of an unknown issuer.",
    HandshakeStalled = "VPCE124" "The TLS handshake gets no answer after connecting.",
    HandshakeAlert = "VPCE125" "The server ends the TLS handshake with an alert.",
    NotTls = "VPCE126" "What answers on port 443 does not speak TLS.",
    HandshakeFailed = "VPCE127" "The TLS handshake fails for another reason.",
    ClockOff = "VPCE128" "This machine's clock is wrong.",
    TrustedByVariable = "VPCE129" "The certificate is trusted only through a variable of the environment.",
    EcsEndpointsPartial = "VPCE130" "Only some of the three ECS endpoints are private.",
    S3RouteMissing = "VPCE131" "Amazon S3 does not answer although the registry does.",
    S3PathUnknown = "VPCE132" "There is another way out, so the path to Amazon S3 is not known.",
    OtherRegion = "VPCE133" "The task uses something of another Region.",
    ForeignImage = "VPCE134" "An image comes from a registry that has no VPC endpoint.",
    TaskLineUnread = "VPCE135" "What the task needs could not be read completely.",
    EcsAgentTooOld = "VPCE140" "The ECS agent is too old for VPC endpoints.",
    EcsAgentNotRunning = "VPCE141" "The ECS agent does not run.",
    EcsAgentNotListening = "VPCE142" "The ECS agent runs, but waits for the ecs endpoint.",
    EcsAgentNotRegistered = "VPCE143" "The ECS agent is not registered.",
    EcsAgentDisconnected = "VPCE144" "The ECS agent has no connection to ECS.",
    EcsAgentStale = "VPCE145" "The ECS agent is connected to public addresses although the endpoints are there.",
    EcsAgentProxied = "VPCE146" "The ECS agent goes through a proxy instead of the endpoints.",
    EcsAgentOtherRegion = "VPCE147" "The ECS agent uses another Region.",
    EcsAgentNumberedHost = "VPCE148" "ECS named a public host to the ECS agent.",
    EcsAgentUnseen = "VPCE149" "Not everything about the ECS agent can be seen from here.",
    EcsAgentAnswerUnusable = "VPCE150" "The answer of the ECS agent cannot be used.",
    EcsAgentStarting = "VPCE151" "The ECS agent is starting, or about to.",
    EcsAgentUnsupervised = "VPCE152" "The ECS agent runs without its unit.",
    ProxyPastEndpoints = "VPCE160" "A proxy leads past endpoints that are there.",
    NoProxyLacksMetadata = "VPCE161" "NO_PROXY does not name what no proxy can reach.",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|code| code.word().eq_ignore_ascii_case(text)).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_ordered_and_read_back() {
        let words: Vec<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert!(words.is_sorted());
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
        for code in Code::ALL {
            assert_eq!(code.word().parse(), Ok(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.word());
            assert!(code.title().ends_with('.'));
        }
        assert_eq!("vpce101".parse(), Ok(Code::PublicAddress));
        assert_eq!("VPCE999".parse::<Code>(), Err(()));
    }
}
