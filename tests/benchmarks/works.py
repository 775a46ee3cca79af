"""What there is to do: names, their addresses, and the VPC in which they are, as a scenario of the lab."""

from dataclasses import dataclass, field

SERVICES = {
    "ecs": "ecs", "ecs-agent": "ecs-a", "ecs-telemetry": "ecs-t", "ecr.api": "api.ecr",
    "ecr.dkr": "123456789012.dkr.ecr", "logs": "logs", "ssm": "ssm", "ssmmessages": "ssmmessages",
    "secretsmanager": "secretsmanager", "kms": "kms", "sts": "sts", "monitoring": "monitoring",
}
DOMAIN = "us-east-1.amazonaws.com"
ZONES = 2
# Two addresses of each further name, below 10.0.16.0 in one zone and below 10.0.32.0 in the other.
A_SUBNET = 200

# Who is broken in a work that has to fail, by the last part of its addresses.
BROKEN_SERVICE, BROKEN_HOST = "logs", 106
BROKEN = {
    "the certificate of a foreign authority": ("certificate", "unknown-issuer", (1, 2)),
    "a certificate for another name": ("certificate", "wrong-name", (1, 2)),
    "a closed port": ("behaviour", "refuse", (1, 2)),
    "a foreign certificate at one address of two": ("certificate", "unknown-issuer", (2,)),
}


@dataclass(frozen=True)
class Work:
    """One VPC, and so many names in it with two addresses each."""

    names: int = 12
    certificates: str = "p-256"
    rtt_ms: int = 0
    broken: str = ""
    base: str = "fargate"
    key: str = field(init=False)

    def __post_init__(self):
        broken = self.broken.replace(" ", "-")
        parts = [str(self.names), self.certificates, f"{self.rtt_ms}ms", self.base, broken]
        object.__setattr__(self, "key", "-".join(part for part in parts if part))

    @property
    def title(self):
        certificates = {"p-256": "P-256", "rsa-2048": "RSA-2048 in a chain of four"}[self.certificates]
        return f"{self.names:,} names x {ZONES} addresses, {certificates}, {self.rtt_ms} ms round trip"

    @property
    def short(self):
        certificates = {"p-256": "", "rsa-2048": ", RSA"}[self.certificates]
        return f"{self.names:,} names, {self.rtt_ms} ms{certificates}"

    def services(self):
        return list(SERVICES)[: self.names]

    def further_names(self):
        return [f"endpoint-{number:04}.vpce.example.com" for number in range(self.names - len(SERVICES))]

    def all_names(self):
        return [f"{SERVICES[service]}.{DOMAIN}" for service in self.services()] + self.further_names()

    def scenario(self):
        about = self.broken and f", {self.broken}"
        lines = [
            f'about = "{self.title}{about}."', f'base = "{self.base}"',
            "[expect]", f"exit = {1 if self.broken else 0}",
            'status = "fail"' if self.broken else 'status = "pass"', "[vpc]",
        ]
        if self.certificates != "p-256":
            lines.append(f'authority = "{self.certificates}"')
        if self.rtt_ms:
            lines += ["[vpc.path]", f"rtt_ms = {self.rtt_ms:.1f}", "metadata = false"]
        for number, name in enumerate(self.further_names()):
            subnet, host = number // A_SUBNET, 1 + number % A_SUBNET
            lines.append(f'[vpc.names."{name}"]')
            lines.append(f'addresses = ["10.0.{16 + subnet}.{host}", "10.0.{32 + subnet}.{host}"]')
        if self.broken:
            key, value, zones = BROKEN[self.broken]
            for zone in zones:
                lines += [f'[vpc.servers."10.0.{zone}.{BROKEN_HOST}"]', f'{key} = "{value}"']
        return "\n".join(lines) + "\n"


def compared(quick):
    """What all candidates do."""
    few = [Work(12, certificates, rtt) for certificates in ("p-256", "rsa-2048") for rtt in (0, 10)]
    return few if quick else [*few, Work(200, rtt_ms=0), Work(200, rtt_ms=10)]


def growing(quick):
    """What vpce-probe does alone, to see that it costs as much again for as many names again."""
    numbers = (12, 200) if quick else (12, 50, 200, 1000)
    return [Work(number, rtt_ms=rtt) for rtt in (0, 10) for number in numbers]
