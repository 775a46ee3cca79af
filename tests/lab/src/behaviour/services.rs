//! The words for what stands in the VPC: resolvers, endpoints, metadata, certificates.

use super::UnknownWord;

words! {
    /// How a resolver treats every question, or how one name is answered.
    DnsBehaviour
    {
        /// From the zone, as a real resolver does.
        #[default]
        Answer = "answer",
        /// Takes the question, never answers.
        Silent = "silent",
        /// SERVFAIL.
        Servfail = "servfail",
        /// REFUSED.
        Refused = "refused",
        /// NXDOMAIN with SOA, whatever the zone says.
        Nxdomain = "nxdomain",
        /// No records of that type, with SOA, whatever the zone says.
        Nodata = "nodata",
        /// Truncated over UDP, in full over TCP.
        Truncated = "truncated",
        /// Truncated over UDP, never answered over TCP.
        TruncatedTcpSilent = "truncated-tcp-silent",
        /// Bytes that are not a DNS message.
        Garbage = "garbage",
        /// The right answer under another message id.
        WrongId = "wrong-id",
        /// The address is there, no socket: ICMP port unreachable. Resolvers only.
        Refuse = "refuse",
        /// A hundred false answers under other message ids, then the right one.
        ForgedIds = "forged-ids",
        /// A false answer to another question, then the right one.
        ForgedQuestion = "forged-question",
        /// Over UDP a false answer from another port of the resolver, then the right one.
        ForgedSource = "forged-source",
        /// The right answer, and a false one under the same id behind it.
        ForgedBehind = "forged-behind",
        /// The right answer, with false addresses of other names in every section.
        OtherOwners = "other-owners",
        /// False addresses of another name, none of this one.
        OnlyOtherOwners = "only-other-owners",
        /// The right addresses, and false ones of the name in the sections behind the answer.
        OtherSections = "other-sections",
        /// An alias that leads to another one, which leads back.
        AliasLoop = "alias-loop",
        /// The right answer through an alias whose labels hold control characters, dots and zeros.
        OddAlias = "odd-alias",
        /// A record of the other address family.
        OtherFamily = "other-family",
        /// A name that is written by a pointer to itself.
        PointerLoop = "pointer-loop",
        /// Over UDP far more than the client takes, without saying so.
        Oversized = "oversized",
    }
    {
        /// The right answer after so many milliseconds.
        Delay = "delay",
        /// The right answer through so many aliases.
        Aliases = "aliases",
        /// The right addresses, and others that nobody has, up to so many.
        Records = "records",
    }
}

words! {
    /// What happens to a connection to port 443 of an address.
    TlsBehaviour
    {
        /// A TLS 1.3 and 1.2 server.
        #[default]
        Tls = "tls",
        /// The address is there, no listener: RST.
        Refuse = "refuse",
        /// A packet filter drops everything to the address, as a security group does.
        Drop = "drop",
        /// Nobody owns the address: packets leave by the default route into silence.
        DropWithoutOwner = "drop-without-owner",
        /// A packet filter rejects with "administratively prohibited" (IPv6: a route does).
        Prohibited = "prohibited",
        /// The kernel has an unreachable route for the address.
        NoRoute = "no-route",
        /// Accepts, then RST.
        Reset = "reset",
        /// Accepts, then FIN.
        Close = "close",
        /// Accepts, reads the ClientHello, says nothing.
        Stall = "stall",
        /// One byte of the server's flight every 100 ms.
        Slow = "slow",
        /// Answers the ClientHello with a handshake_failure alert.
        Alert = "alert",
        /// Answers the ClientHello with HTTP in plain text.
        Garbage = "garbage",
        /// Answers the ClientHello with handshake records without end.
        Endless = "endless",
        /// Answers the ClientHello with records of one byte each, of a message without end.
        Crumbs = "crumbs",
        /// Answers the ClientHello with warnings without end.
        Warnings = "warnings",
    }
    {
        /// One byte of the server's flight every so many milliseconds.
        Drip = "drip",
        /// Sends so many bytes of the server's flight, then nothing.
        StallAfter = "stall-after",
    }
}

words! {
    /// What a route does with what is sent along it.
    DeadEnd
    {
        /// Throws it away; who sends it from here gets EINVAL. The ECS agent blocks the instance
        /// metadata like that.
        #[default]
        Blackhole = "blackhole",
        /// Throws it away; who sends it from here gets EHOSTUNREACH.
        Unreachable = "unreachable",
        /// Throws it away; who sends it from here gets EACCES.
        Prohibit = "prohibit",
    }
    {}
}

words! {
    /// How the instance metadata service behaves.
    ImdsBehaviour
    {
        /// IMDSv2 as on an instance that requires tokens.
        #[default]
        Answer = "answer",
        /// 403 to everything.
        Disabled = "disabled",
        /// 401 to everything.
        Unauthorized = "unauthorized",
        /// Accepts, never answers.
        Silent = "silent",
        /// The address is there, no listener.
        Refuse = "refuse",
        /// The token request is never answered (hop limit); without a token 401.
        TokenSilent = "token-silent",
        /// 500 to everything.
        Error = "error",
        /// Bytes that are not HTTP.
        Garbage = "garbage",
        /// 200 and a body without end.
        Endless = "endless",
        /// The right answer, one byte every 50 ms.
        Slow = "slow",
        /// Tokens as it should; every document is a body without end.
        DocumentsEndless = "documents-endless",
        /// Interim answers without end.
        Continue = "continue",
    }
    {
        /// The right answer, one byte every so many milliseconds.
        Drip = "drip",
        /// Tokens as it should; documents one byte every so many milliseconds.
        DocumentsDrip = "documents-drip",
    }
}

words! {
    /// How the task metadata service behaves.
    TaskMetadataBehaviour
    {
        /// The documents.
        #[default]
        Answer = "answer",
        /// Accepts, never answers.
        Silent = "silent",
        /// The address is there, no listener.
        Refuse = "refuse",
        /// 500 to everything.
        Error = "error",
        /// Announces more bytes than it sends, then closes.
        Truncated = "truncated",
        /// 100 MiB of JSON.
        Huge = "huge",
        /// The right answer, one byte every 50 ms.
        Slow = "slow",
        /// Bytes that are not HTTP.
        Garbage = "garbage",
        /// As many small values as fit in a mebibyte.
        ManyValues = "many-values",
        /// Headers without end.
        Headers = "headers",
    }
    {
        /// So many mebibytes of JSON, in chunks of unknown number.
        Chunked = "chunked",
        /// The right answer, one byte every so many milliseconds.
        Drip = "drip",
    }
}

words! {
    /// What is right or wrong with a server's certificate.
    CertificateKind
    {
        /// Signed by the lab CA, from a day ago for 90 days.
        #[default]
        Valid = "valid",
        /// Ended three days ago.
        Expired = "expired",
        /// Starts in two days.
        NotYetValid = "not-yet-valid",
        /// Valid, for another name.
        WrongName = "wrong-name",
        /// Signed by its own key.
        SelfSigned = "self-signed",
        /// Signed by "Example Corp TLS Inspection", a CA that nobody here trusts.
        UnknownIssuer = "unknown-issuer",
        /// That of a certificate authority itself, signed by its own key.
        Authority = "authority",
    }
    {}
}

words! {
    /// Who signs the certificates of all servers, unless something is wrong with them.
    AuthorityKind
    {
        /// The lab CA itself, with P-256.
        #[default]
        Short = "p-256",
        /// An authority below it, with RSA and 2048 bits, in a chain as long as those of Amazon.
        AsAmazon = "rsa-2048",
    }
    {}
}
