//! Images `FROM scratch`: the agent's, which is this executable, a stand-in when it is started as
//! `/agent`; and that of the program under test.

use std::env;
use std::fs;
use std::path::Path;
use std::process;

use ecs_agent_stand_in::StandIn;
use libtest_mimic::Failed;
use tokio::runtime::Builder;

use crate::command::Place;

/// The name of the real one.
pub(crate) const NAME: &str = "amazon/amazon-ecs-agent:latest";

/// What the container starts.
const AGENT: &str = "/agent";

/// With this code the agent says that starting it again would not help.
const TERMINAL: i32 = 5;

/// Is the agent, when this process was started as one.
pub(crate) fn become_the_agent_if_asked() {
    if env::args_os().next().is_none_or(|name| name != AGENT) {
        return;
    }
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stand_in = StandIn::from_env().expect("settings");
    process::exit(runtime.block_on(stand_in.run()).map_or(TERMINAL, |()| 0));
}

/// Writes everything that the agent's image is built of to a directory.
pub(crate) fn write_context(dir: &Path) -> Result<(), Failed> {
    write(dir, include_str!("image/Dockerfile"), &env::current_exe()?, "agent")
}

/// The same for an image of the program under test, which watches and asks itself for its health.
pub(crate) fn write_context_of_a_watch(dir: &Path) -> Result<(), Failed> {
    let program = Path::new(env!("CARGO_BIN_EXE_vpce-probe"));
    write(dir, include_str!("image/Watch.Dockerfile"), program, "vpce-probe")?;
    fs::copy("/etc/vpce-lab/ca.pem", dir.join("ca.pem"))?;
    Ok(())
}

/// A program with the libraries that it is linked with: this is no static build.
fn write(dir: &Path, dockerfile: &str, program: &Path, name: &str) -> Result<(), Failed> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("Dockerfile"), dockerfile)?;
    fs::copy(program, dir.join(name))?;
    let listed = Place::Lab.run("ldd", &[&program.display().to_string()])?;
    for library in listed.split_whitespace().filter(|word| word.starts_with('/')) {
        let copy = dir.join(library.trim_start_matches('/'));
        fs::create_dir_all(copy.parent().unwrap_or(dir))?;
        fs::copy(library, copy)?;
    }
    Ok(())
}
