"""Every way to be slow, to be silent or never to end."""

# Slow metadata, a long file and two dead resolvers, one after the other, leave nothing of one second.
ALL = "all at once"

# By scenario: what is slow stands in it, beside what is healthy.
SCENARIOS = [
    ("nothing", "healthy-ec2"),
    ("SYN dropped by a security group", "security-group-drops-443"),
    ("SYN into silence", "private-zone-of-deleted-vpc"),
    ("the resolver is silent", "resolver-silent"),
    ("both resolvers are silent", "both-resolvers-dead"),
    ("the first of two resolvers is silent", "first-of-two-resolvers-dead"),
    ("the resolver takes 3 s", "resolver-takes-three-seconds"),
    ("the resolver answers garbage", "resolver-sends-garbage"),
    ("the resolver is silent about IPv6", "ipv6-lookups-silent"),
    ("long answers, and no DNS over TCP", "long-answers-but-tcp-blocked"),
    ("TCP open, TLS silent", "handshake-stalls-after-connect"),
    ("TLS stops half-way", "handshake-stalls-mid-flight"),
    ("TLS at ten bytes a second", "handshake-too-slow"),
    ("TLS at one byte a second", "handshake-one-byte-a-second"),
    ("TLS records without end", "handshake-never-ends"),
    ("TLS records of one byte", "handshake-in-crumbs-without-end"),
    ("TLS warnings without end", "handshake-of-warnings-without-end"),
    ("instance metadata silent", "imds-silent"),
    ("instance metadata, a byte every 50 ms", "imds-slow"),
    ("instance metadata, a byte a second", "imds-one-byte-a-second"),
    ("metadata documents, a byte a second", "imds-documents-one-byte-a-second"),
    ("instance metadata without end", "imds-endless"),
    ("metadata documents without end", "imds-documents-endless"),
    ("HTTP 100 without end", "imds-interim-answers-without-end"),
    ("task metadata silent", "task-metadata-silent"),
    ("task metadata, a byte every 50 ms", "task-metadata-slow"),
    ("task metadata, a byte a second", "task-metadata-one-byte-a-second"),
    ("task metadata of 100 MiB", "task-metadata-huge"),
    ("task metadata of 100 MiB in chunks", "task-metadata-in-chunks-of-unknown-number"),
    ("task metadata: headers without end", "task-metadata-of-headers"),
    ("task metadata: 131,072 small values", "task-metadata-of-many-values"),
    ("Docker socket silent", "agent-docker-silent"),
    ("Docker socket, a byte every 50 ms", "agent-docker-slow"),
    ("Docker socket without end", "agent-docker-endless"),
    ("Docker socket: 131,072 small values", "agent-docker-of-many-values"),
    ("introspection silent", "agent-introspection-silent"),
    ("introspection, a byte every 50 ms", "agent-introspection-slow"),
    ("introspection without end", "agent-introspection-endless"),
    ("introspection: 131,072 small values", "agent-introspection-of-many-values"),
    ("systemctl never ends", "agent-systemctl-silent"),
    ("thousands of sockets in /proc/net/tcp", "agent-among-thousands-of-connections"),
    ("/etc/hosts of 50 MB", "hosts-file-of-50-megabytes"),
    ("/etc/hosts: one name, thousands of addresses", "hosts-file-pins-thousands-of-addresses"),
    ("/etc/hosts is a pipe", "hosts-file-is-a-pipe"),
    ("resolv.conf of 10,000 lines", "resolv-conf-of-thousands-of-lines"),
    ("resolv.conf is a pipe", "resolv-conf-is-a-pipe"),
    ("ecs.config of 50 MiB", "ecs-config-of-50-megabytes"),
    ("ecs.config is a pipe", "ecs-config-is-a-pipe"),
    ("agent log of 1 GiB", "agent-log-of-a-gigabyte"),
    ("agent log is a pipe", "agent-log-is-a-pipe"),
    (ALL, "every-way-to-be-slow-at-once"),
]

PIPE = "mkfifo /etc/pipe"
TOO_MANY = "yes '10.9.9.9 x' | head -c 50000000 >/etc/long"


def disk(path):
    """The file is on a disk that does not answer."""
    return f"mkdir -p $(dirname {path}); rm -f {path}; ln -s /run/disk/file {path}"


# It has no such option.
NO_TASK = ["agent status 1 s"]

# In a healthy VPC, unless told otherwise: what is done before, what the runs are like, and whether the program has to
# refuse its work.
HEALTHY = [
    ("--ca-file is a pipe", {"before": [PIPE], "args": ["--ca-file", "/etc/pipe"], "refuses": True}),
    ("--task-definition is a pipe", {"before": [PIPE], "args": ["--task-definition", "/etc/pipe"], "refuses": True,
                                    "without": NO_TASK}),
    ("standard input never ends", {"stdin": "silent", "args": ["--task-definition", "-"], "refuses": True,
                                   "without": NO_TASK}),
    ("--config is a pipe", {"before": [PIPE], "args": ["--config", "/etc/pipe"], "refuses": True}),
    ("AWS_CA_BUNDLE is a pipe", {"before": [PIPE], "env": {"AWS_CA_BUNDLE": "/etc/pipe"}}),
    ("AWS_CA_BUNDLE of 50 MB", {"before": [TOO_MANY], "env": {"AWS_CA_BUNDLE": "/etc/long"}}),
    ("stdout closed", {"stdout": "closed"}),
    ("stdout a full pipe", {"stdout": "full-pipe"}),
    ("stdout a full disk", {"stdout": "full-disk"}),
    ("stdout's reader gone (SIGPIPE)", {"stdout": "reader-gone"}),
    ("stderr a full pipe, with something to complain of", {"stderr": "full-pipe", "env": {"AWS_CA_BUNDLE": "/none"}}),
    ("stdout and stderr full pipes", {"stdout": "full-pipe", "stderr": "full-pipe", "env": {"AWS_CA_BUNDLE": "/none"}}),
    ("stderr a full pipe, and a refusal", {"stderr": "full-pipe", "args": ["--ca-file", "/none"], "refuses": True}),
    ("all at once, and nobody reads stdout and stderr",
     {"scenario": "every-way-to-be-slow-at-once", "stdout": "full-pipe", "stderr": "full-pipe",
      "args": ["--region", "us-east-1"]}),
    ("/etc/hosts on a silent disk", {"silent_disk": True, "before": [disk("/etc/hosts")]}),
    ("resolv.conf on a silent disk", {"silent_disk": True, "before": [disk("/etc/resolv.conf")], "no_names": True}),
    ("ecs.config on a silent disk", {"silent_disk": True, "before": [disk("/etc/ecs/ecs.config")]}),
    ("agent log on a silent disk", {"silent_disk": True, "before": [disk("/var/log/ecs/ecs-agent.log")]}),
    ("daemon.json on a silent disk", {"silent_disk": True, "before": [disk("/etc/docker/daemon.json")]}),
    ("AWS_CA_BUNDLE on a silent disk", {"silent_disk": True, "env": {"AWS_CA_BUNDLE": "/run/disk/file"}}),
    ("--ca-file on a silent disk", {"silent_disk": True, "args": ["--ca-file", "/run/disk/file"], "refuses": True}),
    ("--task-definition on a silent disk",
     {"silent_disk": True, "args": ["--task-definition", "/run/disk/file"], "refuses": True,
      "without": NO_TASK}),
    ("--config on a silent disk", {"silent_disk": True, "args": ["--config", "/run/disk/file"], "refuses": True}),
]
