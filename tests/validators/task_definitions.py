"""Holds what ECS is given against its model in botocore, against the rules that the model does not know, and
against the program that the containers run. Arguments: the program, and the files."""

import json
import os
import subprocess
import sys

import botocore.session
from model import faults_of_model

OWN = "vpce-probe"
GIB = 1024
# Amazon ECS Developer Guide, "Task CPU and memory": the memory in MiB that a task on Fargate may have.
FARGATE_SIZES = {
    256: [512, GIB, 2 * GIB],
    512: range(GIB, 4 * GIB + 1, GIB),
    1024: range(2 * GIB, 8 * GIB + 1, GIB),
    2048: range(4 * GIB, 16 * GIB + 1, GIB),
    4096: range(8 * GIB, 30 * GIB + 1, GIB),
    8192: range(16 * GIB, 60 * GIB + 1, 4 * GIB),
    16384: range(32 * GIB, 120 * GIB + 1, 8 * GIB),
}
# Amazon ECS API Reference, "HealthCheck" and "ContainerDefinition".
HEALTH_LIMITS = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
FARGATE_LOG_DRIVERS = {"awslogs", "awsfirelens", "splunk"}
AWSLOGS = {"awslogs-group", "awslogs-region", "awslogs-stream-prefix"}


def is_essential(container):
    return container.get("essential", True)


def faults_of_task(task):
    containers = task["containerDefinitions"]
    by_name = {container["name"]: container for container in containers}
    if len(by_name) != len(containers):
        yield "two containers have one name"
    if not any(map(is_essential, containers)):
        yield "no container is essential"
    for key in ("cpu", "memory"):
        if key in task and sum(container.get(key, 0) for container in containers) > int(task[key]):
            yield f"the containers have more {key} than the task"
    for container in containers:
        for fault in faults_of_container(container, task, by_name):
            yield f"{container['name']}: {fault}"
    if "FARGATE" in task["requiresCompatibilities"]:
        yield from faults_on_fargate(task)


def faults_of_container(container, task, by_name):
    for dependency in container.get("dependsOn", []):
        other = by_name.get(dependency["containerName"], container)
        if other is container:
            yield "depends on no other container of the task"
        elif dependency["condition"] in ("SUCCESS", "COMPLETE") and is_essential(other):
            yield "waits for the end of an essential container, which is the end of the task"
        elif dependency["condition"] == "HEALTHY" and "healthCheck" not in other:
            yield "waits for a health that nobody checks"
    check = container.get("healthCheck", {})
    for key, (least, most) in HEALTH_LIMITS.items():
        if not least <= check.get(key, least) <= most:
            yield f"healthCheck.{key} is not between {least} and {most}"
    if "memory" not in task and not {"memory", "memoryReservation"} & container.keys():
        yield "has no memory"
    for port in container.get("portMappings", []):
        same = port.get("hostPort", port["containerPort"]) == port["containerPort"]
        if task["networkMode"] in ("host", "awsvpc") and not same:
            yield "has another port on the host, in a network that has no other"
    volumes = {volume["name"] for volume in task.get("volumes", [])}
    for mount in container.get("mountPoints", []):
        if mount["sourceVolume"] not in volumes:
            yield f"there is no volume {mount['sourceVolume']}"
    if not 60 <= container.get("restartPolicy", {}).get("restartAttemptPeriod", 300) <= 1800:
        yield "restartAttemptPeriod is not between 60 and 1800"
    log = container.get("logConfiguration", {})
    if log.get("logDriver") == "awslogs" and AWSLOGS - log.get("options", {}).keys():
        yield "awslogs lacks an option"


