//! The words for the machine on which the program runs: ECS agent, Docker Engine, systemd, files.

use super::UnknownWord;

words! {
    /// How the introspection API of the stand-in for the ECS agent answers.
    AgentAnswer
    {
        /// As it should.
        #[default]
        Answer = "answer",
        /// HTTP 500 and an empty structure.
        Error = "error",
        /// HTTP 200 and a page for people.
        NotJson = "not-json",
        /// Bytes that are not HTTP.
        Garbage = "garbage",
        /// Accepts, never answers.
        Silent = "silent",
        /// A body that never ends.
        Endless = "endless",
        /// The right answer, one byte every 50 ms.
        Slow = "slow",
        /// As many small values as fit in a mebibyte.
        ManyValues = "many-values",
    }
    {}
}

words! {
    /// Whose network the ECS agent is in.
    AgentNetwork
    {
        /// That of the program under test.
        #[default]
        Lab = "lab",
        /// That of the instance around a task of network mode bridge: only the default gateway's
        /// address answers, and nothing else of the agent is seen.
        Gateway = "gateway",
    }
    {}
}

words! {
    /// How the Docker Engine behaves.
    DockerBehaviour
    {
        /// As it should.
        #[default]
        Answer = "answer",
        /// Accepts, never answers.
        Silent = "silent",
        /// Bytes that are not HTTP.
        Garbage = "garbage",
        /// 200 and a body without end.
        Endless = "endless",
        /// 500 to everything.
        Error = "error",
        /// The right answer, one byte every 50 ms.
        Slow = "slow",
        /// As many small values as fit in a mebibyte.
        ManyValues = "many-values",
        /// As it should, but it answers a restart with 500 when it has stopped the container.
        StopsOnly = "stops-only",
    }
    {}
}

words! {
    /// What a file is that is no text.
    FileForm
    {
        /// A named pipe that nobody writes to.
        #[default]
        Pipe = "pipe",
    }
    {
        /// So many mebibytes of zeros, which take up no room.
        Zeros = "zeros",
        /// So many lines.
        Lines = "lines",
    }
}

words! {
    /// How `systemctl` behaves.
    SystemdBehaviour
    {
        /// As it should.
        #[default]
        Answer = "answer",
        /// systemd is not process 1.
        NotBooted = "not-booted",
        /// Never ends.
        Silent = "silent",
        /// Shows everything, and may change nothing.
        Denied = "denied",
    }
    {}
}

words! {
    /// What becomes of a unit that is restarted.
    AfterRestart
    {
        /// It runs.
        #[default]
        Active = "active",
        /// It ends with 0, and its agent with it.
        Inactive = "inactive",
        /// It fails, and its agent is gone.
        Failed = "failed",
    }
    {}
}
