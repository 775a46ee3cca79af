//! The image of the agent, `FROM scratch`: it is this executable, a stand-in when it is started as
//! `/agent`.

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

/// Writes everything that the image is built of to a directory: this executable, with the libraries that
/// it is linked with, as it is no static build.
pub(crate) fn write_context(dir: &Path) -> Result<(), Failed> {
    let program = env::current_exe()?;
    fs::create_dir_all(dir)?;
    fs::write(dir.join("Dockerfile"), include_str!("image/Dockerfile"))?;
    fs::copy(&program, dir.join("agent"))?;
    let listed = Place::Lab.run("ldd", &[&program.display().to_string()])?;
    for library in listed.split_whitespace().filter(|word| word.starts_with('/')) {
        let copy = dir.join(library.trim_start_matches('/'));
        fs::create_dir_all(copy.parent().unwrap_or(dir))?;
        fs::copy(library, copy)?;
    }
    Ok(())
}
