//! A real Docker Engine, and the agent's container in it.

use libtest_mimic::Failed;

use crate::command::Place;
use crate::image;
use crate::until::until;

/// What the agent does: it registers, then stays connected to the control plane and to telemetry.
pub(crate) const USUAL_AGENT: &str = "\
STAND_IN_REGISTER=ecs.us-east-1.amazonaws.com
STAND_IN_CONNECT=ecs-a.us-east-1.amazonaws.com,ecs-t.us-east-1.amazonaws.com
STAND_IN_LOG=/log/ecs-agent.log
";

/// Where a machine keeps the settings of its agent.
const SETTINGS: &str = "/etc/ecs/stand-in.env";

/// The engine of a machine.
pub(crate) struct Engine {
    /// Where its clients are started.
    pub(crate) place: Place,
}

impl Engine {
    /// Waits until it answers.
    pub(crate) fn wait(&self) -> Result<(), Failed> {
        let answers = || self.docker(&["version"]).ok();
        until("the Docker Engine answers", answers).map(|_| ())
    }

    /// Starts the agent as people do who have no ecs-init, and waits until it is ready.
    pub(crate) fn run_agent(&self) -> Result<(), Failed> {
        let created = ["run", "--detach", "--name", "ecs-agent", "--network", "host"];
        let settings = ["--env-file", SETTINGS, "--volume", "/var/log/ecs:/log", image::NAME];
        self.docker(&[&created[..], &settings[..]].concat())?;
        self.agent_is_ready(1)
    }

    /// Waits until the agent's container has become ready so many times.
    pub(crate) fn agent_is_ready(&self, times: usize) -> Result<(), Failed> {
        let ready = || (self.times_ready().ok()? >= times).then_some(());
        until("the agent is ready", ready)
    }

    /// How often the agent's container has become ready.
    pub(crate) fn times_ready(&self) -> Result<usize, Failed> {
        let said = self.docker(&["logs", "ecs-agent"])?;
        Ok(said.lines().filter(|line| *line == "ready").count())
    }

    /// The addresses of the last connections that the agent says it has made.
    pub(crate) fn agent_peers(&self) -> Result<Vec<String>, Failed> {
        let said = self.docker(&["logs", "ecs-agent"])?;
        let lines = said.lines().rev();
        let connected =
            lines.filter_map(|line| line.strip_prefix("connected to ")?.split(':').next());
        let mut peers: Vec<String> = connected.take(2).map(str::to_owned).collect();
        peers.sort();
        Ok(peers)
    }

    /// What `docker inspect` says of the agent's container in that place of its answer.
    pub(crate) fn agent(&self, place: &str) -> Result<String, Failed> {
        self.docker(&["inspect", "--format", &format!("{{{{{place}}}}}"), "ecs-agent"])
    }

    /// Runs Docker's own client.
    pub(crate) fn docker(&self, args: &[&str]) -> Result<String, Failed> {
        self.place.run("docker", args)
    }
}