def faults_on_fargate(task):
    if task["networkMode"] != "awsvpc":
        yield "Fargate has no network mode but awsvpc"
    if int(task.get("memory", 0)) not in FARGATE_SIZES.get(int(task.get("cpu", 0)), []):
        yield f"Fargate has no task of cpu {task.get('cpu')} and memory {task.get('memory')}"
    if {"operatingSystemFamily", "cpuArchitecture"} - task.get("runtimePlatform", {}).keys():
        yield "Fargate has several platforms, and is told none"
    if "executionRoleArn" not in task:
        yield "on Fargate nobody may pull the image"
    if task.get("pidMode", "task") != "task":
        yield "Fargate shares no processes of a host"
    if any("host" in volume for volume in task.get("volumes", [])):
        yield "Fargate has no folders of a host"
    for container in task["containerDefinitions"]:
        if not 2 <= container.get("startTimeout", 2) <= 120:
            yield "startTimeout is not between 2 and 120"
        if set(capabilities(container).get("add", [])) - {"SYS_PTRACE"}:
            yield "Fargate adds no capability but SYS_PTRACE"
        if container.get("dockerSecurityOptions"):
            yield "Fargate takes no dockerSecurityOptions"
        if container.get("logConfiguration", {"logDriver": "awslogs"})["logDriver"] not in FARGATE_LOG_DRIVERS:
            yield "Fargate has no such log driver"


def capabilities(container):
    return container.get("linuxParameters", {}).get("capabilities", {})


def faults_of_own(task, program):
    """Of the container that runs the program, which has no shell and needs hardly a right."""
    own = [container for container in task["containerDefinitions"] if container["name"] == OWN]
    if len(own) != 1:
        yield "the program is not one container"
    for container in own:
        environment = {pair["name"]: pair["value"] for pair in container.get("environment", [])}
        check = container.get("healthCheck")
        if container.get("readonlyRootFilesystem") is not True or "user" not in container:
            yield "may write, or its user is not told"
        if capabilities(container).get("drop") != ["ALL"]:
            yield "has rights that it does not need"
        if check and is_essential(container):
            yield "ECS would stop the task because an endpoint is broken"
        if check and check["command"][:2] != ["CMD", f"/{OWN}"]:
            yield "the health check is none that the image can run"
        if "startTimeout" in container and "wait" in container.get("command", []):
            limit = environment.get("VPCE_PROBE_TIMEOUT", "5m")
            if not limit.endswith("s") or int(limit[:-1]) >= container["startTimeout"]:
                yield "ECS gives up before the program can say why"
        yield from faults_of_program(program, environment, container.get("command", []))
        if check:
            yield from faults_of_program(program, environment, check["command"][2:])


def faults_of_program(program, environment, command):
    """By the program's own word, which checks nothing here: what stands before --help it judges first."""

    def run(*args):
        return subprocess.run([program, *args], env=environment, capture_output=True, text=True)

    values = run("config", "--json")
    if values.returncode:
        yield values.stderr
        return
    keys = {value["key"] for value in json.loads(values.stdout)["values"]}
    known = {"VPCE_PROBE_" + key.upper().replace("-", "_") for key in keys}
    for name in environment.keys() - known:
        yield f"the program knows no {name}"
    for said in run(*command, "--help"), run("endpoints", "--region", "us-east-1"):
        if said.returncode:
            yield said.stderr


def faults_of_service(service, tasks):
    task = tasks.get(service["taskDefinition"])
    if task is None:
        yield f"there is no task definition {service['taskDefinition']}"
    elif service["launchType"] not in task["requiresCompatibilities"]:
        yield "its tasks run elsewhere"
    if service["schedulingStrategy"] == "DAEMON":
        if {"desiredCount", "placementStrategy"} & service.keys():
            yield "ECS itself knows how many daemons there are, and where"
        # Two of them would have one port.
        if service.get("deploymentConfiguration", {}).get("maximumPercent", 100) != 100:
            yield "no more than one daemon fits on an instance"


def main(program, paths):
    ecs = botocore.session.get_session().get_service_model("ecs")
    shape = lambda operation: ecs.operation_model(operation).input_shape
    read = {path: json.load(open(path, encoding="ascii")) for path in paths}
    tasks = {value["family"]: value for value in read.values() if "family" in value}
    bad = 0
    for path, value in read.items():
        if "serviceName" in value:
            found = list(faults_of_model(value, shape("CreateService")))
            found = found or list(faults_of_service(value, tasks))
        else:
            found = list(faults_of_model(value, shape("RegisterTaskDefinition")))
            found = found or [*faults_of_task(value), *faults_of_own(value, program)]
        for fault in found:
            print(f"{os.path.basename(path)}: {fault}", file=sys.stderr)
            bad += 1
    return 1 if bad else 0


sys.exit(main(sys.argv[1], sys.argv[2:]))
