//! `vpce-lab`: runs `vpce-probe`, or any other command, in a simulated VPC.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use vpce_lab::{Lab, LabError, NetworkPath, Run, Scenario};

const USAGE: &str = "\
usage: vpce-lab [--path WORDS] [--program PATH] [SCENARIO] [-- ARGS...]
       vpce-lab [--path WORDS] [SCENARIO] --command COMMAND [ARGS...]
       vpce-lab [--path WORDS] [SCENARIO] --shell
       vpce-lab --list

Runs vpce-probe, any command or a shell in the simulated VPC of a scenario.
A SCENARIO with a slash in it is the path of a scenario file.

--path puts a network between the program and the VPC, over that of the scenario:
rtt=10ms,jitter=2ms,loss=5%,duplicate=5%,reorder=5%,mtu=1400,mtu-answer,seed=7,
drop-first-questions=1, ...: all keys of `NetworkPath` in src/path.rs.
";

const DEFAULT_SCENARIO: &str = "ecs-telemetry-missing";

/// Wrong command line, as sysexits has it.
const MISUSE: u8 = 64;
/// The lab itself is broken.
const BROKEN: u8 = 70;

enum Wish {
    List,
    Help,
    Enter(Entering),
}

struct Entering {
    scenario: String,
    program: PathBuf,
    args: Vec<String>,
    as_command: bool,
    path: Option<String>,
}

fn main() -> ExitCode {
    vpce_lab::enter_if_asked();
    let Some(wish) = read_arguments(env::args().skip(1)) else {
        return say(USAGE, MISUSE);
    };
    let done = match wish {
        Wish::Help => write!(io::stdout(), "{USAGE}").map_err(LabError::Start),
        Wish::List => list(),
        Wish::Enter(entering) => Err(enter(entering)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(&format!("vpce-lab: {error}\n"), BROKEN),
    }
}

fn read_arguments(mut args: impl Iterator<Item = String>) -> Option<Wish> {
    let (mut scenario, mut path) = (None, None);
    let mut program = beside_this_program("vpce-probe");
    let (mut rest, mut as_command) = (Vec::new(), false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--list" => return Some(Wish::List),
            "--help" | "-h" => return Some(Wish::Help),
            "--program" => program = args.next()?.into(),
            "--path" => path = Some(args.next()?),
            "--shell" => {
                program = env::var_os("SHELL").map_or_else(|| "/bin/sh".into(), PathBuf::from);
                as_command = true;
            }
            "--command" => {
                program = args.next()?.into();
                as_command = true;
                rest = args.by_ref().collect();
            }
            "--" => rest = args.by_ref().collect(),
            _ if arg.starts_with('-') || scenario.is_some() => return None,
            _ => scenario = Some(arg),
        }
    }
    let scenario = scenario.unwrap_or_else(|| DEFAULT_SCENARIO.to_owned());
    Some(Wish::Enter(Entering { scenario, program, args: rest, as_command, path }))
}

fn beside_this_program(name: &str) -> PathBuf {
    env::current_exe().unwrap_or_default().with_file_name(name)
}

fn list() -> Result<(), LabError> {
    let mut text = String::new();
    for scenario in vpce_lab::load_all()? {
        text += &format!("{}\n    {}\n", scenario.name, scenario.about.trim());
    }
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Whoever reads it, such as head, has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(LabError::Start),
    }
}

fn enter(entering: Entering) -> LabError {
    let Entering { scenario, program, args, as_command, path } = entering;
    let found =
        if scenario.contains('/') { Scenario::load(&scenario) } else { Scenario::named(&scenario) };
    let mut scenario = match found {
        Ok(scenario) => scenario,
        Err(error) => return error,
    };
    if let Some(words) = path {
        match NetworkPath::with_words(scenario.vpc.path.as_ref(), &words) {
            Ok(path) => scenario.vpc.path = Some(path),
            Err(fault) => return fault.into(),
        }
    }
    let _ = writeln!(io::stderr(), "{}: {}\n", scenario.name, scenario.about.trim());
    let mut run = if as_command {
        Run::with_args(args).and_env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    } else {
        scenario.run_with(args)
    };
    // What a program needs to know about the terminal it writes to.
    for name in ["TERM", "COLUMNS", "NO_COLOR", "CLICOLOR_FORCE"] {
        run.env.extend(env::var(name).map(|value| (name.to_owned(), value)));
    }
    Lab::of(&scenario).become_program(program, run)
}

fn say(text: &str, code: u8) -> ExitCode {
    let _ = write!(io::stderr(), "{text}");
    ExitCode::from(code)
}
