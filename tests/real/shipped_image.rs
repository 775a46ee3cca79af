//! The shipped image: built as it is shipped, and run with as little as a container can have.

use std::fs;
use std::path::Path;

use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::Scene;
use crate::command::text;
use crate::engine::USUAL_AGENT;
use crate::machine::{Machine, Tree};
use crate::parts;

pub(crate) const SCENES: &[Scene] = &[("image::with_as_little_as_can_be", with_little)];

/// The name that the task definitions have for it.
const NAME: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/vpce-probe:0.1.0";

/// The repository, on the machine.
const SOURCE: &str = "/usr/src/vpce-probe";

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the build takes from the repository.
const FILES: [&str; 4] = ["Cargo.toml", "LICENSE", "packaging/Dockerfile", "packaging/build-image"];

/// No network at all, no right, and little of the rest: not every machine that the tests run on has control
/// groups with limits, but each limits the threads of a user.
const NOTHING: [&str; 10] = [
    "run",
    "--rm",
    "--network=none",
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=32m",
    "--memory-swap=32m",
    "--pids-limit=8",
    "--ulimit=nproc=8",
];

/// Which of Docker's builders.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Builder {
    Older,
    BuildKit,
}

/// Stands for the program of another architecture.
const ARM64: &str = "for arm64";

/// What makes the machine look like one of that architecture.
const GRAVITON: &str = "/usr/src/graviton";

/// Puts what the image is built of on the machine, in the repository's own places.
pub(crate) fn write_source(tree: &Tree) -> Result<(), Failed> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = tree.folder(SOURCE);
    fs::create_dir_all(source.join("packaging"))?;
    fs::create_dir_all(source.join("target/dist/amd64"))?;
    for file in FILES {
        fs::copy(repository.join(file), source.join(file))?;
    }
    for file in ["amd64/vpce-probe", "THIRD-PARTY"] {
        fs::copy(parts::delivered(file)?, source.join("target/dist").join(file))?;
    }
    Ok(())
}

/// Builds it.
pub(crate) fn build(machine: &Machine, builder: Builder) -> Result<(), Failed> {
    let buildkit = match builder {
        Builder::Older => "DOCKER_BUILDKIT=0",
        Builder::BuildKit => "DOCKER_BUILDKIT=1",
    };
    let script = format!("{SOURCE}/packaging/build-image");
    let revision = format!("REVISION={REVISION}");
    machine.place.run("env", &[buildkit, &revision, &script, "--quiet", "--tag", NAME]).map(drop)
}

fn with_little() -> Result<(), Failed> {
    let tree = Tree::new(USUAL_AGENT)?;
    write_source(&tree)?;
    tree.write(&format!("{GRAVITON}/uname"), 0o755, "#!/bin/sh\necho aarch64\n")?;
    let machine = tree.boot()?;
    for builder in [Builder::Older, Builder::BuildKit] {
        build(&machine, builder)?;
        holds(&machine)
            .map_err(|failed| format!("{builder:?}: {}", failed.message().unwrap_or_default()))?;
    }
    has_other_architectures(&machine)?;
    // The user of the image, and one that nobody has heard of.
    runs(&machine, &[])?;
    runs(&machine, &["--user=1234567890:1234567890"])
}

/// Only what is meant to be in it, and what is told of it.
fn holds(machine: &Machine) -> Result<(), Failed> {
    let place = machine.place;
    place.run("docker", &["create", "--name", "content", NAME])?;
    let content = place.run("sh", &["-c", "docker export content | tar -t"])?;
    place.run("docker", &["rm", "content"])?;
    // Docker itself puts its own places into every container.
    let of_docker = |file: &&str| {
        ["dev/", "etc/", "proc/", "sys/", ".dockerenv"].iter().any(|own| file.starts_with(own))
    };
    let mut files: Vec<&str> = content.lines().filter(|file| !of_docker(file)).collect();
    files.sort_unstable();
    let config = place.run("docker", &["inspect", "--format", "{{json .Config}}", NAME])?;
    let config: Value = serde_json::from_str(&config)?;
    let label = |name: &str| &config["Labels"][format!("org.opencontainers.image.{name}")];
    let seen = json!({
        "files": files,
        "version": label("version"),
        "revision": label("revision"),
        "licenses": label("licenses"),
        "user": config["User"],
        "health": config["Healthcheck"]["Test"],
        "start": config["Entrypoint"],
    });
    let wanted = json!({
        "files": ["LICENSE", "THIRD-PARTY", "vpce-probe"],
        "version": env!("CARGO_PKG_VERSION"),
        "revision": REVISION,
        "licenses": "Apache-2.0",
        "user": "65532:65532",
        "health": ["CMD", "/vpce-probe", "health"],
        "start": ["/vpce-probe"],
    });
    same(&seen, &wanted)
}

/// Each gets its own program, also from the builder that does not say what it builds for.
fn has_other_architectures(machine: &Machine) -> Result<(), Failed> {
    let write =
        format!("cd {SOURCE}/target/dist && mkdir arm64 && printf '{ARM64}' > arm64/vpce-probe");
    machine.place.run("sh", &["-c", &write])?;
    let build = format!("{SOURCE}/packaging/build-image");
    let revision = format!("REVISION={REVISION}");
    let words = ["DOCKER_BUILDKIT=1", &revision, &build, "--quiet", "--tag", "foreign"];
    machine.place.run("env", &[&words[..], &["--platform", "linux/arm64"]].concat())?;
    let of_image = ["image", "inspect", "--format", "{{.Architecture}}", "foreign"];
    let architecture = machine.place.run("docker", &of_image)?;
    let path = format!("PATH={GRAVITON}:/usr/sbin:/usr/bin:/sbin:/bin");
    let words = [&path, "DOCKER_BUILDKIT=0", &revision, &build, "--quiet", "--tag", "own"];
    machine.place.run("env", &words)?;
    let program = |image: &str| {
        let create = format!("docker create --name {image} {image} >&2");
        let unpack = format!("docker export {image} | tar -xO vpce-probe");
        machine.place.run("sh", &["-c", &format!("{create} && {unpack}")])
    };
    let seen = json!([architecture, program("foreign")?, program("own")?]);
    same(&seen, &json!(["arm64", ARM64, ARM64]))
}

fn same(seen: &Value, wanted: &Value) -> Result<(), Failed> {
    match seen == wanted {
        true => Ok(()),
        false => Err(format!("{seen:#}\nis not\n{wanted:#}").into()),
    }
}

fn runs(machine: &Machine, options: &[&str]) -> Result<(), Failed> {
    let run = |args: &[&str]| -> Result<(Option<i32>, String), Failed> {
        let output =
            machine.place.output("docker", &[&NOTHING, options, &[NAME], args].concat())?;
        Ok((output.status.code(), text(&output.stdout) + &text(&output.stderr)))
    };
    let holds = |args: &[&str], code: i32, words: &str| match run(args)? {
        (Some(is), said) if is == code && said.contains(words) => Ok(()),
        (is, said) => Err(Failed::from(format!("{options:?} {args:?}: {is:?}, {said}"))),
    };
    holds(&[], 1, "VPCE001")?;
    holds(&["--region", "us-east-1", "--launch-type", "fargate"], 1, "VPCE016")?;
    holds(&["wait", "--timeout", "1s"], 1, "VPCE001")?;
    holds(&["health"], 1, "unhealthy: ")?;
    holds(&["explain", "VPCE101"], 0, "VPCE101")?;
    holds(&["endpoints", "--region", "us-east-1"], 0, "com.amazonaws.us-east-1.ecs")
}
